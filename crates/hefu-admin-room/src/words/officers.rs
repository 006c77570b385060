//! Words of the pages about people: the register, changes, sessions.

use hefu_officers::{Branch, Change, Duty};
use hefu_rulebook::Language;

use super::bilingual;
use crate::component::{Shape, State};

bilingual! {
    /// Words of the register and of sessions.
    pub(crate) OfficerWords {
        officers_lede: "业务与审计两个系列互不兼任。任命、调岗、停岗、解任和登录证书的绑定，都由一人提出、另一人决定。", "Nobody is in both branches. Appointments, posts, suspensions, dismissals and log-in certificates are proposed by one officer and decided by another.";
        officer: "人员", "Officer";
        post: "岗位", "Post";
        branch: "系列", "Branch";
        duty: "在岗状态", "Duty";
        training: "岗位培训", "Training";
        login: "登录方式", "Logs in with";
        token: "访问令牌", "access token";
        key: "签名密钥", "signing key";
        certificate: "客户端证书", "client certificate";
        certificate_sm3: "登录证书的 SM3", "SM3 of the log-in certificate";
        enrolled_at: "登记时间", "Enrolled at";
        body: "受托机构", "Delegated body";
        appoint: "提出任命", "Propose an appointment";
        bodies: "受托机构", "Delegated bodies";
        nobody: "没有人员", "No officers";
        nobody_hint: "换一个条件再看。", "Choose another filter.";
        register: "人员名册", "Register";
        current: "在册（在岗和停岗）", "on the register";
        acts: "可以提出的变动", "What can be proposed";
        acts_none: "您的岗位不能就该人员提出变动。", "Your post can propose nothing about this officer.";
        courses: "培训记录", "Training";
        course: "课程", "Course";
        passed_on: "通过日期", "Passed on";
        recorded_by: "登记人", "Recorded by";
        no_courses: "没有培训记录", "No training recorded";
        no_courses_hint: "该人员尚无登记的培训。", "No course of this officer is recorded.";
        record_training: "登记培训", "Record training";
        training_lede: "登记该人员已经通过的岗位培训。登记写入记录，不需要第二人决定；本人不得登记自己的培训。", "Record a course that the officer passed. It goes into the records and needs no second officer; nobody records their own.";
        training_future: "通过日期须是今天或者以前的日期。", "The day is today or before.";
        not_asked: "不要求", "not asked for";
        training_missing: "没有有效的培训，不能登录", "none that is good: may not log in";
        good_until: "有效至 ", "good until ";
        passed_long_ago: "已过期，不能登录", "has run out: may not log in";
        history: "关于该人员的提议", "Proposals about this officer";
        sessions: "打开的会话", "Open sessions";
        sessions_lede: "您可以看到的打开的会话。结束会话后，该会话不能再办理任何事项，须重新登录。", "The open sessions that you may see. A session that was ended does nothing any more; its officer logs in again.";
        session: "会话", "Session";
        opened_at: "登录时间", "Logged in at";
        seen_at: "最近使用", "Last used";
        no_sessions: "没有打开的会话", "No open sessions";
        no_sessions_hint: "现在没有您可以看到的会话。", "There is none now that you may see.";
        this_one: "当前会话", "this one";
        act: "办理", "Act";
        end_session: "结束会话", "End the session";
        session_ends: "该会话立即结束，正在填写的内容不会保存。", "The session ends at once; what was being typed in it is lost.";
        session_again: "该人员可以用自己的凭据重新登录。要长期阻止登录，请提出停岗。", "The officer can log in again with their own credentials. To keep them out, propose a suspension.";
        session_recorded: "结束会话写入记录，并写明由谁结束。", "It is recorded, with who ended it.";
        appointment_lede: "被任命的人员得到一个岗位，以及一个登录密钥或者访问令牌。提议须由另一名人员批准；访问令牌只在批准时显示一次。", "A person gets a post, and a key to log in with or an access token. Another officer decides; the token is shown once, to whoever approves.";
        name: "姓名", "Name";
        name_help: "与身份证件一致；任何人只登记一次。", "As on their identity document; nobody is enrolled twice.";
        new_post: "新岗位", "New post";
        body_help: "只有受托机构操作员属于受托机构，且委托只限一层。", "Only delegated operators belong to a delegated body; delegation ends after one level.";
        no_body: "不属于受托机构", "none";
        login_key: "SM2 登录公钥", "SM2 public key to log in with";
        login_key_help: "SPKI 的十六进制。留空则在批准时产生一个访问令牌。", "SPKI, hexadecimal. Left empty, an access token is made on approval.";
        passkey: "通行密钥的 SM3 摘要", "SM3 of the passkey";
        passkey_help: "通行密钥公钥（SPKI）的 SM3，64 位十六进制，显示在本人的“通行密钥”页上；请当面核对。解除绑定时留空，即解除全部。", "SM3 of its public key (SPKI), 64 hexadecimal digits, as the officer's own page of passkeys shows it; compare it in person. Left empty when unbinding, it means all of them.";
        fingerprint: "证书的 SM3 摘要", "SM3 of the certificate";
        fingerprint_help: "证书（DER）的 SM3，64 位十六进制。请与本人当面核对；登录页会显示所出示证书的 SM3。", "SM3 of the certificate (DER), 64 hexadecimal digits. Compare it with the officer in person; the log-in page shows that of the certificate at hand.";
        choose_post: "请选择岗位。", "Choose a post.";
        no_post: "您的岗位不能任命他人。", "Your post appoints nobody.";
        proposal: "提议", "Proposal";
        change: "变动", "Change";
        propose: "提出", "Propose: ";
        proposals_lede: "人员变动由一人提出、另一人决定；任何人不得提出或者决定关于本人的变动。", "Changes of officers are proposed by one and decided by another; nobody proposes or decides about themselves.";
        new_token: "新的访问令牌，只显示这一次", "The new access token, shown this once";
        token_hand_over: "请当面或者以安全方式交给本人，然后关闭本页。系统只保存它的摘要，无法再次显示。", "Hand it to the officer in person or by a safe way, then close this page. Only its digest is kept; it cannot be shown again.";
        new_officer: "人员编号", "Officer's number";
        bodies_lede: "以本机构名义办理注册的受托机构。委托须备案，且只限一层。", "Bodies that register in our name. Each is filed, and delegates no further.";
        body_name: "受托机构名称", "Name of the body";
        filing: "备案编号", "Reference of the filing";
        filed_on: "备案日期", "Filed on";
        no_bodies: "没有受托机构", "No delegated bodies";
        no_bodies_hint: "登记受托机构后，才能任命其操作员。", "Operators of a body can be appointed once it is filed.";
        file_body: "登记受托机构", "Record a delegated body";
        body_lede: "登记已向主管部门备案的受托机构。登记写入记录，不需要第二人决定；任命其操作员仍由两人办理。", "Record a body whose delegation was filed with the department. It goes into the records and needs no second officer; its operators are appointed by two.";
        day_wrong: "请填写日期。", "Give the day.";
    }
}

