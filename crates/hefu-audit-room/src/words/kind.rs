//! Names of kinds of records, of acts that were refused, and of words in bodies, as people read them.
//!
//! A kind that has no name here is shown by its own word: the records may hold kinds of later releases.

use hefu_rulebook::Language;

/// Kinds: Chinese, English.
const KINDS: [(&str, &str, &str); 90] = [
    ("access-code-ended/1", "收回办理码", "Access code taken back"),
    ("access-code-made/1", "发给办理码", "Access code made"),
    ("access-refused/1", "拒绝办理码", "Access code refused"),
    ("agreement-copied/1", "制作协议副本", "Copy of an agreement made"),
    ("announcement-published/1", "发布公告", "Announcement published"),
    ("applicant-act-refused/1", "拒绝对档案的办理", "Act on a file refused"),
    ("applicant-key-noted/1", "登记申请人公钥", "Applicant's key noted"),
    ("applicant-read/1", "调阅档案", "File read"),
    ("applicant-registered/1", "登记申请人", "Applicant registered"),
    ("applicant-restricted/1", "限制处理档案", "File restricted"),
    ("application-approved/1", "批准申请", "Application approved"),
    ("application-entered/1", "录入申请", "Application entered"),
    (
        "application-refused/1",
        "拒绝对申请的办理",
        "Act on an application refused",
    ),
    ("application-rejected/1", "驳回申请", "Application rejected"),
    ("authority-certified/1", "签发认证机构证书", "Authority certified"),
    ("batch-act-refused/1", "拒绝对批次的办理", "Act on a batch refused"),
    ("batch-checked/1", "试读批次", "Batch checked"),
    ("batch-discarded/1", "作废批次", "Batch discarded"),
    ("batch-finished/1", "批次办结", "Batch finished"),
    ("batch-started/1", "开始录入批次", "Batch started"),
    ("batch-uploaded/1", "上传批次", "Batch uploaded"),
    ("calendar-year-set/1", "设定年度日历", "Year of the calendar set"),
    ("certificate-accepted/1", "订户接受证书", "Certificate accepted"),
    ("certificate-delivered/1", "收到证书", "Certificate delivered"),
    ("certificate-handed-over/1", "交付证书", "Certificate handed over"),
    ("certificate-issued/1", "签发证书", "Certificate issued"),
    (
        "certificate-refused/1",
        "订户拒绝证书",
        "Certificate refused by its holder",
    ),
    ("certificate-requested/1", "请求签发", "Certificate requested"),
    ("consent-given/1", "同意", "Consent given"),
    ("consent-withdrawn/1", "撤回同意", "Consent withdrawn"),
    ("contract-signed/1", "签订合同", "Contract signed"),
    ("crl-issued/1", "签发吊销列表", "Revocation list issued"),
    ("delegated-body-filed/1", "受托机构备案", "Delegated body filed"),
    ("disclosure-published/1", "公布机构信息", "Disclosure published"),
    ("evidence-opened/1", "打开证据", "Evidence opened"),
    ("evidence-taken/1", "收取证据", "Evidence taken"),
    ("form-refused/1", "拒收表单", "Form refused"),
    ("identity-checked/1", "核对身份证据", "Identity checked"),
    ("identity-verified/1", "查验身份", "Identity verified"),
    ("issuance-refused/1", "拒绝签发", "Issuance refused"),
    ("key-applied/1", "分配密钥对", "Key pair assigned"),
    ("key-refused/1", "拒绝密钥请求", "Key request refused"),
    ("key-restored/1", "恢复密钥对", "Key pair restored"),
    ("key-retired/1", "密钥对转入历史库", "Key pair retired"),
    ("law-act-refused/1", "拒绝法规库办理", "Act on the law library refused"),
    ("law-text-loaded/1", "载入法规文本", "Text of a law loaded"),
    ("letter-failed/1", "信函发送失败", "Letter failed"),
    ("letter-retried/1", "重发信函", "Letter retried"),
    ("letter-sent/1", "发出信函", "Letter sent"),
    ("licence-recorded/1", "登记许可证", "Licence recorded"),
    ("list-exported/1", "导出名单", "List taken away"),
    ("login-refused/1", "陌生证书登录被拒绝", "Stranger's log-in refused"),
    ("loss-answered/1", "答复报失", "Report of a loss answered"),
    ("loss-reported/1", "报失密钥", "Loss reported"),
    ("matter-opened/1", "订户事项提出", "Subscriber's matter opened"),
    ("matter-settled/1", "订户事项办结", "Subscriber's matter settled"),
    ("notice-acknowledged/1", "确认告知", "Notice acknowledged"),
    ("officer-act-refused/1", "拒绝人员行为", "Officer's act refused"),
    (
        "officer-certificate-bound/1",
        "绑定登录证书",
        "Client certificate bound",
    ),
    ("officer-change-decided/1", "决定人员变更", "Officer change decided"),
    ("officer-change-proposed/1", "提出人员变更", "Officer change proposed"),
    ("officer-enrolled/1", "人员登记", "Officer enrolled"),
    ("officer-passkey-registered/1", "登记通行密钥", "Passkey registered"),
    ("officer-passkey-withdrawn/1", "撤回通行密钥", "Passkey withdrawn"),
    ("permission-refused/1", "岗位不许可", "Not permitted to the post"),
    ("policy-act-decided/1", "决定规则事项", "Policy act decided"),
    ("policy-act-proposed/1", "提出规则事项", "Policy act proposed"),
    ("policy-act-refused/1", "拒绝规则事项", "Policy act refused"),
    ("policy-filed/1", "业务规则备案", "Policy filed"),
    ("policy-published/1", "公布业务规则", "Policy published"),
    ("request-refused/1", "拒绝注册机构请求", "Registration request refused"),
    ("session-ended/1", "会话结束", "Session ended"),
    ("session-opened/1", "登录", "Log-in"),
    ("status-change-answered/1", "状态变更完成", "Status change answered"),
    ("status-change-refused/1", "拒绝状态变更", "Status change refused"),
    ("status-change-requested/1", "请求状态变更", "Status change requested"),
    ("status-changed/1", "变更证书状态", "Certificate status changed"),
    ("subscriber-act-refused/1", "拒绝订户办理", "Subscriber's act refused"),
    ("subscriber-entered/1", "订户进入", "Subscriber came in"),
    ("supplement-answered/1", "补正答复", "Supplement answered"),
    ("supplement-asked/1", "要求补正", "Supplement asked for"),
    ("supplement-dropped/1", "收回补正要求", "Supplement taken back"),
    ("text-acknowledged/1", "确认文本", "Text acknowledged"),
    ("text-agreed-online/1", "在线确认文本", "Text agreed online"),
    ("text-published/1", "公布文本", "Text published"),
    ("text-signed/1", "签署文本", "Text signed"),
    ("training-recorded/1", "登记培训", "Training recorded"),
    ("verification-asked/1", "请求外部核验", "Outside verification asked"),
    (
        "wording-confirmation-withdrawn/1",
        "撤回原文核对",
        "Confirmation of wording withdrawn",
    ),
    ("wording-confirmed/1", "核对原文", "Wording confirmed"),
];

