//! The words of the pages, both languages side by side: a word that one language lacks does not compile.
//!
//! Each area of pages has a file of its own where its pages are, and declares its words with [`bilingual!`](crate::bilingual!);
//! those of the house itself (navigation, buttons, marks) are here.

use hefu_rulebook::Language;

/// Declares a struct of words with one constant in each language, and `of(language)`.
///
/// ```ignore
/// bilingual! {
///     /// Words of the queue.
///     pub QueueWords {
///         title: "待办", "Queue";
///     }
/// }
/// ```
///
/// An empty text, and Chinese among the English, stop the compiler.
#[macro_export]
macro_rules! bilingual {
    ($(#[$about:meta])* $visibility:vis $name:ident { $($field:ident: $zh:literal, $en:literal;)+ }) => {
        $(#[$about])*
        #[derive(Debug)]
        $visibility struct $name { $(#[doc = $en] $visibility $field: &'static str,)+ }

        impl $name {
            const CHINESE: Self = Self { $($field: $zh,)+ };
            const ENGLISH: Self = Self { $($field: $en,)+ };

            /// The words of `language`.
            #[must_use]
            $visibility const fn of(language: ::hefu_rulebook::Language) -> &'static Self {
                match language {
                    ::hefu_rulebook::Language::Chinese => &Self::CHINESE,
                    ::hefu_rulebook::Language::English => &Self::ENGLISH,
                }
            }
        }

        const _: () = {
            $(assert!(!$zh.is_empty() && $crate::words::is_english($en), stringify!($field));)+
        };
    };
}

/// Whether a text is there and has no character of the East Asian blocks; for the compiler.
#[must_use]
pub const fn is_english(text: &str) -> bool {
    let octets = text.as_bytes();
    let mut rest = octets;
    while let [first, after @ ..] = rest {
        // U+3000 and above begin with an octet from E3 on.
        if *first >= 0xe3 {
            return false;
        }
        rest = after;
    }
    !octets.is_empty()
}

bilingual! {
    /// Words of the house: what frames and components say by themselves.
    pub Words {
        skip: "跳到正文", "Skip to content";
        navigation: "主导航", "Main";
        trail: "所在位置", "You are here";
        footer: "说明与联系", "About this service";
        front: "首页", "Front page";
        log_in: "登录", "Log in";
        log_out: "退出", "Log out";
        made_with: "由合符提供", "Runs on Hefu";
        version: "版本", "version";
        print: "本页打印自", "Printed from";
        rule: "依据", "Rule";
        optional: "选填", "optional";
        error: "错误：", "Error: ";
        errors: "有内容需要改正", "There is a problem";
        search: "查找", "Search";
        clear: "清除条件", "Clear";
        pages: "分页", "Pages";
        first_page: "回到第一页", "First page";
        previous_page: "上一页", "Previous page";
        next_page: "下一页", "Next page";
        none: "无", "none";
        back: "返回", "Back";
        reason: "理由", "Reason";
        reason_help: "理由写入记录，审计员可以看到。", "The reason goes into the records, where auditors see it.";
        what_happens: "接下来会发生什么", "What will happen";
        concerns: "涉及", "This concerns";
        figures: "看数据表", "Show the figures";
        item: "项目", "Item";
        proof: "证明", "Proof";
        by: "经办", "By";
        done: "已完成", "done";
        current: "进行中", "in progress";
        ahead: "尚未开始", "not yet";
        stopped: "已终止", "stopped";
        good: "正常", "Good";
        wait: "注意", "Note";
        ended: "已停止", "Stopped";
        not_done: "没有办理", "Not done";
        not_found: "没有这个页面", "There is no such page";
        not_found_hint: "地址可能有误，或者页面已经移走。可以从首页重新找起。", "The address may be wrong, or the page has moved. The front page is a good place to start again.";
    }
}

/// The words of the house in `language`.
#[must_use]
pub const fn words(language: Language) -> &'static Words {
    Words::of(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_has_no_chinese_in_it() {
        assert!(is_english("Log in · 24 h, naïve “quotes”"));
        assert!(!is_english("Log 登录") && !is_english("full stop。") && !is_english(""));
    }
}