bilingual! {
    /// What each change is called, and what it will do.
    pub(crate) ActWords {
        appoint: "任命", "Appoint";
        appoint_does: "该人员被登记，得到岗位和登录凭据，可以立即登录（岗位要求培训的，须先登记培训）。", "The person is enrolled with the post and what they log in with, and can log in at once (where the post needs training, once that is recorded).";
        change_role: "调岗", "Change the post";
        change_role_does: "该人员改任新岗位，原岗位的权限立即终止，打开的会话全部结束。", "The officer holds the new post; what the old one allowed ends at once, and every open session with it.";
        suspend: "停岗", "Suspend";
        suspend_does: "该人员不能再登录或者办理事项，打开的会话立即结束；凭据保留，复岗后可以继续使用。", "The officer may not log in or act; open sessions end at once. Credentials stay and work again after reinstatement.";
        reinstate: "复岗", "Reinstate";
        reinstate_does: "该人员可以重新登录和办理事项。", "The officer may log in and act again.";
        dismiss: "解任", "Dismiss";
        dismiss_does: "该人员永远不能再登录或者办理事项；令牌、密钥和绑定的证书全部作废。编号和姓名保留在名册上，不再使用。此变动不能撤销。", "The officer never acts again; token, key and bound certificate end. Number and name stay on the register and are never used again. This cannot be undone.";
        renew: "更换登录凭据", "New credentials";
        renew_does: "原来的令牌、密钥和绑定的证书立即作废，打开的会话全部结束；产生新的访问令牌，或者登记新的密钥。", "The old token, key and bound certificate end at once, and every open session; a new access token is made, or the new key is taken.";
        bind: "绑定登录证书", "Bind a log-in certificate";
        bind_does: "该人员从此可以用这张客户端证书登录，原来绑定的证书不再有效，打开的会话全部结束。", "The officer logs in with this client certificate and no other from then on; open sessions end.";
        unbind: "解除登录证书", "Unbind the log-in certificate";
        unbind_does: "绑定的客户端证书不再能够登录，打开的会话全部结束。", "The bound client certificate opens nothing any more; open sessions end.";
        bind_passkey: "绑定通行密钥", "Bind a passkey";
        bind_passkey_does: "该人员从此也可以用这个通行密钥登录。", "The officer can log in with this passkey as well.";
        unbind_passkey: "解除通行密钥", "Unbind a passkey";
        unbind_passkey_does: "该通行密钥（未指明的，全部通行密钥）不再能够登录并被删除，打开的会话全部结束。", "The passkey, or every one where none is named, opens nothing any more and is forgotten; open sessions end.";
        decided_by_other: "须由另一名人员批准后才办理，在此之前什么也不改变。", "Nothing changes until another officer has approved it.";
        recorded: "提议和决定都写入记录。", "The proposal and its decision are recorded.";
        business: "业务系列", "business branch";
        audit: "审计系列", "audit branch";
        on: "在岗", "on duty";
        suspended: "停岗", "suspended";
        dismissed: "已解任", "dismissed";
    }
}

