//! The fixed words of documents, in both languages, and numbers as each language writes them.

use hefu_rulebook::Language;

/// "第 2 页，共 3 页"
pub(crate) fn page_of(language: Language, page: usize, pages: usize) -> String {
    match language {
        Language::Chinese => format!("第{page}页，共{pages}页"),
        Language::English => format!("Page {page} of {pages}"),
    }
}

/// The line under the title that gives the document's number.
pub(crate) fn number(language: Language, number: &str) -> String {
    match language {
        Language::Chinese => format!("编号：{number}"),
        Language::English => format!("No. {number}"),
    }
}

/// When the document was generated.
pub(crate) fn generated(language: Language, moment: &str) -> String {
    match language {
        Language::Chinese => format!("生成时间：{moment}"),
        Language::English => format!("Generated {moment}"),
    }
}

/// "第三条" or "Article 3".
pub(crate) fn article(language: Language, number: usize) -> String {
    match language {
        Language::Chinese => format!("第{}条", chinese_number(number)),
        Language::English => format!("Article {number}"),
    }
}

/// What stands between the number of an article and its title.
pub(crate) const fn after_article(language: Language) -> &'static str {
    match language {
        Language::Chinese => "　",
        Language::English => ". ",
    }
}

/// "（三）" or "3."
pub(crate) fn item(language: Language, number: usize) -> String {
    match language {
        Language::Chinese => format!("（{}）", chinese_number(number)),
        Language::English => format!("{number}."),
    }
}

/// What stands after the role of one who signs.
pub(crate) fn role(language: Language, role: &str) -> String {
    match language {
        Language::Chinese => format!("{role}："),
        Language::English => format!("{role}:"),
    }
}

/// A number from 1 to 9999 as Chinese law counts its articles (十二, 一百零一, 一千零一十); digits above.
pub(crate) fn chinese_number(number: usize) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if !(1..=9999).contains(&number) {
        return number.to_string();
    }
    let mut out = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = number / unit % 10;
        if digit == 0 {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('零');
            gap = false;
        }
        if !(unit == 10 && digit == 1 && out.is_empty()) {
            out.extend(DIGITS.get(digit));
        }
        out.push_str(name);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_counted_as_chinese_law_counts_them() {
        for (number, expected) in [
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (38, "三十八"),
            (100, "一百"),
            (101, "一百零一"),
            (110, "一百一十"),
            (1010, "一千零一十"),
            (1260, "一千二百六十"),
            (9009, "九千零九"),
            (10_000, "10000"),
            (0, "0"),
        ] {
            assert_eq!(chinese_number(number), expected);
        }
    }
}
