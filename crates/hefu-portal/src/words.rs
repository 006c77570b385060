//! Words of the portal, for people who do not do this every day; and of the officers' side of it.

use hefu_certificate::Usage;
use hefu_page::bilingual;
use hefu_ra::StepName;
use hefu_subscribers::{Answer, MatterKind, Purpose};

bilingual! {
    /// Words of the portal.
    pub(crate) PortalWords {
        application: "申请", "Application";
        mine: "我的事项", "My matters";
        enter: "凭办理码进入", "Come in with your code";
        enter_lede: "申请证书时，柜台会给您一张办理码。用它可以查看进度、阅读并签署文件、补正材料、领取证书。", "When you apply for a certificate, the counter gives you a code. With it you can follow your application, read and sign the texts, add what is missing, and fetch your certificate.";
        enter_lost: "办理码丢失或被锁定时，请到柜台重新领取。", "If your code is lost or locked, the counter gives you another.";
        door_closed: "此处没有加密连接，不能进入。请使用机构公布的 https 地址。", "This connection is not encrypted. Please use the https address that the provider has published.";
        public_look_up: "不需要办理码：查询任何证书", "No code needed: look up any certificate";
        code: "办理码", "Your code";
        code_help: "二十个字母和数字，不分大小写，空格和连字符可以省略。", "Twenty letters and digits. Capitals, spaces and hyphens do not matter.";
        go_on: "继续", "Continue";
        for_portal: "网上办理", "the portal";
        for_delivery: "领取证书", "one delivery";
        for_loss: "报失密钥", "reporting a lost key";
        until: "截止", "Until";
        road: "申请的进度", "How far the application is";
        entered: "已受理", "Received";
        step_notice: "告知", "Notice";
        step_contract: "合同", "Contract";
        step_identity: "查验身份", "Identity";
        step_approval: "审批", "Approval";
        step_issuance: "签发", "Issued";
        is_rejected: "申请未获批准", "Your application was rejected";
        is_valid: "您的证书有效", "Your certificate is valid";
        is_suspended: "您的证书已暂停使用", "Your certificate is suspended";
        is_revoked: "您的证书已撤销", "Your certificate is revoked";
        is_expired: "您的证书已过有效期", "Your certificate has expired";
        is_yours: "申请等您办理下一步", "Your application waits for you";
        is_ours: "我们正在办理您的申请", "We are working on your application";
        asked: "请您办理", "What is asked of you";
        nothing_asked: "目前没有需要您办理的事。有新的进度时，再来这里看。", "Nothing is asked of you now. Come back here to see how it goes on.";
        services: "您还可以", "What else you can do";
        known: "申请与证书", "Application and certificate";
        number: "申请编号", "Number of the application";
        profile: "证书种类", "Kind of certificate";
        replaces: "替换的证书", "In place of";
        rejection: "未获批准的理由", "Why it was rejected";
        state: "状态", "State";
        serial: "序列号", "Serial number";
        subject: "持有人（证书所载）", "Holder, as the certificate says";
        begins: "有效期自", "Valid from";
        expires: "有效期至", "Valid until";
        delivered: "领取时间", "Fetched";
        valid: "有效", "valid";
        suspended: "已暂停", "suspended";
        revoked: "已撤销", "revoked";
        expired: "已过期", "expired";
        ask_notice: "阅读告知书并确认", "Read the notice and confirm";
        ask_notice_hint: "告知证书的使用条件、收费、责任和个人信息的处理。", "What the certificate is for, what it costs, who answers for what, and how your information is handled.";
        ask_contract: "阅读合同并签署", "Read the contract and sign";
        ask_contract_hint: "您与机构之间的服务合同。", "The agreement between you and the provider.";
        ask_supplement: "补正材料", "Add what is missing";
        ask_supplement_hint: "经办人员需要您补充说明或材料，补正之前申请暂停审批。", "An officer needs something more. Until you answer, your application is not approved.";
        ask_delivery: "领取证书", "Fetch the certificate";
        ask_delivery_hint: "证书已签发。请在保存密钥的设备上领取。", "It is issued. Fetch it on the device where your key is.";
        ask_acceptance: "核对并接受证书", "Check and accept the certificate";
        ask_acceptance_hint: "请核对证书内容，接受，或者说明理由后拒绝。", "See whether what it says is right; then accept it, or refuse it and say why.";
        notice_lede: "请完整阅读。确认之后申请才能继续办理。", "Please read all of it. The application goes on after you confirm.";
        contract_lede: "请完整阅读。签署之后合同成立，双方各存一份。", "Please read all of it. When you sign, it binds both sides, and each keeps a copy.";
        version: "版本", "Version";
        text_sm3: "本文的 SM3", "SM3 of this text";
        notice_tick: "我已阅读并知悉以上全部内容", "I have read and understood all of this";
        contract_tick: "我已阅读并同意以上全部内容", "I have read and agree to all of this";
        tick_first: "请先阅读，并在方框内打勾", "Please read the text and tick the box first";
        acknowledge: "确认已知悉", "Confirm";
        sign: "签署合同", "Sign the contract";
        signed_by: "签署人姓名", "Name of who signs";
        signed_by_help: "本人，或者有权代表单位签署的人。", "Yourself, or whoever may sign for the organisation.";
        nothing_to_sign: "这份文件现在不需要您办理。", "Nothing needs to be done with this text now.";
        supplement_lede: "经办人员这样写道：", "The officer wrote:";
        supplement_none: "目前没有要求补正。", "Nothing is asked for at the moment.";
        supplement_asked: "提出时间", "Asked";
        supplement_words: "您的答复", "Your answer";
        supplement_send: "提交答复", "Send the answer";
        papers: "附件", "Paper";
        papers_help: "照片（PNG、JPEG）或 PDF，加密存入您的申请人档案。合计不超过", "A photograph (PNG, JPEG) or a PDF; kept encrypted in your file. All together at most";
        delivery_lede: "领取须用一次性的领取码：在保存密钥的设备上打开，只能用一次。", "Certificates are fetched with a one-time code, on the device where your key is. It works once.";
        delivery_note: "证书是公开的；加密密钥只有用您自己的签名密钥才能打开。", "Certificates are public. The encryption key can be opened only with your own signing key.";
        make_delivery_code: "取得一次性领取码", "Get a one-time code";
        delivery_code: "一次性领取码", "One-time code";
        use_here: "就在这台设备上领取", "Fetch on this device";
        fetch_lede: "点按领取后即记录为已领取，并开始计算核对证书的期限。", "When you press the button, the delivery is recorded, and the time to check the certificate begins.";
        fetch: "领取", "Fetch";
        not_issued: "证书尚未签发", "The certificate is not issued yet";
        not_delivered: "请先领取证书，再核对", "Please fetch the certificate first";
        files: "您的证书", "Your certificates";
        files_lede: "请现在保存；离开后须另取领取码。", "Save them now; after you leave, another code is needed.";
        files_list: "选择文件", "Choose your files";
        answer_until: "请在此之前核对并答复", "Please check and answer by";
        file_chain: "全部证书和签发机构证书（PEM）", "All certificates and the issuer's (PEM)";
        file_chain_hint: "多数软件使用这一份。", "What most programs take.";
        file_response: "签发应答（GM/T 0092）", "Response (GM/T 0092)";
        file_response_hint: "供国密密码设备导入，含加密密钥的数字信封。", "For SM2 devices, with the envelope of the encryption key.";
        file_envelope: "加密密钥的数字信封", "Enveloped encryption key";
        file_envelope_hint: "SM2EnvelopedKey（GB/T 35276），用签名密钥打开。", "SM2EnvelopedKey (GB/T 35276); your signing key opens it.";
        file_issuer: "签发机构证书（PEM）", "The issuer's certificate (PEM)";
        file_issuer_hint: "验证链所需。", "Needed to verify the chain.";
        usage_single: "证书", "Certificate";
        usage_sign: "签名证书", "Signing certificate";
        usage_encrypt: "加密证书", "Encryption certificate";
        go_check: "核对并答复", "Check and answer";
        acceptance_lede: "请逐项核对。内容有误时请拒绝，机构将与您联系。", "Please compare each line. If something is wrong, refuse it; the provider will get in touch.";
        accept: "内容无误，接受证书", "All is right: accept";
        accept_then: "接受以后证书照常使用。", "After that the certificate is yours to use.";
        refuse: "拒绝证书", "Refuse the certificate";
        refuse_reason: "哪里不对", "What is wrong";
        refuse_then: "拒绝的理由会转给经办人员，由其撤销证书并与您联系。", "Your reason goes to an officer, who revokes the certificate and gets in touch.";
        accepted: "您已接受证书", "You accepted the certificate";
        refused: "您已拒绝证书", "You refused the certificate";
        wishes: "更新、换钥或变更", "Renew, new key, new facts";
        wishes_hint: "有效期将满、更换密钥，或证书所载信息有变化。", "When it ends soon, when you change the key, or when what it says has changed.";
        wishes_lede: "提出以后由经办人员重新查验身份，再录入新的申请。", "An officer checks your identity again and enters a new application.";
        wishes_not_now: "只有有效的证书可以更新、换钥或变更。", "Only a valid certificate can be renewed or changed.";
        wish_kind: "您需要", "What you need";
        renewal_note: "密钥不变，内容不变，新的有效期。", "The same key, the same facts, a new validity.";
        rekey_note: "内容不变，换用新的密钥。请附证书请求。", "The same facts, a new key. Add a certification request.";
        change_note: "内容有变化。请附新密钥的证书请求，并写明变化。", "Something it says has changed. Add a request for a new key and say what changed.";
        choose_kind: "请选择您需要的一项", "Please choose one";
        csr: "证书请求（PEM）", "Certification request (PEM)";
        csr_help: "由新密钥生成的 PKCS#10 请求，以 -----BEGIN CERTIFICATE REQUEST----- 开头。更新时不填。", "The PKCS#10 request of the new key, beginning with -----BEGIN CERTIFICATE REQUEST-----. Leave it empty for a renewal.";
        wish_words: "说明", "What we should know";
        wish_words_help: "变更时请写明变化的内容。", "For a change, say what has changed.";
        wish_send: "提出申请", "Send";
        fetch_again: "再次领取证书", "Fetch the certificates again";
        fetch_again_hint: "每次领取都要新的一次性领取码，并记录在案。", "Each time with a new one-time code, and recorded.";
        lost: "报失密钥", "Report a lost key";
        lost_hint: "密钥丢失、被盗或可能泄露时，任何时候都可以立即停用证书。", "If the key is lost, stolen or may be known to others: stop the certificate at once, at any hour.";
        lost_lede: "知道密钥丢失或可能泄露时，应当立即告知并停止使用。凭办理码可以马上暂停证书，不论几点。", "Whoever knows that a key is lost or may be known to others must say so at once and stop using it. With your code the certificate is suspended immediately, at any hour.";
        lost_now: "证书立即暂停；同一对的签名证书和加密证书一起暂停。", "The certificate is suspended at once; of a pair, both.";
        lost_seen: "依赖方查询状态时，会看到证书不可信任。", "Whoever asks for its status sees that it cannot be relied on.";
        lost_later: "经办人员会查验您的身份，然后正式撤销证书。", "An officer checks your identity, and then revokes it for good.";
        lost_back: "如果密钥找回，须到柜台查验身份后才能恢复。", "If the key turns up again, only the counter can lift the suspension, after a check of identity.";
        lost_words: "发生了什么", "What happened";
        lost_act: "立即暂停证书", "Suspend the certificate now";
        lost_suspended: "证书已暂停使用，经办人员已收到通知", "The certificate is suspended, and the officers are told";
        lost_revoked: "证书已撤销", "The certificate is revoked";
        lost_expired: "证书已过有效期，不能再用", "The certificate has expired and cannot be used any more";
        by_key: "没有办理码，但还有密钥", "No code, but the key is still there";
        by_key_lede: "用证书的密钥对下面的文字签名，可以立即撤销证书。也可以现在签好收存，以备密钥丢失之日。序列号用小写，不加空格。", "A signature by the certificate's key over these words revokes it at once. You may also sign them now and lay the signature aside for the day when the key is gone. The serial number stands in small letters, without spaces.";
        by_key_how: "提交方式：POST /api/v1/losses，或命令 hefu subscriber report-lost --signature。", "Send it to POST /api/v1/losses, or with the command hefu subscriber report-lost --signature.";
        matters: "您提出的事项", "What you asked for";
        matter: "事项", "Matter";
        asked_at: "提出时间", "Asked";
        standing: "办理情况", "Standing";
        said: "办理人员的答复", "What the officer said";
        waits: "待办理", "waiting";
        done_word: "已办理", "done";
        declined: "未办理", "declined";
        kind_loss: "报失密钥", "Lost key";
        kind_supplement: "补正答复", "Supplement";
        kind_refusal: "拒绝证书", "Refused certificate";
        kind_renewal: "更新", "Renewal";
        kind_rekey: "换钥", "New key";
        kind_change: "信息变更", "Change of facts";
        kind_predecessor: "撤销变更前的证书", "Revoke the certificate with the old facts";
        stopped_suspended: "已立即暂停", "suspended at once";
        stopped_revoked: "已立即撤销", "revoked at once";
        code_for: "用途", "For";
        code_uses: "使用次数", "Uses";
        code_until: "有效至", "Good until";
        once: "一次", "once";
        again_and_again: "有效期内多次", "as often as needed";
        code_picture: "扫描后进入办理页面的二维码", "QR code of the page where the code is entered";
        code_note_portal: "用于查看进度、签署文件、补正、领取和报失。", "To follow the application, sign the texts, add what is missing, fetch, and report a loss.";
        code_note_delivery: "用于领取证书一次，请在保存密钥的设备上使用。", "For one delivery, on the device where the key is.";
        code_note_loss: "请与密钥分开存放。密钥丢失时，凭它可以立即停用证书。", "Keep it apart from the key. If the key is lost, it stops the certificate at once.";
        code_note_secret: "只显示这一次。请勿让他人看到；输错五次即作废。", "Shown this once only. Let nobody see it. After five wrong tries it is void.";
        told_notice: "已确认告知书", "The notice is acknowledged";
        told_contract: "合同已签署", "The contract is signed";
        told_supplemented: "答复已提交，申请继续办理", "Your answer is sent, and the application goes on";
        told_delivered: "已记录领取，请保存文件", "The delivery is recorded; save the files";
        told_wished: "申请已提出，等待办理", "Sent; an officer will see to it";
    }
}

