//! Words of the law library's pages.

use hefu_law_library::Verification;
use hefu_page::bilingual;
use hefu_page::component::{Shape, State};
use hefu_rulebook::{Binding, Language, Progress};

bilingual! {
    /// Words of the law library.
    pub(crate) LawWords {
        law: "法规库", "Law library";
        law_lede: "本系统依照的法律、规章和标准：每一条要求什么、由哪项检查或记录落实，以及表述是否已与官方文本核对。", "The laws, rules and standards that this service follows: what each article asks, which check or record keeps it, and whether our wording was compared with the official text.";
        instruments: "法规一览", "Instruments";
        instrument: "法规", "Instrument";
        in_force: "施行日期", "In force from";
        wordings: "表述核对", "Wordings verified";
        official_text: "官方文本", "Official text";
        no_text: "未载入", "not loaded";
        verified: "已核对原文", "verified";
        name: "全称", "Full name";
        edition: "版本", "Edition";
        dated: "文本日期", "Text of";
        source: "来源", "Source";
        digest: "SM3", "SM3";
        articles: "条数", "Articles";
        read_text: "查看全文", "Read the text";
        editions: "已载入的文本", "Editions loaded";
        editions_none: "尚未载入官方文本", "No official text is loaded yet";
        editions_hint: "管理人员载入官方文本以后，条文会显示在表述旁边。", "Once an administrator has loaded the official text, its articles stand beside our wording.";
        obligations: "各条要求", "What each article asks";
        ours: "本系统的表述", "Our wording";
        ours_note: "系本系统的转述，不是法律原文。", "A paraphrase, not the text of the law.";
        beside_none: "官方文本尚未载入，或者其中没有这一条。", "The official text is not loaded, or has no such article.";
        kept_by: "如何落实", "Kept by";
        values: "数值", "Numbers";
        compare: "比较文本", "Compare editions";
        compare_lede: "两个文本之间有变动的条文。新增的文字加下划线，删去的文字加删除线。", "The articles that differ between two editions. Added words are underlined, removed words struck through.";
        older: "旧文本", "Older edition";
        newer: "新文本", "Newer edition";
        show_comparison: "比较", "Compare";
        same: "两个文本没有不同", "The editions do not differ";
        same_hint: "所有条文的编号和文字都相同。", "Every article has the same number and words.";
        added: "新增", "added";
        removed: "删去", "removed";
        changed: "修改", "changed";
        renumbered: "仅编号变动", "renumbered";
        formerly: "原", "formerly ";
        admin_law: "法规文本与核对", "Texts and wordings";
        admin_law_lede: "载入官方文本，并由另一名人员将本系统的表述与其逐条核对。载入的文本永久保存。", "Load official texts, and let another officer compare our wordings with them, article by article. What was loaded is kept for ever.";
        load: "载入文本", "Load a text";
        dated_label: "文本日期（公布或者修正之日）", "Day of the text (of promulgation or amendment)";
        source_help: "例如公报名称、期号或者网址。", "Such as a gazette with its number, or an address.";
        file: "文件", "File";
        file_help: "UTF-8编码的Markdown或者纯文本，条文以“第…条”开头，不超过1 MiB。", "Markdown or plain text in UTF-8, each article with its heading at the beginning of a line, at most 1 MiB.";
        loaded: "文本已载入。", "The text is loaded.";
        confirm: "核对", "Compare";
        confirm_title: "核对表述", "Compare a wording";
        confirm_lede: "请逐字对照官方文本与本系统的表述，包括数值。确认以后，表述不再显示“未核对原文”。", "Compare our wording with the official text, numbers included. Once you confirm, it is no longer shown as unverified.";
        confirm_act: "确认两者一致", "Confirm that they agree";
        confirmed: "表述已核对。", "The wording is verified.";
        withdraw: "撤回核对", "Withdraw";
        withdraw_title: "撤回核对", "Withdraw a confirmation";
        withdraw_consequence: "该表述将重新显示为“未核对原文”，直至再次核对。", "The wording is shown as unverified again, until somebody confirms it anew.";
        withdraw_record: "撤回及其理由记入记录，不能撤销。", "The withdrawal and its reason are recorded and cannot be undone.";
        withdrawn: "核对已撤回。", "The confirmation is withdrawn.";
        obligation: "义务", "Obligation";
        state: "状态", "State";
        calendar: "工作日历", "Calendar";
        calendar_lede: "期限按工作日计算时所用的节假日数据。没有数据的年份不予计算。", "The holidays by which periods of working days are counted. A year without data is not counted at all.";
        years: "已有数据的年份", "Years with data";
        year: "年份", "Year";
        checked_with: "核对依据", "Checked with";
        set_by: "数据来自", "Data from";
        builtin: "随软件提供", "this release";
        by_officer: "人员载入", "an officer";
        set_year: "载入一年的节假日", "Load a year of holidays";
        set_year_help: "TOML文件，每年一份。该年已有的数据由此文件取代，期限立即按新数据计算；旧文件保留，更替记入记录。", "A TOML file for one year. It takes the place of that year's data, and deadlines are counted by it at once; the old file is kept and the change recorded.";
        year_set: "该年的节假日数据已载入。", "The year's holidays are loaded.";
        deadlines: "期限计算", "Deadlines";
        deadlines_lede: "由法规的期限和起算日算出最后一日，并列出怎样数出来的。", "From a period that an article sets and the day it starts, the last day, and how it was counted.";
        period: "期限", "Period";
        start: "起算之事发生日", "Day of the event";
        start_help: "当日不计入期间。", "The day itself is not counted.";
        reckon: "计算", "Count";
        last_day: "最后一日", "Last day";
        lasting_day: "至少持续至", "Lasts at least until";
        natural_days: "相距自然日", "Natural days between";
        not_counted: "不计或者特别计入的日子", "Days that do not count, or count specially";
        day: "日期", "Day";
        why: "原因", "Why";
        weekend: "周末，不计", "weekend, not counted";
        holiday: "节假日，不计：", "holiday, not counted: ";
        worked: "补班，计入", "worked weekend, counted";
        working_days_way: "按工作日计：自起算日次日起，跳过下表所列的周末和节假日。", "Counted in working days, from the day after the event; the weekends and holidays below were passed over.";
        natural_way: "按自然日、月或者年计：起算日不计入，期间在最后一日结束时届满；最后一日是休息日的也不顺延。", "Counted in natural days, months or years; the day of the event is not counted, and the last day stands even if it is a day of rest.";
        no_date: "请填写日期，例如2026-11-23", "Give a date, such as 2026-11-23";
        check: "检查 ", "check ";
        record: "记录 ", "record ";
        deadline: "期限 ", "deadline ";
        planned: "（尚未实现）", " (planned)";
        people: "由人员落实：", "by people: ";
        back: "返回", "Back";
    }
}

impl LawWords {
    /// What a form did, by the word in `?done=`.
    pub(crate) fn done(&self, word: &str) -> Option<&'static str> {
        match word {
            "loaded" => Some(self.loaded),
            "confirmed" => Some(self.confirmed),
            "withdrawn" => Some(self.withdrawn),
            "year-set" => Some(self.year_set),
            _ => None,
        }
    }

    /// By what an obligation is kept, in words.
    pub(crate) fn binding(&self, binding: &Binding, language: Language) -> String {
        let (kind, progress) = match binding {
            Binding::Check(_, progress) => (self.check, *progress),
            Binding::Record(_, progress) => (self.record, *progress),
            Binding::Deadline(_, progress) => (self.deadline, *progress),
            Binding::Human { .. } => (self.people, Progress::Built),
        };
        let planned = match progress {
            Progress::Planned => self.planned,
            Progress::Built => "",
        };
        format!("{kind}{}{planned}", binding.text(language))
    }
}

/// How surely a wording is known, as a state.
pub(crate) fn state(verification: &Verification<'_>, language: Language) -> State {
    match verification.mark(language) {
        None => State::new(Shape::Good, LawWords::of(language).verified),
        Some(mark) => State::new(Shape::Wait, mark),
    }
}
