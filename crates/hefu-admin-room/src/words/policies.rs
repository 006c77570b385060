//! Words of what is published, filed and disclosed.

use hefu_policies::Act;

use super::bilingual;

bilingual! {
    /// Words of practice statements, policies, filings and the licence.
    pub(crate) PolicyWords {
        lede: "业务规则、证书策略、备案和许可证的登记，都由一人提出、另一人决定。已公布的版本不更改、不撤下。", "Practice statements, policies, filings and the licence are proposed by one officer and decided by another. What was published is never changed or taken away.";
        elsewhere: "认证机构在另一进程中运行，业务规则在那里公布；本进程不能办理。", "The certification authority runs in another process, and its policies are kept there; nothing can be done from here.";
        versions: "已公布的版本", "Versions published";
        document: "文件", "Document";
        version: "版本", "Version";
        effective_on: "生效日期", "In force from";
        published_on: "公布日期", "Published on";
        filing: "备案", "Filing";
        covers: "涵盖的证书策略", "Covers";
        state: "状态", "State";
        in_force: "现行有效", "in force";
        to_come: "尚未生效", "to come";
        replaced: "已被替换", "replaced";
        sample: "样本", "sample";
        filed: "已备案", "filed";
        receipt: "回执", "Receipt";
        not_filed: "未备案", "not filed";
        file_by: "期限至 ", "by ";
        sample_not_filed: "样本不备案", "a sample is not filed";
        none: "没有公布任何文件", "Nothing is published";
        none_hint: "先提出公布一个版本。", "Propose a version first.";
        publish: "提出公布新版本", "Propose a new version";
        file: "提出登记备案", "Propose a filing";
        record_licence: "提出登记许可证", "Propose a licence record";
        proposals: "提议", "Proposals";
        proposals_of: "公布、备案与许可的提议", "Proposals about what is published";
        licence: "许可证", "Licence";
        no_licence: "没有登记许可证。", "No licence is recorded.";
        licence_history: "许可证登记的经过", "Licence records";
        recorded_at: "登记时间", "Recorded at";
        licence_number: "许可证编号", "Licence number";
        valid_until: "有效期止", "Valid until";
        disclosure: "信息披露", "Disclosure";
        disclosure_caption: "由许可证登记和已公布的文件自动生成，公开在“机构信息公开”页", "Made from the licence record and what is published; public on the page “About the provider”";
        item: "事项", "Item";
        value: "内容", "Value";
        rules: "依据", "Rules";
        act: "事项", "Act";
        act_publish: "公布版本", "Publish a version";
        act_file: "登记备案", "Record a filing";
        act_licence: "登记许可证", "Record the licence";
        publish_does: "该版本立即公布，到生效日期起有效，公众可以永久查阅；已公布的版本不能更改或者撤下。公布写入记录。", "The version is public at once and for ever, and holds from its day; it can never be changed or taken away. It is recorded.";
        file_does: "该版本标记为已备案，回执保存在系统中；一个版本只登记一次备案。", "The version counts as filed, and the receipt is kept; a version is filed once.";
        licence_does: "许可证信息立即替换信息披露页上的内容，并写入记录；以前的登记保留。", "It replaces at once what the disclosure page says, and is recorded; earlier records stay.";
        publish_lede: "上传一个版本的中文和英文文本（Markdown）。业务规则须写明法律要求的事项，缺少的会逐项指出。", "Give the Chinese and the English text (Markdown) of a version. A practice statement has to speak of what the law asks for; what is missing is named.";
        series: "文件种类", "Which document";
        series_help: "业务规则填 cps；证书策略填 cp- 加名称，例如 cp-person。", "cps for the practice statement; cp- and a name, such as cp-person, for a certificate policy.";
        version_help: "数字和点，例如 1.0。", "Numbers and dots, such as 1.0.";
        covers_help: "每行一个策略对象标识符（点分）；上级标识符涵盖其下全部策略。", "One policy identifier (dotted) a line; one that stands above others covers them all.";
        chinese: "中文文本", "Chinese text";
        chinese_help: "以中文文本为准。", "The Chinese text is the one that counts.";
        english: "英文文本", "English text";
        topics: "业务规则应当写明的事项", "What a practice statement speaks of";
        missing: "没有找到的事项", "Topics that were not found";
        missing_none: "要求和建议的事项都找到了。", "Everything asked for and advised was found.";
        required: "必须", "required";
        advised: "建议", "advised";
        sm3_chinese: "中文文本的 SM3", "SM3 of the Chinese text";
        sm3_english: "英文文本的 SM3", "SM3 of the English text";
        read_chinese: "查看中文文本", "Read the Chinese text";
        read_english: "查看英文文本", "Read the English text";
        file_lede: "登记一个已公布的版本已向主管部门备案，并上传回执。", "Record that a published version was filed with the department, with its receipt.";
        which_version: "哪个版本", "Which version";
        nothing_to_file: "没有可以备案的版本：样本不备案，其余版本都已备案。", "There is no version to file: samples are not filed, and the others are.";
        recipient: "受理部门", "Filed with";
        filed_on: "备案日期", "Filed on";
        receipt_file: "回执文件", "Receipt";
        receipt_help: "扫描件或者电子回执，不超过 1 MiB。", "A scan or an electronic receipt, one mebibyte at most.";
        receipt_name: "回执文件名", "Name of the receipt's file";
        receipt_name_help: "留空则记为 receipt。", "Left empty, it is called receipt.";
        licence_lede: "按许可证正本填写。这些内容依法向社会公布。", "As the licence says. The law makes all of it public.";
        name: "机构名称", "Name";
        legal_representative: "法定代表人", "Legal representative";
        address: "住所", "Domicile";
        contact: "联系办法", "Contact";
        issuing_authority: "发证机关", "Issuing authority";
        issued_on: "发证日期", "Date of issue";
        valid_from: "有效期起", "Valid from";
        day_missing: "请填写完整的日期。", "Give every date.";
        text_not_utf8: "文本不是 UTF-8 编码。", "A text is not UTF-8.";
        series_wrong: "文件种类须是 cps 或者 cp-名称。", "The document is cps or cp-NAME.";
        version_wrong: "版本须是数字和点。", "The version is numbers and dots.";
        choose_version: "请选择一个版本。", "Choose a version.";
        propose: "提出", "Propose";
    }
}

impl PolicyWords {
    /// What an act is called, and what it does.
    pub(crate) const fn act(&self, act: &Act) -> (&'static str, &'static str) {
        match act {
            Act::Publish(_) => (self.act_publish, self.publish_does),
            Act::File(_) => (self.act_file, self.file_does),
            Act::RecordLicence(_) => (self.act_licence, self.licence_does),
        }
    }
}