bilingual! {
    /// Words of the officers' side.
    pub(crate) OfficerWords {
        subscriber: "订户办理", "The subscriber's side";
        application: "申请", "Application";
        codes: "办理码", "Access codes";
        code_state: "状态", "State";
        code_open: "可用", "open";
        code_expired: "已过期", "expired";
        code_spent: "已用完", "used up";
        code_locked: "输错锁定", "locked";
        code_withdrawn: "已收回", "taken back";
        made_by: "发给", "Made by";
        no_codes: "还没有办理码", "No codes yet";
        no_codes_hint: "在柜台查验来人身份后，可以发给办理码。", "After seeing who stands at the counter, give them one.";
        new_code: "发给办理码", "Give a code";
        make_code: "生成并显示一次", "Make it and show it once";
        code_sheet: "办理码", "Access code";
        end_code: "收回", "Take back";
        supplements: "补正", "Supplements";
        supplement_asked: "要求补正", "Asked for";
        supplement_answered: "申请人答复", "Answered";
        supplement_dropped: "收回补正要求", "Taken back";
        papers: "证据编号", "Evidence";
        supplement_reason: "缺少什么", "What is missing";
        supplement_reason_help: "申请人会读到这段话；答复之前，申请不能审批。", "The applicant reads this; until they answer, the application cannot be approved.";
        ask_supplement: "要求补正", "Ask for a supplement";
        drop_supplement: "收回补正要求", "Take the question back";
        overdue: "领取后未在期限内接受或拒绝，请联系持有人", "Not accepted or refused in time after delivery; ask the holder";
        matters: "订户事项", "What subscribers ask for";
        matters_lede: "报失已经立即停用证书；其余事项等您办理。", "Lost keys are already out of use; the rest waits for you.";
        no_matters: "没有待办事项", "Nothing waits";
        no_matters_hint: "订户报失、补正、拒绝证书或提出更新时，会列在这里。", "Lost keys, supplements, refused certificates and wishes are listed here.";
        unanswered: "未在期限内接受或拒绝的证书", "Certificates that were not answered in time";
        delivered_at: "领取时间", "Fetched";
        answer_until: "答复期限", "Answer by";
        opened_by: "提出人", "Brought by";
        their_words: "订户的话", "In their words";
        done_at_once: "已自动办理", "Done at once";
        request: "证书请求", "Certification request";
        became: "由此录入的申请", "Application that came of it";
        became_help: "已在受理台录入的，填写申请编号。", "If it was entered at the desk, its number.";
        check: "身份查验编号", "Number of the check of identity";
        check_help: "填写申请人档案中新的查验编号，将据以录入更新申请。", "With the number of a new check in the applicant's file, the renewal is entered from here.";
        settle_outcome: "办理结果", "Outcome";
        settle_done: "已办理", "Done";
        settle_declined: "不予办理", "Declined";
        settle_words: "给订户的答复", "What to tell the subscriber";
        settle_words_help: "订户会读到这段话。", "The subscriber reads this.";
        settle: "办结", "Settle";
        choose_outcome: "请选择办理结果", "Please choose the outcome";
        do_loss: "证书已停用。查验持有人身份后，到证书页面以“证书持有人申请撤销”为由撤销，再办结。", "The certificate is out of use. Check the holder's identity, revoke it on its page at the holder's request, then settle this.";
        do_supplement: "阅读补正内容，审查材料，继续办理申请。", "Read the answer, review the material, and go on with the application.";
        do_refusal: "核对内容。确有错误的，撤销证书并重新录入申请，再与持有人联系。", "Compare the facts. If they are wrong, revoke the certificate, enter a new application, and tell the holder.";
        do_renewal: "重新查验身份，在申请人档案中记下，然后凭查验编号录入。", "Check the identity again, note it in the applicant's file, and enter the renewal with the number of that check.";
        do_change: "更新申请人档案，重新查验身份，按新的信息录入申请，在此填写其编号。", "Bring the applicant's file up to date, check the identity again, enter an application with the new facts, and name it here.";
        do_predecessor: "新证书已被接受。请撤销所载信息已变化的旧证书。", "The new certificate was accepted. Revoke the one with the old facts.";
        told_code_ended: "办理码已收回", "The code is taken back";
        told_supplement_asked: "已要求补正", "The supplement is asked for";
        told_supplement_dropped: "已收回补正要求", "The question is taken back";
        told_settled: "事项已办结", "Settled";
    }
}

