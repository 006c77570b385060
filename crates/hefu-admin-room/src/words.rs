//! The words of this room, a file for each area; how they are declared, hefu-page says.

mod letters;
mod officers;
mod policies;
mod profiles;

use hefu_rulebook::Language;

pub(crate) use hefu_page::bilingual;
pub(crate) use letters::LetterWords;
pub(crate) use officers::{ActWords, OfficerWords, duty};
pub(crate) use policies::PolicyWords;
pub(crate) use profiles::ProfileWords;

bilingual! {
    /// Words of the overview, and those that several pages share.
    pub(crate) AdminWords {
        admin: "管理总览", "Administration";
        admin_lede: "需要您或者其他管理人员处理的事项，以及系统各部分的现状。", "What waits for you or another administrator, and how things stand.";
        to_do: "待处理事项", "To do";
        matter: "事项", "Matter";
        about: "说明", "About";
        state: "状态", "State";
        nothing: "没有待处理的事项", "Nothing to do";
        nothing_hint: "没有待决定的提议，也没有临近期限的事项。", "No proposal waits for a decision, and nothing ends soon.";
        standing: "现状", "How things stand";
        open: "待决定", "awaits a decision";
        own_open: "须由他人决定", "awaits another officer";
        approved: "已批准", "approved";
        rejected: "未批准", "rejected";
        soon: "临近期限", "ends soon";
        ended: "已经届满", "has ended";
        missing: "缺少", "missing";
        failed: "发送失败", "failed";
        overdue: "已逾期", "overdue";
        in_order: "正常", "in order";
        until: "至", "until ";
        proposal_officer: "人员变动提议", "Proposal about an officer";
        proposal_policy: "公布、备案与许可提议", "Proposal about what is published";
        training: "岗位培训", "Training";
        authority: "签发证书的CA证书", "Certificate of an issuing authority";
        ocsp_signer: "OCSP签名证书", "OCSP signer's certificate";
        door: "TLS入口证书", "Certificate of the TLS door";
        letters_failed: "发送失败的邮件", "Letters that failed";
        mail_closed: "邮件服务器不收信", "The mail server takes no letters";
        licence: "电子认证服务许可证", "Licence";
        no_licence: "没有登记许可证", "no licence is recorded";
        not_filed: "尚未备案的文件", "A version that is not filed";
        file_by: "备案期限至", "to be filed by ";
        on_duty: "在岗人员", "Officers on duty";
        open_sessions: "打开的会话", "Open sessions";
        letters_waiting: "待发邮件", "Letters that wait";
        mail_off: "没有设置邮件服务器", "no mail server is set";
        statement: "现行业务规则", "Practice statement in force";
        elsewhere: "由另一进程的认证机构管理", "kept by the certification authority in another process";
        profiles: "证书模板", "Profiles";
        none_yet: "尚无", "none yet";
        own_caption: "本进程使用的证书，以启动时读到的为准", "What this process uses, as it was read at the start";
        own_certificates: "系统自身的证书", "Certificates of the service itself";
        used_for: "用途", "Used for";
        name: "名称", "Name";
        not_after: "有效期止", "Valid until";
        unknown_certificates: "本进程没有需要留意的自身证书", "this process holds no certificates of its own to look after";
        officers: "人员", "Officers";
        proposals: "人员变动提议", "Proposals";
        policies: "业务规则与许可", "Policies";
        letters: "邮件", "Letters";
        sessions: "会话", "Sessions";
        show: "显示", "Show";
        all: "全部", "all";
        number: "编号", "Number";
        proposed_by: "提议人", "Proposed by";
        proposed_at: "提议时间", "Proposed at";
        decided_by: "决定人", "Decided by";
        decided_at: "决定时间", "Decided at";
        no_proposals: "没有提议", "No proposals";
        no_proposals_hint: "提出的变动会列在这里，由另一名人员决定。", "What is proposed is listed here, for another officer to decide.";
        decision: "决定", "Decision";
        decide_lede: "批准后立即办理并写入记录；不批准则什么也不改变。两种决定都不能收回。", "Approved, it is done at once and recorded; rejected, nothing changes. Neither can be taken back.";
        approve: "批准并办理", "Approve and do it";
        reject: "不批准", "Reject";
        what_happens: "批准后会发生什么", "What will happen if it is approved";
        choose_outcome: "请选择批准或者不批准。", "Choose whether to approve or to reject it.";
    }
}

impl AdminWords {
    /// What the word in `?done=` says.
    pub(crate) fn done(&self, word: &str) -> Option<&'static str> {
        let english = std::ptr::eq(self, Self::of(Language::English));
        let language = if english { Language::English } else { Language::Chinese };
        let done = DoneWords::of(language);
        Some(match word {
            "proposed" => done.proposed,
            "approved" => done.approved,
            "rejected" => done.rejected,
            "training" => done.training,
            "body" => done.body,
            "session" => done.session,
            "letter" => done.letter,
            _ => return None,
        })
    }
}

bilingual! {
    /// What was just done.
    DoneWords {
        proposed: "提议已经提出，等待另一名人员决定。", "Proposed. Another officer decides it.";
        approved: "已经批准并办理。", "Approved and done.";
        rejected: "已经决定不批准，什么也没有改变。", "Rejected. Nothing was changed.";
        training: "培训已经登记。", "The training is recorded.";
        body: "受托机构已经登记。", "The delegated body is recorded.";
        session: "会话已经结束。", "The session has ended.";
        letter: "邮件已经放回待发队列。", "The letter waits to be sent again.";
    }
}

/// One of two texts.
pub(crate) fn either(language: Language, chinese: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}
