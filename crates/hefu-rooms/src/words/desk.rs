//! Words of the registration officers' desk.

use hefu_ra::{ApplicationKind, CertificateState, Stage, StepName};
use hefu_rulebook::Language;

use crate::component::{Shape, State};
use crate::words::bilingual;

bilingual! {
    /// Words of the desk.
    pub(crate) DeskWords {
        queue: "待办", "Queue";
        queue_lede: "默认列出您现在可以办理的申请。本人录入或查验的申请须由另一名操作员审批，不在您的待办之中。", "What you can do next. Applications that you entered or identified wait for another officer and are not listed here.";
        enter: "录入申请", "Enter an application";
        forecast: "到期预测", "Forecast";
        certificates: "证书", "Certificates";
        show: "显示", "Show";
        mine: "我可以办理的", "what I can do next";
        all: "全部申请", "all applications";
        application: "申请", "Application";
        applications: "申请列表", "Applications";
        subject: "持有人", "Holder";
        state: "状态", "State";
        next_step: "下一步", "Next step";
        waiting: "已等待", "Waiting";
        entered_by: "录入", "Entered by";
        nothing_to_do: "没有待办", "Nothing to do";
        nothing_to_do_hint: "没有您现在可以办理的申请。可以查看全部申请，或录入新的申请。", "There is no application that you can take further now. Look at all of them, or enter a new one.";
        nothing_in_state: "没有这种状态的申请", "No application in this state";
        nothing_in_state_hint: "换一种状态，或查看全部申请。", "Choose another state, or look at all applications.";
        road: "申请的进度", "The road of this application";
        known: "申请内容", "What is known";
        number: "申请编号", "Number";
        kind: "事项", "Matter";
        profile: "证书种类", "Kind of certificate";
        scope: "法律上的性质", "In law";
        scope_signature: "电子签名认证证书", "a certificate for electronic signatures";
        scope_government: "电子政务电子认证证书", "a certificate for government affairs";
        scope_outside: "不属于电子签名认证证书（设备、服务器）", "not for electronic signatures (device, server)";
        file: "申请人档案", "Applicant's file";
        file_number: "申请人档案编号", "Number of the applicant's file";
        file_number_help: "32 位十六进制数字。电子签名认证证书的申请须以申请人档案为据。", "32 hexadecimal digits. A certificate for electronic signatures stands on the applicant's file.";
        file_masked: "档案所载证件号码（遮蔽）", "Number in the file (masked)";
        file_unread: "档案无法读取", "the file cannot be read";
        look_alikes: "相似档案", "Files that are alike";
        same_number: "证件号码相同", "same number";
        same_name: "名称相同", "same name";
        look_alike_name: "名称形近", "name looks alike";
        same_key: "公钥相同", "same key";
        key: "申请人公钥的 SM3", "SM3 of the applicant's key";
        replaces: "所更新的证书", "Renews";
        history: "办理经过", "What was done";
        event_entered: "录入，并核对密钥持有", "Entered; possession of the key proven";
        proof_number: "证明编号", "Proof";
        text_version: "文本版本", "version";
        method_label: "方式：", "Means:";
        next: "下一步", "Next";
        notice_title: "记录告知", "Record the notice";
        notice_lede: "申请人已被告知证书的使用条件、收费、责任和信息的处理。", "The applicant was told the conditions, the price, the responsibilities, and how information is handled.";
        notice_proof: "告知书的编号", "Number of the acknowledgement";
        contract_title: "记录合同", "Record the contract";
        contract_lede: "申请人已签订服务合同。", "The applicant signed the contract.";
        contract_proof: "合同的编号", "Number of the contract";
        proof_help: "申请人档案中的编号，32 位十六进制数字。", "From the applicant's file: 32 hexadecimal digits.";
        version: "文本版本", "Version of the text";
        version_help: "例如 2026-11。该种类不在法律规定之内，由您记录即可。", "For example 2026-11. This kind is outside the law's rules; your word is enough.";
        signed_by: "签署人", "Signed by";
        identity_title: "查验身份", "Verify the identity";
        identity_lede: "核对申请人的真实身份。查验与审批须由两名操作员分别办理。", "See that the applicant is who they say. Whoever verifies does not approve.";
        check_now: "按档案材料查验", "Check with the file's evidence";
        check_help: "按钮会用申请人档案中的材料作出查验；材料不足时会说明还缺什么。", "The button makes the check from the evidence in the applicant's file, and says what is missing.";
        check_number: "已有查验的编号", "Number of a check already made";
        check_use: "使用这次查验", "Use this check";
        method: "查验方式", "How";
        in_person: "当面", "in person";
        video: "视频", "by video";
        control: "设备或域名的控制权", "control of the device or name";
        document: "查看的文件", "Document that was looked at";
        document_help: "例如营业执照原件、采购合同。", "For example the original licence, a purchase contract.";
        remark: "备注", "Remark";
        record: "记录", "Record";
        approval_title: "审批", "Approve";
        approval_lede: "由没有录入、也没有查验这份申请的操作员审批。", "By an officer who neither entered nor identified this application.";
        approve_issue: "批准并签发", "Approve and issue";
        approve: "只批准", "Approve only";
        issuance_title: "请求签发", "Ask for issuance";
        issuance_lede: "申请已经批准。请求会签名后发往证书认证系统；没有回音时可以再次请求，编号不变，不会重复签发。", "It is approved. The signed request goes to the certification authority; ask again when there is no answer, the number stays the same and nothing is issued twice.";
        issue: "签发", "Issue";
        reject: "驳回申请", "Reject the application";
        reject_ends: "申请到此终止，不能恢复；申请人可以重新申请。", "The application ends and cannot be taken up again; the applicant may apply anew.";
        reject_key: "这把公钥可以在新的申请中再次使用。", "The key may be used in a new application.";
        rejection: "驳回理由", "Why it was rejected";
        read_only: "您的岗位可以查阅，不能办理下一步。", "Your post may read this, not take the next step.";
        needs_other: "您录入或查验了这份申请，须由另一名操作员审批。", "You entered or identified this application: another officer approves it.";
        delivered: "签发的证书", "Certificates";
        downloads: "下载", "Downloads";
        pem_sign: "签名证书（PEM）", "Signing certificate (PEM)";
        pem_encrypt: "加密证书（PEM）", "Encryption certificate (PEM)";
        pem_single: "证书（PEM）", "Certificate (PEM)";
        pem_issuer: "签发者证书（PEM）", "Issuer's certificate (PEM)";
        response: "证书响应（GM/T 0092，DER）", "Certificate response (GM/T 0092, DER)";
        enveloped: "加密密钥数字信封（DER）", "Enveloped encryption key (DER)";
        choose_profile: "选择证书种类", "Choose the kind";
        choose_lede: "先选证书种类，再填写该种类所需的内容。", "First the kind; its fields come next.";
        go_on: "继续", "Continue";
        csr_file: "证书请求文件", "Certificate request file";
        csr_text: "或粘贴证书请求", "Or paste the request";
        csr_help: "PEM 或 DER（PKCS #10）。请求须由申请人自己的密钥签名。", "PEM or DER (PKCS #10), signed with the applicant's own key.";
        csr_missing: "请选择文件，或粘贴证书请求", "Choose a file, or paste a request";
        validity: "有效期（天）", "Validity in days";
        validity_default: "留空为", "empty for";
        validity_most: "最多", "at most";
        validity_wrong: "有效期应为整数天数", "A whole number of days";
        several: "多个值以逗号分隔", "several are separated by commas";
        enter_act: "录入", "Enter";
        search_lede: "已签发的全部证书。自然人的姓名不遮蔽，请只用于办理业务。", "Everything that was issued. Names are shown in full: use them for your work only.";
        query: "名称或序列号", "Name or serial number";
        any: "全部", "any";
        ends_from: "到期不早于", "Ends on or after";
        ends_before: "到期早于", "Ends before";
        serial: "序列号", "Serial number";
        name: "名称", "Name";
        ends: "到期日", "Ends";
        begins: "生效", "Begins";
        expires: "失效", "Ends at";
        usage: "用途", "Use";
        found: "查询结果", "Found";
        nothing_found: "没有找到", "Nothing found";
        nothing_found_hint: "换一个条件，或清除条件。名称从第一个字匹配。", "Try other conditions. A name is matched from its first letter.";
        export: "导出为 CSV", "Export as CSV";
        certificate: "证书", "Certificate";
        subject_whole: "主体", "Subject";
        other_half: "同一对的另一张", "Other half of the pair";
        ground: "撤销情形", "Ground of revocation";
        status_history: "状态变化", "Status history";
        event_issued: "签发", "Issued";
        event_suspended: "挂起", "Suspended";
        event_resumed: "恢复", "Resumed";
        event_revoked: "撤销", "Revoked";
        event_expired: "到期", "Expired";
        acts: "可以办理", "What can be done";
        renew: "更新", "Renew";
        suspend: "挂起", "Suspend";
        resume: "恢复", "Resume";
        revoke: "撤销", "Revoke";
        pair_moves: "这是双证书中的一张：签名证书和加密证书一并办理。", "This is half of a pair: the signing and the encryption certificate move together.";
        suspend_holds: "挂起期间证书不应被信任；可以恢复，也可以撤销。", "While it is held, nobody should trust it; it can be resumed, or revoked.";
        suspend_published: "状态在几秒之内在 OCSP 中更新，并列入下一份撤销列表。", "OCSP tells within seconds, and the next revocation list has it.";
        resume_again: "证书重新有效，并从撤销列表中移出。", "It is valid again and leaves the revocation list.";
        revoke_final: "撤销不能恢复。持有人须重新申请。", "Revocation is for good. The holder has to apply anew.";
        revoke_published: "状态在几秒之内在 OCSP 中更新，列入下一份撤销列表，并予公告。", "OCSP tells within seconds, the next revocation list has it, and it is announced.";
        ground_question: "属于哪一种情形", "On which ground";
        ground_missing: "请选择一种情形", "Choose a ground";
        renew_lede: "更新沿用原来的主体、种类、告知和合同；须再次查验身份，由另一名操作员审批。", "Subject, kind, notice and contract stay; the identity is verified again and another officer approves.";
        renew_key: "新的证书请求", "New request";
        renew_key_help: "留空则沿用原来的密钥。", "Empty to keep the old key.";
        proof_or_check: "留空则按申请人档案的材料当场查验；也可填写已有查验的编号。", "Empty to make the check now from the applicant's file; or the number of a check already made.";
        no_file: "这份申请没有申请人档案，不能按档案查验。", "This application has no applicant's file to check with.";
        forecast_lede: "现在有效或挂起的证书将在哪些月份到期；双证书算一张。", "When certificates that are valid or suspended now will end; a pair counts once.";
        forecast_title: "每月到期的证书（张）", "Certificates that end, by month";
        forecast_none: "未来十二个月没有证书到期。", "None ends in the next twelve months.";
        forecast_look: "查看各月到期的证书", "Look at a month";
        forecast_month: "月份", "Month";
        done_entered: "已录入。请继续下一步。", "Entered. The next step is below.";
        done_notice: "已记录告知。", "The notice is recorded.";
        done_contract: "已记录合同。", "The contract is recorded.";
        done_identity: "已记录身份查验。", "The verification of identity is recorded.";
        done_approved: "已批准。", "Approved.";
        done_issued: "已批准并签发。", "Approved and issued.";
        done_rejected: "申请已驳回。", "The application is rejected.";
        done_suspended: "证书已挂起。", "Suspended.";
        done_resumed: "证书已恢复。", "Resumed.";
        done_revoked: "证书已撤销。", "Revoked.";
    }
}

