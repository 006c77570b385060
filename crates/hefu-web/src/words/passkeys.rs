//! Words of passkeys: one's own list, making one, withdrawing one, the log-in.

use crate::words::bilingual;

bilingual! {
    /// Words of the pages about passkeys.
    pub(crate) PasskeyWords {
        passkeys: "我的通行密钥", "My passkeys";
        lede: "通行密钥保存在您的电脑、手机或者安全密钥里，使用时须输入PIN或者用指纹、面部核实身份。私钥不离开验证器，本机构只保存公钥。", "A passkey lives in your computer, telephone or security key and is used with a PIN, a finger or your face. Its private key does not leave the authenticator; only the public key is kept here.";
        caption: "已登记的通行密钥", "Registered passkeys";
        fingerprint: "公钥的SM3指纹", "SM3 fingerprint of the public key";
        state: "状态", "State";
        waits: "等待绑定", "waits";
        bound: "已绑定", "bound";
        made_at: "登记时间", "Registered";
        used_at: "最近用于登录", "Last log-in";
        never: "从未", "never";
        act: "操作", "Act";
        none: "还没有通行密钥", "No passkeys yet";
        none_hint: "登记之后，须由另外两名人员绑定，才能用于登录。", "After you registered one, two other officers must bind it before it opens anything.";
        binding: "绑定", "Binding";
        binding_hint: "等待绑定的通行密钥不能登录。请把指纹当面或者通过可信渠道告知两名有权的管理人员，由一人提出、另一人决定，两人都应与您核对指纹：", "A passkey that waits opens nothing. Tell its fingerprint, face to face or by a channel you trust, to two administrators: one proposes, the other decides, and both compare it with you:";
        register: "登记通行密钥", "Register a passkey";
        register_lede: "按下按钮后，浏览器会请您选择验证器并核实身份。一分钟内有效。", "After you press the button, the browser asks you to choose an authenticator and to prove that it is you. You have one minute.";
        make: "生成通行密钥", "Make the passkey";
        registered: "通行密钥已登记，等待两名人员绑定。", "The passkey is registered and waits for two officers to bind it.";
        withdraw: "撤回", "Withdraw";
        withdraw_title: "撤回通行密钥", "Withdraw a passkey";
        withdraw_closes: "该通行密钥立即不能再登录；要重新使用，须再次登记并由两名人员绑定。", "The passkey opens nothing any more, at once; to use it again you register anew and two officers bind it.";
        withdraw_ends: "它已经绑定，因此您的全部会话也立即结束，包括本会话。", "It is bound, so all your sessions end at once, this one too.";
        withdrawn: "通行密钥已撤回。", "The passkey is withdrawn.";
        log_in: "用通行密钥登录", "With a passkey";
        log_in_hint: "使用您登记过、并且已由两名人员绑定的通行密钥，不需要输入姓名或者编号。", "With a passkey that you registered and two officers bound. No name or number is asked for.";
        log_in_lede: "按下按钮后，浏览器会请您选择通行密钥并核实身份。一分钟内有效。", "After you press the button, the browser asks you to choose a passkey and to prove that it is you. You have one minute.";
        use_it: "使用通行密钥", "Use the passkey";
        other_way: "用其他方式登录", "Log in another way";
        elsewhere: "通行密钥只在下列地址有效，请前往：", "Passkeys work at this address only; go to:";
        no_script: "通行密钥由浏览器的脚本接口提供，没有JavaScript就不能登记或者使用。请打开JavaScript，或者用客户端证书登录；本机构的其他页面都不需要脚本。", "Browsers offer passkeys to scripts only: without JavaScript none can be registered or used. Turn it on, or log in with a client certificate; no other page here needs scripts.";
        cannot: "这个浏览器不支持通行密钥。请更新浏览器，或者用客户端证书登录。", "This browser does not know passkeys. Update it, or log in with a client certificate.";
        stopped: "没有完成：已取消、超时，或者没有合适的通行密钥。可以再试一次。", "Not done: it was cancelled, took too long, or there is no passkey that fits. You can try again.";
        held: "这个验证器里已经有您的通行密钥。", "This authenticator holds a passkey of yours already.";
        wrong_place: "浏览器认为本地址不能使用通行密钥。请检查地址和证书，并告知管理员。", "The browser says that passkeys cannot be used at this address. Check the address and its certificate, and tell an administrator.";
        failed: "验证器没有给出可用的答复。可以再试一次，或者换一个验证器。", "The authenticator gave no answer that can be used. Try again, or use another one.";
        not_done: "未能办理", "Not done";
    }
}
