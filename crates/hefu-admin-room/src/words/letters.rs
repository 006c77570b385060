//! Words of the outbox.

use super::bilingual;

bilingual! {
    /// Words of the outbox.
    pub(crate) LetterWords {
        lede: "写给订户的邮件：等待发送的、已发的和失败的。系统只显示遮蔽的地址，发出后即删除地址和正文。", "Letters to subscribers: waiting, sent and failed. Addresses are masked; address and text are erased once a letter is sent.";
        off: "没有设置邮件服务器，系统不写邮件。在配置文件的 [ra.mail] 一节设置。", "No mail server is set, and no letters are written. It is set in the section [ra.mail] of the configuration.";
        outbox: "待发邮箱", "Outbox";
        waiting: "等待发送", "Waiting";
        failed: "失败，可以重发", "Failed, and can be sent again";
        server: "邮件服务器", "Mail server";
        server_open: "正常收信", "takes letters";
        server_closed: "不收信", "takes no letters";
        since: "自 ", "since ";
        reminders: "到期前提醒的天数", "Reminders, days before the end";
        reminders_source: "运营者的设置，不是法律规定", "the operator's setting, not the law's";
        letter: "邮件", "Letter";
        kind: "事由", "Matter";
        about: "涉及", "About";
        to: "收件人（遮蔽）", "To (masked)";
        state: "状态", "State";
        written_at: "写成时间", "Written at";
        attempts: "尝试次数", "Tries";
        next_try: "下次尝试", "Next try";
        give_up_at: "放弃时间", "Given up at";
        settled_at: "结束时间", "Settled at";
        result: "最近结果", "Last result";
        in_doubt: "可能已经送达一次", "may have arrived once already";
        list: "邮件列表", "Letters";
        none: "没有邮件", "No letters";
        none_hint: "没有这种状态的邮件。", "There is none in this state.";
        upcoming: "今后七天将写的提醒", "Reminders of the next seven days";
        upcoming_caption: "按现有证书估算；届时已更新或者撤销的不再提醒", "As things stand: what is renewed or revoked until then is left out";
        day: "日期", "Day";
        before: "到期前", "Before the end";
        days: " 天", " days";
        count: "封数", "Letters";
        no_upcoming: "今后七天没有提醒", "No reminders in the next seven days";
        no_upcoming_hint: "没有证书临近提醒日期。", "No certificate comes to a reminder.";
        retry: "重新发送", "Send it again";
        retry_does: "邮件回到待发队列，从现在起重新尝试；由谁重发写入记录。", "The letter goes back into the queue and is tried from now on; who asked for it is recorded.";
    }
}