impl DeskWords {
    /// What a form that led here did, by the word in `?done=`.
    pub(crate) fn done(&self, word: &str) -> Option<&'static str> {
        Some(match word {
            "entered" => self.done_entered,
            "notice" => self.done_notice,
            "contract" => self.done_contract,
            "identity" => self.done_identity,
            "approved" => self.done_approved,
            "issued" => self.done_issued,
            "rejected" => self.done_rejected,
            "suspended" => self.done_suspended,
            "resumed" => self.done_resumed,
            "revoked" => self.done_revoked,
            _ => return None,
        })
    }
}

/// The state of an application by word, shape and colour.
pub(crate) fn stage(stage: Stage, language: Language) -> State {
    let (shape, zh, en) = match stage {
        Stage::Entered => (Shape::Wait, "已录入", "entered"),
        Stage::Noticed => (Shape::Wait, "已告知", "noticed"),
        Stage::Contracted => (Shape::Wait, "已签合同", "contracted"),
        Stage::Identified => (Shape::Wait, "等待审批", "awaits approval"),
        Stage::Approved => (Shape::Wait, "已批准", "approved"),
        Stage::Requested => (Shape::Wait, "签发中", "being issued"),
        Stage::Issued => (Shape::Good, "已签发", "issued"),
        Stage::Rejected => (Shape::Ended, "已驳回", "rejected"),
    };
    State::new(shape, either(language, zh, en))
}

