//! Words of the auditors' room.

mod kind;

use hefu_page::bilingual;

pub(crate) use kind::{act_name, change_name, kind_name, word_name};

bilingual! {
    /// Words of the auditors' room.
    pub(crate) AuditWords {
        overview: "审计总览", "Overview";
        overview_lede: "每个区各有一份只增不改的记录，由检查点签封。这里只看，不改。", "Each zone keeps a log that is only added to and is sealed by checkpoints. Here everything is seen and nothing changed.";
        zones: "各区的记录", "Logs by zone";
        zone: "区", "Zone";
        zone_ra: "注册", "Registration";
        zone_ca: "签发", "Certification";
        zone_kmc: "密钥管理", "Key management";
        zone_status: "状态发布", "Status";
        zone_other: "其他", "Other";
        records: "记录", "Records";
        records_of: "记录", "Records";
        record: "记录", "Record";
        number: "编号", "Number";
        last_checkpoint: "最近检查点", "Last checkpoint";
        root: "根", "Root";
        verdict: "核验", "Check";
        covers: "覆盖记录", "Records covered";
        unsealed: "条待签封", "not sealed yet";
        verifies: "检查点有效", "verifies";
        does_not_verify: "检查点无效", "does not verify";
        no_checkpoint: "尚无检查点", "no checkpoint yet";
        lately: "最近发生的事", "What happened lately";
        refused_lately: "最近被拒绝的行为", "What was refused lately";
        all_refusals: "全部拒绝记录", "All refusals";
        elsewhere: "在其他进程运行的区不在此列：其记录凭该进程的令牌读取，或用 hefu records verify 核验其数据库。", "Zones that run in other processes are not listed: their records are read with that process's token, or their database is verified with hefu records verify.";
        when: "时间", "When";
        what: "事项", "What";
        who: "经办", "Who";
        subject: "对象", "About";
        anybody: "任何人", "Anybody";
        any_kind: "所有类别", "Every kind";
        everything: "全部", "All";
        kind: "类别", "Kind";
        name: "申请、证书或档案编号", "Number of application, certificate, file";
        from: "起始日期", "From";
        until: "截止日期", "Until";
        other_zones: "其他区的记录", "Other logs";
        no_such_day: "日期无法识别，请按 2027-03-02 的形式填写。", "The date cannot be read; write it as 2027-03-02.";
        no_such_page: "没有这一页，请从第一页看起。", "There is no such page; begin with the first one.";
        records_lede: "最新的在前。不加条件时按写入次序列出，缺失或改动的记录在原位标明。", "The latest first. Without filters they stand in the order in which they were written; one that is missing or changed says so in its place.";
        nothing_found: "没有符合条件的记录", "No such records";
        nothing_found_hint: "可以放宽条件再查。", "Try with fewer filters.";
        not_labelled: "目录尚在编制，以下最新记录还不能按条件查到，条数：", "The catalogue is still being made. Newest records that cannot be found by filters yet:";
        gone: "此处记录缺失或无法读取", "Missing or unreadable";
        place: "位置", "Place";
        leaf: "叶哈希（SM3）", "Leaf hash (SM3)";
        reason: "理由（密封存放）", "Reason (kept under seal)";
        reason_holds: "与记录中的承诺值一致", "fits the commitment in the record";
        reason_differs: "与记录中的承诺值不符", "does not fit the commitment in the record";
        content: "内容", "Content";
        proof: "证明", "Proof";
        record_holds: "已签封，未被改动", "Sealed and unchanged";
        signature_holds: "检查点的签名由本区的封存密钥作出，核验通过。", "The checkpoint is signed by this zone's seal key, and the signature verifies.";
        not_sealed: "尚未签封", "Not sealed yet";
        not_sealed_hint: "服务运行时约每秒作一次检查点，稍后重新打开本页即可看到证明。", "While the service runs a checkpoint is made about once a second; load this page again for the proof.";
        record_broken: "核验不通过", "Does not verify";
        record_broken_hint: "记录库在写入之后被改动过。请保全数据库文件，并用 hefu records verify 逐条查明。", "The store was changed after it was written. Keep the database file, and find out row by row with: hefu records verify.";
        log: "记录名称", "Log";
        note: "签名文本", "Signed note";
        path: "从叶到根的哈希", "Hashes from leaf to root";
        checkpoint: "检查点", "Checkpoint";
        check_yourself: "自行核验", "Check it yourself";
        check_hint: "下载证明文件后离线核验，不需要本系统。公钥请以业务规则公布的为准，不要只信本页。", "Download the exhibit and check it offline; this system is not needed. Take the public key from where it was published, not from this page alone.";
        downloads: "下载", "Downloads";
        file_exhibit: "证明文件：记录、证明与检查点（JSON）", "Exhibit: record, proof and checkpoint (JSON)";
        file_record: "记录（JSON）", "Record (JSON)";
        file_proof: "证明（JSON）", "Proof (JSON)";
        file_checkpoint: "检查点（JSON）", "Checkpoint (JSON)";
        file_key: "封存公钥（PEM）", "Public key of the seal (PEM)";
        earlier: "前一条", "Earlier:";
        later: "后一条", "Later:";
        neighbours: "相邻记录", "Neighbouring records";
        access: "谁看了什么", "Who saw what";
        access_lede: "调阅档案、打开证据、导出名单、登录与会话。打开证据的理由以用途和承诺值记入记录，理由原文可能涉及个人，密封存放，在单条记录页显示。", "Readings of files, openings of evidence, lists taken away, log-ins and sessions. Why evidence was opened is recorded as a purpose and a commitment; the officer's words may name people, are kept under seal, and are shown on the page of the record.";
        sort_files: "调阅档案与证据", "Files and evidence";
        sort_exports: "导出名单", "Lists taken away";
        sort_sessions: "登录与会话", "Log-ins and sessions";
        file: "档案或证据编号", "Number of file or evidence";
        log_in_refused: "登录被拒绝", "Log-in refused";
        rows: "行", "rows";
        refusals: "被拒绝的行为", "Refusals";
        refusals_lede: "规则拒绝过的每一次行为：谁、要做什么、依据哪一条、何时。", "Every act that a rule refused: who, what, by which rule, when.";
        no_refusals: "没有拒绝记录", "Nothing was refused";
        no_refusals_hint: "规则拒绝的行为会出现在这里。", "Acts that a rule refuses appear here.";
        act: "要做的事", "Act";
        rule: "依据", "Rule";
        officers: "人员", "Officers";
        officers_lede: "登记册上的每一个人，在岗与离岗都在内。", "Everybody on the register, on duty or not.";
        officer: "人员", "Officer";
        post: "岗位", "Post";
        branch: "系列", "Branch";
        branch_business: "业务", "business";
        branch_audit: "审计", "audit";
        duty: "状态", "Duty";
        duty_on: "在岗", "on duty";
        duty_suspended: "停职", "suspended";
        duty_dismissed: "离职", "dismissed";
        enrolled: "登记时间", "Enrolled";
        known_as: "记录中的名称", "In the records";
        body: "受托机构", "Delegated body";
        certificate: "登录证书（SM3）", "Client certificate (SM3)";
        since: "自", "since";
        token: "访问令牌发放于", "Access token since";
        key: "登录密钥", "Key to log in with";
        yes: "有", "yes";
        no: "无", "no";
        training: "培训", "Training";
        no_training: "没有培训记录", "No training is recorded";
        no_training_hint: "是否必须培训由运营者设置。", "Whether training is needed is the operator's setting.";
        course: "课程", "Course";
        passed: "通过日期", "Passed";
        recorded_by: "登记人", "Recorded by";
        history: "历史", "History";
        event_enrolled: "登记入册", "Enrolled";
        undecided: "待另一人决定", "Waits for another officer's decision";
        approved: "批准", "approved";
        rejected: "驳回", "rejected";
        look_further: "进一步查看", "Look further";
        acts_in: "经办的事", "What they did";
        about_them: "涉及本人的记录", "Records about them";
        what_they_saw: "看过什么", "What they saw";
        what_was_refused: "被拒绝的行为", "What they were refused";
        conformance: "合规情况", "Conformance";
        conformance_lede: "每一项法定义务：靠什么落实，记录中有什么证据，结论如何。没有证据就不算符合。", "Each obligation: by what it is kept, what the records show, and the finding. Nothing is met without evidence.";
        summary: "总计", "In sum";
        remarks: "须知", "To know";
        obligations: "各项义务", "Obligations";
        obligation: "条文", "Article";
        asks: "要求（转述）", "What it asks (paraphrased)";
        finding: "结论", "Finding";
        evidence: "证据", "Evidence";
        rules: "规则集", "Rules";
        bound: "义务人", "Who is bound";
        instrument: "法规", "Instrument";
        kept_by: "落实方式", "Kept by";
        kind_enforced: "程序强制", "enforced by the program";
        kind_evidenced: "留有证据", "shown by records";
        kind_deadline: "期限", "deadline";
        kind_human: "由人判断", "judged by people";
        read_at: "读取记录的时间", "Records read at";
        as_json: "全部结果（JSON）", "The whole report (JSON)";
        as_pdf: "全部结果（PDF）", "The whole report (PDF)";
    }
}

impl AuditWords {
    /// What people call a zone.
    pub(crate) fn zone_name(&self, zone: &str) -> &'static str {
        match zone {
            "ra" => self.zone_ra,
            "ca" => self.zone_ca,
            "kmc" => self.zone_kmc,
            "status" => self.zone_status,
            _ => self.zone_other,
        }
    }
}
