//! Words of the profiles.

use hefu_certificate::{BeyondIssuer, LawScope, ProfileKind, Severity, Usage};

use super::bilingual;

bilingual! {
    /// Words of profiles and lints.
    pub(crate) ProfileWords {
        profiles: "证书模板", "Profiles";
        lede: "系统现在运行所用的证书模板：每一种证书是什么样子。模板随程序发布，不能在运行中更改。", "The profiles that the service runs with: what each kind of certificate looks like. They come with the program and cannot be changed while it runs.";
        profile: "模板", "Profile";
        scope: "法律上的性质", "In law";
        scope_signature: "电子签名认证证书", "for electronic signatures";
        scope_government: "电子政务电子认证证书", "for government affairs";
        scope_outside: "不属于电子签名认证证书", "not for electronic signatures";
        holder: "持有者", "Holder";
        subscriber: "订户", "subscriber";
        root: "根认证机构", "root authority";
        issuing: "签发认证机构", "issuing authority";
        ocsp_signer: "OCSP 签名者", "OCSP signer";
        timestamp_signer: "时间戳签名者", "time-stamp signer";
        keys: "密钥算法", "Keys";
        validity: "有效期", "Validity";
        validity_default: "默认 ", "by default ";
        validity_max: "，最长 ", ", at most ";
        days: " 天", " days";
        beyond: "超出签发者有效期时", "Beyond the issuer's validity";
        beyond_refuse: "拒绝签发", "refused";
        beyond_clip: "截至签发者的有效期止", "ends with the issuer's";
        extensions: "身份扩展", "Identity extensions";
        policies: "证书策略", "Policies";
        policies_below: "运营者标识符之下", "below the operator's arc";
        any_policy: "任意策略", "any policy";
        publishes: "携带的地址", "Addresses carried";
        path_length: "下级认证机构层数", "Authorities below";
        prescribed: "主管部门规定的扩展", "Extensions prescribed by the department";
        certificates: "产生的证书", "Certificates it makes";
        usage: "用途", "Use";
        single: "单证书", "single";
        sign: "签名证书", "signing";
        encrypt: "加密证书", "encryption";
        key_usage: "密钥用法（关键扩展）", "Key usage (critical)";
        purposes: "扩展密钥用法", "Extended key usage";
        critical: "关键", "critical";
        fields: "主体信息", "Subject";
        field: "项目", "Field";
        target: "写入位置", "Goes to";
        rule: "要求", "Asked for";
        required: "必填", "required";
        optional: "选填", "optional";
        fixed: "固定为 ", "always ";
        default_value: "默认 ", "by default ";
        at_most: "最多 ", "at most ";
        characters: " 字符", " characters";
        checked: "校验：", "check: ";
        toml: "模板全文（TOML）", "The whole profile (TOML)";
        download: "下载 TOML", "Download as TOML";
        lints: "签发前检查", "Checks before signing";
        lints_lede: "每张证书签名之前都经过以下全部检查；各项检查自行判断是否涉及该证书。级别为“错误”的，发现即不签发。", "Every certificate passes all of these before it is signed; each decides by itself whether it concerns the certificate. What an error finds is not issued.";
        lints_way: "签发前的全部检查", "All checks before signing";
        lint: "检查", "Check";
        severity: "级别", "Severity";
        error: "错误", "error";
        warning: "警告", "warning";
        notice: "提示", "notice";
        source: "依据", "Rule";
    }
}

impl ProfileWords {
    pub(crate) const fn scope_of(&self, scope: LawScope) -> &'static str {
        match scope {
            LawScope::Signature => self.scope_signature,
            LawScope::Government => self.scope_government,
            LawScope::Outside => self.scope_outside,
        }
    }

    pub(crate) const fn kind(&self, kind: ProfileKind) -> &'static str {
        match kind {
            ProfileKind::Subscriber => self.subscriber,
            ProfileKind::Root => self.root,
            ProfileKind::Issuing => self.issuing,
            ProfileKind::OcspSigner => self.ocsp_signer,
            ProfileKind::TimestampSigner => self.timestamp_signer,
        }
    }

    pub(crate) const fn usage_of(&self, usage: Usage) -> &'static str {
        match usage {
            Usage::Single => self.single,
            Usage::Sign => self.sign,
            Usage::Encrypt => self.encrypt,
        }
    }

    pub(crate) const fn beyond_issuer(&self, beyond: BeyondIssuer) -> &'static str {
        match beyond {
            BeyondIssuer::Refuse => self.beyond_refuse,
            BeyondIssuer::Clip => self.beyond_clip,
        }
    }

    pub(crate) const fn severity_of(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Notice => self.notice,
        }
    }
}