/// A step by its name.
pub(crate) const fn step(step: StepName, language: Language) -> &'static str {
    match step {
        StepName::Notice => either(language, "告知", "Notice"),
        StepName::Contract => either(language, "合同", "Contract"),
        StepName::Identity => either(language, "查验身份", "Identity"),
        StepName::Approval => either(language, "审批", "Approval"),
        StepName::Issuance => either(language, "签发", "Issuance"),
        StepName::Rejection => either(language, "驳回", "Rejection"),
    }
}

/// Why somebody applies.
pub(crate) const fn kind(kind: ApplicationKind, language: Language) -> &'static str {
    match kind {
        ApplicationKind::First => either(language, "首次申请", "first certificate"),
        ApplicationKind::Renewal => either(language, "更新（沿用密钥）", "renewal, same key"),
        ApplicationKind::Rekey => either(language, "更新（新密钥）", "renewal, new key"),
    }
}

/// The state of a certificate by word, shape and colour.
pub(crate) fn certificate_state(state: CertificateState, language: Language) -> State {
    let (shape, zh, en) = match state {
        CertificateState::Valid => (Shape::Good, "有效", "valid"),
        CertificateState::Suspended => (Shape::Wait, "挂起", "suspended"),
        CertificateState::Revoked => (Shape::Ended, "已撤销", "revoked"),
        CertificateState::Expired => (Shape::Ended, "已到期", "expired"),
    };
    State::new(shape, either(language, zh, en))
}

/// One of two texts.
pub(crate) const fn either(language: Language, zh: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Chinese => zh,
        Language::English => en,
    }
}
