//! Words of the counter.

use hefu_page::bilingual;

bilingual! {
    /// Words of the counter.
    pub(crate) CounterWords {
        applicants: "申请人档案", "Applicants";
        applicants_lede: "按档案编号、完整证件号码或完整名称查找。号码和名称不列出，也不出现在网址中。", "Found by the file's number, the whole number of a document, or the whole name. Nothing is listed, and nothing you look for stands in an address.";
        sought: "档案编号、证件号码或名称", "Number of a file or document, or name";
        sought_help: "须完整、逐字一致。", "Whole, and letter by letter.";
        find: "查找", "Find";
        found: "查找结果", "Found";
        found_nothing: "没有找到", "Nothing found";
        found_nothing_hint: "请核对是否完整；没有档案的，可以登记。", "See that it is whole; whoever has no file can be registered.";
        register: "登记申请人", "Register an applicant";
        register_lede: "面前的申请人属于哪一类：", "Who is at the counter:";
        register_form_lede: "按证件填写。保存前会提示相似的档案。", "As on the document. Files that are alike are shown before this one is kept.";
        register_act: "登记", "Register";
        register_anyway: "已核对，仍然登记", "I have looked: register all the same";
        look_first: "尚未登记，请先核对", "Not registered yet: look at this first";
        look_at: "请注意", "Look at this";
        date_wrong: "代理起止日期应为完整日期", "The days of the authorisation are whole dates";
        of_person: "本人", "Person";
        of_representative: "法定代表人", "Legal representative";
        of_agent: "经办代理人", "Agent";
        of_responsible: "设备负责人", "Responsible person";
        name_of: "姓名", "name";
        document_of: "证件种类", "document";
        number_of: "证件号码", "number";
        telephone: "电话", "telephone";
        email: "电子邮箱", "e-mail";
        email_help: "通知和到期提醒发往此处。", "Letters and reminders go there.";
        organisation_name: "单位名称", "Organisation";
        organisation_code: "统一社会信用代码", "Unified social credit code";
        organisation_code_help: "18 位；旧组织机构代码为 9 位。", "18 characters; an old organisation code has 9.";
        department: "部门", "Department";
        device_name: "设备名称", "Device";
        agent_scope: "授权事项", "Authorised for";
        agent_help: "由法定代表人本人办理的，代理人各栏留空。", "Leave the agent's fields empty where the legal representative acts.";
        agent_from: "授权自", "Authorised from";
        agent_until: "授权至", "Authorised until";
        name: "名称", "Name";
        kind: "类别", "Kind";
        number_masked: "号码（遮蔽）", "Number (masked)";
        registered_at: "登记时间", "Registered";
        registered_by: "登记人", "Registered by";
        file: "档案", "File";
        file_number: "档案编号", "Number of the file";
        back_to_file: "返回档案", "Back to the file";
        road: "档案的进度", "How far this file is";
        step_file: "建档", "File";
        step_notice: "告知", "Notice";
        step_contract: "合同", "Contract";
        step_evidence: "材料", "Evidence";
        step_application: "申请", "Application";
        step_check: "查验身份", "Identity";
        next: "下一步", "Next";
        what_can_be_done: "可以办理", "What can be done";
        none_yet: "尚无", "None yet";
        is_restricted: "本人要求删除，该档案只作存储和保护", "Deletion was asked for: this file is only kept and protected";
        address: "联系邮箱", "Mail address";
        address_yes: "已登记", "on file";
        address_no: "未登记，无法发送通知", "none: no letters can be sent";
        agreements: "告知与合同", "Notice and contract";
        agreements_none: "尚未告知，也未签订合同。", "Nothing was told or signed yet.";
        text: "文本", "Text";
        version: "版本", "Version";
        shown_in: "出示语言", "Shown in";
        taken_at: "时间", "When";
        taken_by: "经办", "By";
        copies: "副本（PDF）", "Copies (PDF)";
        copy_subscriber: "订户留存", "Subscriber's";
        copy_provider: "机构留存", "Provider's";
        in_force: "现行", "in force";
        superseded: "已被取代", "superseded";
        notice_title: "出示告知书", "Show the notice";
        notice_lede: "请申请人阅读以下全文，再由您记录其已知悉。", "Have the applicant read all of this, then record that they acknowledge it.";
        notice_act: "申请人已阅读并知悉", "The applicant read and acknowledges it";
        contract_title: "出示并签订合同", "Show and sign the contract";
        contract_lede: "请申请人或其代理人阅读以下全文；签署后填写签署人。", "Have the applicant, or who acts for them, read all of this; write who signed.";
        contract_act: "已当面签署", "Signed before me";
        text_in_chinese: "以中文出示", "Show it in Chinese";
        text_in_english: "以英文出示", "Show it in English";
        signed_by: "签署人", "Signed by";
        signed_by_help: "与身份证件一致的姓名。", "The name as on the document.";
        consent: "生物识别信息单独同意", "Separate consent to biometrics";
        consent_title: "生物识别单独同意", "Consent to biometrics";
        consent_lede: "只有需要人像或视频时才征求；不同意不影响以其他方式查验身份。", "Asked only where a portrait or film is needed; whoever says no is identified in another way.";
        consent_text: "出示的内容", "What is shown";
        biometrics: "为核实您的真实身份，需要采集您的人像或问答视频，与身份证件比对。人像和视频属于敏感个人信息，一旦泄露可能影响您的人身和财产安全；我们加密保存，只在说明理由并留下记录后打开，保存至法律规定的期限届满。您可以拒绝，也可以随时撤回同意；撤回不影响撤回前的处理，身份将以其他方式查验。", "To verify who you are, a portrait or a film of you is taken and compared with your document. Both are sensitive personal information: if they leak, your person and property may come to harm. They are kept encrypted, opened only for a stated and recorded reason, and kept until the period set by law ends. You may refuse, and you may withdraw your consent at any time; what was done before stays lawful, and you are identified in another way.";
        consent_agreed: "本人已阅读以上内容并单独同意", "The person read this and consents to it separately";
        consent_means: "同意的方式", "How consent was given";
        consent_missing: "请勾选本人同意，并选择同意的方式", "Tick that the person consents, and choose how";
        consent_act: "记录同意", "Record the consent";
        consent_withdraw: "撤回生物识别同意", "Withdraw the consent";
        consent_given: "同意时间", "Given";
        withdrawal_stops: "不再采集人像或视频。", "No more portraits or films are taken in.";
        withdrawal_keeps: "撤回前的处理仍然有效。", "What was done before stays lawful.";
        evidence_title: "材料", "Evidence";
        evidence_lede: "上传证件的扫描件、视频等。类型按内容判断，与声称的不符即被拒绝。", "Scans, films and the like. The type is told by the content; a file that claims another is refused.";
        evidence_add: "添加材料", "Add evidence";
        evidence_none: "尚未收取材料。", "Nothing was handed in yet.";
        evidence_kind: "材料种类", "What it shows";
        evidence_media: "文件类型", "Type";
        evidence_file: "文件", "File";
        evidence_file_help: "PNG、JPEG（16 MiB 以内）、PDF（32 MiB 以内）、MP4（64 MiB 以内）。", "PNG or JPEG (to 16 MiB), PDF (to 32 MiB), MP4 (to 64 MiB).";
        evidence_act: "收取", "Take it in";
        evidence_kind_missing: "请选择材料种类", "Choose what it shows";
        evidence_file_missing: "请选择文件", "Choose a file";
        evidence_type_unknown: "文件不是PNG、JPEG、PDF、MP4、JSON或XML", "The file is no PNG, JPEG, PDF, MP4, JSON or XML";
        open_title: "打开材料", "Open a piece of evidence";
        open_lede: "打开的人、时间和理由先记录，再显示内容。", "Who opens it, when and why is recorded before anything is shown.";
        open_act: "记录并打开", "Record and open";
        sm3: "SM3", "SM3";
        purpose: "目的", "Purpose";
        reason: "理由", "Reason";
        reason_help: "至少 4 个字。理由加密保存，审计员可以核对。", "At least 4 characters. Kept sealed; auditors can compare it.";
        reading_title: "查看档案原文", "Read the file in clear";
        reading_lede: "查看的人、时间和理由先记录，再显示原文。", "Who reads it, when and why is recorded first.";
        reading_act: "记录并查看", "Record and read";
        reading_shown: "档案原文", "The file in clear";
        reading_recorded: "本次查看已经记录。请勿让他人看到屏幕。", "This reading is recorded. Let nobody else see the screen.";
        checks: "身份查验", "Checks of identity";
        checks_none: "尚未查验身份。", "Identity was not checked yet.";
        check_title: "查验身份", "Check identity";
        check_lede: "按规则核对档案中的材料；不足的会逐项说明。", "The rules say what the file must hold; what is missing is named.";
        check_for_application: "为申请查验", "For an application";
        check_for_certificate: "为已有证书查验", "For a certificate";
        check_no_application: "没有等待查验的申请。请先录入申请。", "No application waits for a check. Enter one first.";
        check_act: "按档案材料查验", "Check with the file's evidence";
        check_number: "证明编号", "Proof";
        check_good: "有效至", "good until";
        check_expired: "已过期", "expired";
        good_until: "有效期", "Validity";
        about: "针对", "About";
        occasion: "场合", "Occasion";
        serial: "证书序列号", "Serial number";
        application: "申请", "Application";
        applications: "该申请人的申请", "Applications";
        applications_none: "尚未录入申请。", "Nothing was applied for yet.";
        profile: "证书种类", "Kind of certificate";
        state: "状态", "State";
        issued: "已签发", "issued";
        rejected: "已驳回", "rejected";
        under_way: "办理中", "under way";
        enter_application: "录入申请", "Enter an application";
        choose_profile: "选择证书种类", "Choose the kind";
        go_on: "继续", "Continue";
        apply_lede: "主体和证明取自档案，不必再填。", "Subject and proofs come from the file and are not typed again.";
        from_file: "取自档案", "From the file";
        proof_lacking: "没有现行版本的证明，录入后可补办", "no proof to the version in force; the application can go on to it later";
        csr_file: "证书请求文件", "Certificate request file";
        csr_text: "或粘贴证书请求", "Or paste the request";
        csr_help: "PEM 或 DER：PKCS #10、CFCA 双密钥请求、GM/T 0092。须由申请人自己的密钥签名。", "PEM or DER: PKCS #10, CFCA's double request, GM/T 0092; signed with the applicant's own key.";
        csr_missing: "请选择文件，或粘贴证书请求", "Choose a file, or paste a request";
        profile_missing: "请选择证书种类", "Choose the kind of certificate";
        validity: "有效期（天）", "Validity in days";
        validity_wrong: "有效期应为整数天数", "A whole number of days";
        check_now: "录入后立即按档案材料查验身份", "Check identity from the file's evidence at once";
        check_now_help: "材料不足时申请仍然录入，缺什么在申请页说明。", "Where the file does not suffice the application is entered all the same; its page says what is missing.";
        enter_act: "录入", "Enter";
        restriction_title: "删除或限制处理", "Deletion or restriction";
        restriction_lede: "本人要求删除个人信息的，在此记录，并作出答复。", "Where the person wants their information deleted, it is recorded and answered here.";
        restriction_act: "记录本人的要求", "Record the wish";
        restriction_keeps: "保存期限未满，档案不删除，只作存储和保护。", "Retention runs: the file is not deleted, only kept and protected.";
        restriction_stops: "不能再以该档案申请证书、收取材料或查验身份。", "No application, evidence or check is made out of it any more.";
        restriction_final: "限制不能在本页解除。", "The restriction cannot be lifted here.";
        restriction_due: "没有证书须保存：答复为应当删除，由管理人员按记录保存规则办理；本页不作更改。", "No certificate asks for retention: the answer is that deletion is due, carried out by the ceremony that the records' rules set. Nothing is changed here.";
        retained_until: "保存至", "Kept until";
        nothing_to_retain: "没有须保存的证书", "nothing to retain";
        texts: "告知书与合同文本", "Texts";
        texts_lede: "申请人所见的文本。已发布的版本不再更改，被取代的仍可查阅。", "What applicants are shown. A version that was published never changes; superseded ones stay to be read.";
        texts_none: "尚未发布", "Not published yet";
        texts_none_hint: "没有现行文本时，不能告知或签订。", "Without a text in force nobody can be told or sign.";
        text_publish: "发布新版本", "Publish a version";
        text_publish_act: "发布并立即生效", "Publish; in force at once";
        text_publish_lede: "两种语言都须写明每一项；每行一段。发布后不能更改。", "Each item is written in both languages; a line is a paragraph. It cannot be changed afterwards.";
        published_at: "发布时间", "Published";
        sm3_chinese: "中文文本的 SM3", "SM3 of the Chinese text";
        sm3_english: "英文文本的 SM3", "SM3 of the English text";
        version_help: "例如 2026-11；同一类文本不得重复使用。", "For example 2026-11; never used twice for one kind.";
        title: "标题", "Title";
        heading: "小标题", "Heading";
        batches: "批量办理", "Batches";
        batches_lede: "单位人员或设备，一表多行。先检查，再录入；录入后由另一名操作员审批。", "Staff or devices, a row each. Checked first, then entered; another officer approves.";
        batches_none: "没有批次", "No batch";
        batches_none_hint: "上传一份表格即可开始。", "Upload a sheet to begin.";
        batch: "批次", "Batch";
        sheet: "上传表格", "Upload a sheet";
        sheet_help: "CSV（UTF-8 或 GB18030）或 XLSX，32 MiB 以内。上传后只检查，不录入。", "CSV (UTF-8 or GB18030) or XLSX, to 32 MiB. It is checked; nothing is entered.";
        sheet_act: "上传并检查", "Upload and check";
        sheet_missing: "请选择表格文件", "Choose a sheet";
        template: "下载表头样例（CSV）", "Template (CSV)";
        rows: "行数", "Rows";
        rows_good: "合格，待录入", "Good, to be entered";
        rows_bad: "不合格", "With findings";
        rows_entered: "已录入", "Entered";
        rows_refused: "被拒绝", "Refused";
        rows_approved: "已批准", "Approved";
        paused_because: "暂停原因", "Paused because";
        started_by: "启动", "Started by";
        look_again: "更新进度", "Look again";
        follow: "自动更新进度", "Follow the progress";
        follow_stop: "停止自动更新", "Stop following";
        start: "录入合格的行", "Enter the good rows";
        start_lede: "只录入合格的行。法律规定之内的证书，告知、合同和查验仍逐份办理。", "Only good rows are entered. Inside the law's scope notice, contract and identity are still taken one by one.";
        together_notice: "告知书版本", "Version of the notice";
        together_contract: "合同版本", "Version of the contract";
        together_document: "查验身份所看的文件", "Document that identity was verified with";
        together_help: "对全部行说明一次；仅用于法律规定之外的种类（设备、服务器）。", "Said once for all rows; only for kinds outside the law's scope (devices, servers).";
        pause: "暂停", "Pause";
        resume: "继续录入", "Go on";
        approve: "只批准", "Approve only";
        approve_issue: "批准并签发", "Approve and issue";
        approve_lede: "由没有上传、也没有启动该批次的操作员审批。", "By an officer who neither brought nor started it.";
        discard: "放弃该批次", "Give this batch up";
        discard_forgets: "表格的内容立即销毁，不能恢复。", "The cells of the sheet are forgotten now and cannot be brought back.";
        discard_enters_nothing: "没有录入任何申请。", "No application was entered.";
        report: "逐行报告", "Row by row";
        report_csv: "下载完整报告（CSV）", "Whole report (CSV)";
        report_clean: "没有问题", "Nothing is wrong";
        report_clean_hint: "没有不合格或被拒绝的行。", "No row has findings or was refused.";
        row: "行", "Row";
        column: "列", "Column";
        what_is_wrong: "问题", "What is wrong";
        done_registered: "档案已建立。", "The file is there.";
        done_notice: "已记录告知。", "The notice is recorded.";
        done_contract: "已记录合同。", "The contract is recorded.";
        done_consent: "已记录同意。", "The consent is recorded.";
        done_consent_withdrawn: "同意已撤回。", "The consent is withdrawn.";
        done_evidence: "材料已收取并加密保存。", "Taken in and sealed.";
        done_check: "身份查验通过，证明见下。", "Identity is checked; the proof is below.";
        done_restricted: "已记录。答复：保存期限内不删除，只作存储和保护。", "Recorded. The answer: not deleted while retention runs, only kept and protected.";
        done_due: "答复：没有须保存的证书，应当删除；请交管理人员办理。", "The answer: nothing asks for retention, deletion is due; hand it to an administrator.";
        done_published: "已发布，立即生效。", "Published and in force.";
        done_uploaded: "表格已收下，正在检查。", "The sheet is in and is being checked.";
        done_started: "开始录入。", "Rows are being entered.";
        done_paused: "正在暂停；进行中的行会先完成。", "Pausing; what is in flight is finished first.";
        done_resumed: "继续录入。", "It goes on.";
        done_approving: "正在审批。", "Being approved.";
        done_discarded: "批次已放弃，内容已销毁。", "Given up; the cells are forgotten.";
    }
}

impl CounterWords {
    /// What a form that led here did, by the word in `?done=`.
    pub(crate) fn done(&self, word: &str) -> Option<&'static str> {
        Some(match word {
            "registered" => self.done_registered,
            "notice" => self.done_notice,
            "contract" => self.done_contract,
            "consent" => self.done_consent,
            "consent-withdrawn" => self.done_consent_withdrawn,
            "evidence" => self.done_evidence,
            "check" => self.done_check,
            "restricted" => self.done_restricted,
            "due" => self.done_due,
            "published" => self.done_published,
            "uploaded" => self.done_uploaded,
            "started" => self.done_started,
            "paused" => self.done_paused,
            "resumed" => self.done_resumed,
            "approving" => self.done_approving,
            "discarded" => self.done_discarded,
            _ => return None,
        })
    }
}