impl ActWords {
    /// What a change is called, and what it does.
    pub(crate) const fn change(&self, change: &Change) -> (&'static str, &'static str) {
        match change {
            Change::Appoint { .. } => (self.appoint, self.appoint_does),
            Change::ChangeRole { .. } => (self.change_role, self.change_role_does),
            Change::Suspend { .. } => (self.suspend, self.suspend_does),
            Change::Reinstate { .. } => (self.reinstate, self.reinstate_does),
            Change::Dismiss { .. } => (self.dismiss, self.dismiss_does),
            Change::RenewCredential { .. } => (self.renew, self.renew_does),
            Change::BindCertificate { .. } => (self.bind, self.bind_does),
            Change::UnbindCertificate { .. } => (self.unbind, self.unbind_does),
            Change::BindPasskey { .. } => (self.bind_passkey, self.bind_passkey_does),
            Change::UnbindPasskey { .. } => (self.unbind_passkey, self.unbind_passkey_does),
        }
    }

    pub(crate) const fn branch(&self, branch: Branch) -> &'static str {
        match branch {
            Branch::Business => self.business,
            Branch::Audit => self.audit,
        }
    }
}

/// A duty as a state.
pub(crate) fn duty(duty: Duty, language: Language) -> State {
    let words = ActWords::of(language);
    match duty {
        Duty::On => State::new(Shape::Good, words.on),
        Duty::Suspended => State::new(Shape::Wait, words.suspended),
        Duty::Dismissed => State::new(Shape::Ended, words.dismissed),
    }
}