impl PortalWords {
    pub(crate) fn done(&self, word: &str) -> Option<&'static str> {
        Some(match word {
            "notice" => self.told_notice,
            "contract" => self.told_contract,
            "supplemented" => self.told_supplemented,
            "delivered" => self.told_delivered,
            "wished" => self.told_wished,
            _ => return None,
        })
    }

    pub(crate) const fn purpose(&self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Portal => self.for_portal,
            Purpose::Delivery => self.for_delivery,
            Purpose::Loss => self.for_loss,
        }
    }

    pub(crate) const fn step(&self, step: StepName) -> &'static str {
        match step {
            StepName::Notice => self.step_notice,
            StepName::Contract => self.step_contract,
            StepName::Identity => self.step_identity,
            StepName::Approval => self.step_approval,
            StepName::Issuance => self.step_issuance,
            StepName::Rejection => self.is_rejected,
        }
    }

    pub(crate) const fn kind(&self, kind: MatterKind) -> &'static str {
        match kind {
            MatterKind::Loss => self.kind_loss,
            MatterKind::Supplement => self.kind_supplement,
            MatterKind::Refusal => self.kind_refusal,
            MatterKind::Renewal => self.kind_renewal,
            MatterKind::Rekey => self.kind_rekey,
            MatterKind::Change => self.kind_change,
            MatterKind::Predecessor => self.kind_predecessor,
        }
    }

    pub(crate) const fn answer(&self, answer: Answer) -> &'static str {
        match answer {
            Answer::Accepted => self.accepted,
            Answer::Refused => self.refused,
        }
    }

    pub(crate) const fn usage(&self, usage: Usage) -> &'static str {
        match usage {
            Usage::Single => self.usage_single,
            Usage::Sign => self.usage_sign,
            Usage::Encrypt => self.usage_encrypt,
        }
    }

    /// What was done at once to a certificate whose key was lost.
    pub(crate) fn stopped(&self, done: &str) -> &'static str {
        if done == "revoked" {
            self.stopped_revoked
        } else {
            self.stopped_suspended
        }
    }
}

impl OfficerWords {
    pub(crate) fn done(&self, word: &str) -> Option<&'static str> {
        Some(match word {
            "code-ended" => self.told_code_ended,
            "supplement-asked" => self.told_supplement_asked,
            "supplement-dropped" => self.told_supplement_dropped,
            "settled" => self.told_settled,
            _ => return None,
        })
    }
}