/// Words in bodies: purposes, ways in.
const WORDS: [(&str, &str, &str); 8] = [
    ("authority", "依法要求", "an authority asks by law"),
    ("certificate", "以证书", "by certificate"),
    ("dispute", "投诉与争议", "a complaint or dispute"),
    ("identity-check", "核对身份", "to check identity"),
    ("protection", "保全", "protection"),
    ("signature", "以签名", "by signature"),
    ("token", "以访问令牌", "by access token"),
    ("not-bound", "证书未绑定", "certificate not bound"),
];

/// Acts as refusals and changes name them.
const ACTS: [(&str, &str, &str); 22] = [
    ("appoint", "任命", "appoint"),
    ("approval", "批准", "approve"),
    ("bind-certificate", "绑定登录证书", "bind a certificate"),
    ("bind-passkey", "绑定通行密钥", "bind a passkey"),
    ("change-role", "变更岗位", "change the post"),
    ("contract", "签订合同", "sign the contract"),
    ("decide", "作出决定", "decide"),
    ("dismiss", "离职", "dismiss"),
    ("entry", "录入", "enter"),
    ("export", "导出名单", "take a list away"),
    ("file-body", "受托机构备案", "file a body"),
    ("identity", "查验身份", "verify identity"),
    ("issuance", "请求签发", "ask for issuance"),
    ("log-in", "登录", "log in"),
    ("notice", "确认告知", "acknowledge the notice"),
    ("record-training", "登记培训", "record training"),
    ("reinstate", "复职", "reinstate"),
    ("rejection", "驳回", "reject"),
    ("renew-credential", "更换凭据", "renew credentials"),
    ("suspend", "停职", "suspend"),
    ("unbind-certificate", "解除登录证书", "unbind the certificate"),
    ("unbind-passkey", "解除通行密钥", "unbind a passkey"),
];

fn named(list: &[(&str, &'static str, &'static str)], word: &str, language: Language) -> Option<&'static str> {
    let found = list.iter().find(|(known, _, _)| *known == word);
    found.map(|(_, chinese, english)| match language {
        Language::Chinese => *chinese,
        Language::English => *english,
    })
}

/// What people call a kind of record.
pub(crate) fn kind_name(kind: &str, language: Language) -> &str {
    named(&KINDS, kind, language).unwrap_or(kind)
}

/// What people call a word of a body.
pub(crate) fn word_name(word: &str, language: Language) -> String {
    named(&WORDS, word, language).unwrap_or(word).to_owned()
}

/// What people call a change of an officer.
pub(crate) fn change_name(act: &str, language: Language) -> &str {
    named(&ACTS, act, language).unwrap_or(act)
}

/// What people call an act that was refused; a look at a page by its address.
pub(crate) fn act_name(act: &str, language: Language) -> String {
    let path = act.strip_prefix("look at ").or_else(|| act.strip_prefix("GET "));
    match (path, language) {
        (Some(path), Language::Chinese) => format!("查看 {path}"),
        (Some(path), Language::English) => format!("look at {path}"),
        (None, _) => change_name(act, language).to_owned(),
    }
}
