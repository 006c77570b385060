//! Words of the verification of a certificate.

use cert_path::Reason;
use hefu_rulebook::Language;

use crate::page::time::time;
use crate::words::bilingual;

bilingual! {
    /// Words of the verification.
    pub(crate) VerificationWords {
        title: "验证证书", "Verify a certificate";
        lede: "看一张证书在某一时刻是否有效：证书链是否通向本机构的根证书，本机构的记录怎样说，格式有无问题。所上传的内容只用于回答，不保存。", "Whether a certificate was valid at a time: does its chain lead to our roots, what do our records say, is its form in order. What you upload is used for the answer and is not kept.";
        file: "证书文件", "Certificate file";
        file_help: "PEM 或 DER，不超过 64 KB。可以连同中间证书；以第一张为准。", "PEM or DER, at most 64 KB. Intermediates may come along; the first certificate is the one asked about.";
        text: "或粘贴证书内容", "Or paste the certificate";
        text_help: "以 -----BEGIN CERTIFICATE----- 开头的文本，或 Base64。", "Text that begins with -----BEGIN CERTIFICATE-----, or Base64.";
        at: "哪一时刻（北京时间）", "At which time (Beijing, UTC+8)";
        at_help: "留空表示现在。", "Leave empty for now.";
        act: "验证", "Verify";
        again: "验证另一张证书", "Verify another certificate";
        missing: "请选择文件，或粘贴证书内容。", "Choose a file, or paste the certificate.";
        both: "文件和粘贴的内容只能给一样。", "Give a file or a text, not both.";
        too_large: "内容超过 64 KB。", "This is more than 64 KB.";
        unreadable_form: "表单没有传送完整，请再试一次。", "The form did not arrive whole; try again.";
        bad_time: "时间无法读取，例如 2026-11-22T09:30。", "This time cannot be read; write it like 2026-11-22T09:30.";
        future: "所选时刻还没有到。", "That time has not come yet.";
        not_base64: "不是 PEM，也不是 Base64。", "Neither PEM nor Base64.";
        no_certificate: "PEM 文本中没有证书。", "The PEM text has no certificate in it.";
        not_certificate: "不是证书：", "Not a certificate: ";
        at_octet: "出错位置：第 ", "at octet ";
        at_octet_after: " 字节。", ".";
        valid: "有效", "Valid";
        not_valid: "无效", "Not valid";
        cannot_tell: "无法判断", "Cannot tell";
        chain_valid: "证书链完整，通向本机构的根证书，各签名正确。", "The chain is whole and leads to one of our roots; every signature is right.";
        in_use: "按本机构的记录，该时刻证书在用。", "By our records it was in use at that time.";
        not_in_use: "按本机构的记录，该时刻证书已停止使用：", "By our records it was out of use at that time: ";
        changed_later: "证书状态后来有变化，变化之前的状态这里没有保存，不能断定。", "Its state changed later, and what it was before is not kept here.";
        doubted: "证书后来撤销，并被认为在该时刻已经不可信。", "It was revoked later, and is said to have been unsafe at that time already.";
        serial_of_another: "本机构用这个序列号签发过另一张证书，所给证书与之不同。", "We issued another certificate with this serial number; this one is different.";
        not_issued_here: "这张证书不是本机构签发的。请向签发它的机构查询状态。", "This certificate was not issued here. Ask its issuer for its state.";
        chain: "证书链", "The chain";
        role: "位置", "Place";
        role_target: "所验证的证书", "asked about";
        role_intermediate: "签发机构", "authority";
        role_anchor: "根证书（受信任）", "root, trusted";
        finding: "结论", "Finding";
        in_order: "没有问题", "in order";
        no_chain: "没有找到签发者，无法组成证书链。", "No issuer was found, so there is no chain.";
        remarks: "格式检查", "Form";
        no_remarks: "没有意见。", "No remarks.";
        remark: "意见", "Remark";
        severity: "程度", "Gravity";
        severity_error: "错误", "error";
        severity_warning: "警告", "warning";
        severity_notice: "提示", "notice";
        certificate: "所验证的证书", "The certificate";
        issuer: "签发者", "Issuer";
        no_cause: "未说明原因", "no reason given";
    }
}

/// A reason of path validation in words.
pub(crate) fn reason(reason: &Reason, language: Language) -> String {
    let (chinese, english) = match reason {
        Reason::NoIssuer => ("没有找到其签发机构的证书".to_owned(), reason.to_string()),
        Reason::UntrustedRoot => (
            "证书链的末端是一张不属于本机构的自签名证书".to_owned(),
            "the chain ends in a self-signed certificate that is none of our roots".to_owned(),
        ),
        Reason::SearchLimit => ("可能的证书链太多，无法逐一尝试".to_owned(), reason.to_string()),
        Reason::UnusableKey(why) => (format!("公钥不能使用：{why}"), reason.to_string()),
        Reason::UnsupportedSignature(oid) => (format!("不支持签名算法 {oid}"), reason.to_string()),
        Reason::BadSignature => ("签名与签发机构的公钥不符".to_owned(), reason.to_string()),
        Reason::NotYetValid { from } => (
            format!("{} 起才有效", time(*from)),
            format!("it is not valid before {}", time(*from)),
        ),
        Reason::Expired { until } => (
            format!("已于 {} 过期", time(*until)),
            format!("it expired at {}", time(*until)),
        ),
        Reason::NotAuthority => ("签发了证书，但不是认证机构".to_owned(), reason.to_string()),
        Reason::KeyMayNotCertify => ("签发了证书，但密钥用途不允许".to_owned(), reason.to_string()),
        Reason::PathTooLong => ("其下的认证机构层数超过路径长度限制".to_owned(), reason.to_string()),
        Reason::UnknownCritical(oid) => (format!("有不能识别的关键扩展 {oid}"), reason.to_string()),
        Reason::NameNotPermitted(name) => (format!("名称 {name} 超出上级认证机构可签发的范围"), reason.to_string()),
        Reason::NameFormUnsupported => ("上级的名称约束无法对其名称作出判断".to_owned(), reason.to_string()),
        Reason::TooMuchToCompare => ("名称或策略过多，无法逐一比较".to_owned(), reason.to_string()),
        Reason::PolicyMissing => ("没有一项可接受的证书策略贯穿整条链".to_owned(), reason.to_string()),
        Reason::PolicyMappingInvalid => ("策略映射涉及 anyPolicy".to_owned(), reason.to_string()),
        Reason::PurposeMissing(oid) => (format!("扩展密钥用途不允许 {oid}"), reason.to_string()),
        Reason::UsageMissing => ("密钥用途不允许所要求的用法".to_owned(), reason.to_string()),
        Reason::Revoked { since, .. } => (
            format!("已于 {} 撤销", time(*since)),
            format!("it was revoked at {}", time(*since)),
        ),
        Reason::Suspended { since } => (
            format!("自 {} 起暂停", time(*since)),
            format!("it is suspended since {}", time(*since)),
        ),
        // Status is our records' matter here, and later reasons of the library have English words only.
        _ => (reason.to_string(), reason.to_string()),
    };
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}
