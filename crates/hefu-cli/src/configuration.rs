//! The configuration files that `hefu init` writes for the daemon: one for all roles in one process, and one for each
//! role in a process of its own. Paths are relative to the file.

use std::{fmt::Write, net::SocketAddr};

use crate::layout::Room;

/// The arc for certificate policies that a new installation starts with: RFC 5612's enterprise number for documentation.
/// An operator puts its own in its place before it issues anything real.
pub(crate) const DOCUMENTATION_ARC: &str = "1.3.6.1.4.1.32473.1";

/// The authority whose client certificates browsers can hold; they know no SM2.
const BROWSERS_AUTHORITY: &str = "p256";

/// What the files say.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Where the process, or the first of four, listens.
    pub(crate) listen: SocketAddr,
    /// Where the TLS door listens.
    pub(crate) tls_listen: SocketAddr,
    /// The address that certificates point to.
    pub(crate) public_url: String,
    /// The operator's name.
    pub(crate) name: String,
    /// Names of the authorities.
    pub(crate) authorities: Vec<String>,
}

/// Where the other zones are: in this process, or at addresses of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spread {
    Together,
    Apart,
}

impl Settings {
    /// `hefud.toml`: every role in one process.
    pub(crate) fn together(&self) -> String {
        let mut text = self.head(&Room::ZONES, self.listen);
        for room in Room::ZONES {
            text.push_str(&self.section(room, Spread::Together));
        }
        text + &self.tls()
    }

    /// `ra.toml` and so on: one role.
    pub(crate) fn apart(&self, room: Room) -> String {
        let text = self.head(&[room], self.address(room)) + &self.section(room, Spread::Apart);
        // Officers are the registration authority's.
        if room == Room::Ra { text + &self.tls() } else { text }
    }

    fn tls(&self) -> String {
        format!(
            "\n# 浏览器的加密入口，出示客户端证书 browsers come in here, with client certificates\n[tls]\nlisten = {}\n\
             certificate = \"door/server.crt\"\nkey_file = \"door/server.key\"\nclient_roots = [\"door/root.crt\", {}]\n\
             # 本机上也可不加密登录；正式运行时改为 false。 On loopback one may log in without TLS; say false in earnest.\n\
             plain_log_in = true\n",
            quoted(&self.tls_listen.to_string()),
            quoted(&format!("ca/ca-{BROWSERS_AUTHORITY}.crt")),
        )
    }

    /// Where a role listens when each has a process of its own: four ports in a row.
    pub(crate) fn address(&self, room: Room) -> SocketAddr {
        let step = Room::ZONES.iter().position(|zone| *zone == room).unwrap_or_default();
        let mut address = self.listen;
        address.set_port(
            self.listen
                .port()
                .saturating_add(u16::try_from(step).unwrap_or_default()),
        );
        address
    }

    fn url(&self, room: Room) -> String {
        format!("http://{}", self.address(room))
    }

    fn head(&self, rooms: &[Room], listen: SocketAddr) -> String {
        let roles: Vec<String> = rooms.iter().map(|room| quoted(room.name())).collect();
        format!(
            "# 合符 Hefu。路径均相对于本文件。 Paths are relative to this file.\n\
             roles = [{}]\n\
             listen = {}\n\
             # 写入证书的地址；更换后须重新签发。 Written into certificates.\n\
             public_url = {}\n\
             name = {}\n",
            roles.join(", "),
            quoted(&listen.to_string()),
            quoted(&self.public_url),
            quoted(&self.name),
        )
    }

    fn section(&self, room: Room, spread: Spread) -> String {
        match room {
            Room::Ra => self.ra(spread),
            Room::Ca => self.ca(spread),
            Room::Kmc => Self::kmc(),
            Room::Status => self.status(spread),
            Room::Root => String::new(),
        }
    }

    fn ra(&self, spread: Spread) -> String {
        let link = match spread {
            Spread::Together => String::new(),
            Spread::Apart => format!("authority_url = {}\n", quoted(&self.url(Room::Ca))),
        };
        format!(
            "\n# 注册机构 registration authority\n[ra]\nname = \"ra-1\"\nkey = \"ra\"\n{link}\
             authority_reply_key = \"ca/ca-reply.pub\"\n\
             # 身份核验结果的有效时间（小时） how long a verified identity may wait for approval\n\
             identity_good_for_hours = 24\n{}",
            zone("ra", Room::Ra)
        )
    }

    fn ca(&self, spread: Spread) -> String {
        let (link, token) = match spread {
            Spread::Together => (String::new(), ""),
            Spread::Apart => (
                format!("url = {}\n", quoted(&self.url(Room::Kmc))),
                "feed_token_file = \"ca/feed.token\"\n",
            ),
        };
        let mut text = format!(
            "\n# 认证机构 certification authority\n[ca]\nreply_key = \"ca-reply\"\n\
             crl_folder = \"ca/crl\"\ncrl_validity_hours = 24\ncrl_every_minutes = 60\nrequest_fresh_seconds = 300\n\
             # 文档用途的示例弧（RFC 5612），正式运行前须换成运营者自己的。 An arc for examples; put your own here.\n\
             policy_oid = {}\n{token}\
             \n# 先公布，后签发。open：已公布即可；licensed：还须已备案，并登记有效的许可证。\n\
             # What is issued under must be published; in mode \"licensed\" also filed, and covered by a licence.\n\
             [ca.policies]\nmode = \"open\"\n\
             # 首次启动时公布的第一个版本（样本）。The first version, published at the first start; a sample.\n\
             first_chinese = \"cps.zh.md\"\nfirst_english = \"cps.en.md\"\n{}\
             \n[[ca.registration_authority]]\nname = \"ra-1\"\npublic_key = \"ra/ra.pub\"\n\
             \n[ca.kmc]\n{link}name = \"ca-1\"\npublic_key = \"kmc/kmc.pub\"\nkey = \"ca-kmc\"\n",
            quoted(DOCUMENTATION_ARC),
            zone("ca", Room::Ca),
        );
        for name in &self.authorities {
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "\n[[ca.authority]]\nname = {0}\nkey = \"ca-{1}\"\ncertificate = \"ca/ca-{1}.crt\"\nroot = \"root/root-{1}.crt\"\n",
                quoted(name),
                name
            );
        }
        text
    }

    fn kmc() -> String {
        format!(
            "\n# 密钥管理中心 key management centre\n[kmc]\nkey = \"kmc\"\n\
             # 备用库保持的密钥对数 key pairs that the spare store keeps ready\nspare_level = 64\n{}\
             \n[[kmc.authority]]\nname = \"ca-1\"\npublic_key = \"ca/ca-kmc.pub\"\n",
            zone("kmc", Room::Kmc)
        )
    }

    fn status(&self, spread: Spread) -> String {
        let link = match spread {
            Spread::Together => String::new(),
            Spread::Apart => format!(
                "feed_url = {}\nfeed_token_file = \"status/feed.token\"\n",
                quoted(&self.url(Room::Ca))
            ),
        };
        let mut text = format!(
            "\n# 证书状态查询 status\n[status]\n{link}feed_key = \"ca/records-ca.pub\"\n{}",
            zone("status", Room::Status)
        );
        for name in &self.authorities {
            let _ = write!(
                text,
                "\n[[status.authority]]\nname = {0}\ncertificate = \"ca/ca-{1}.crt\"\nroot = \"root/root-{1}.crt\"\n\
                 signer_key = \"ocsp-{1}\"\nsigner_certificate = \"status/ocsp-{1}.crt\"\n",
                quoted(name),
                name
            );
        }
        text
    }
}

fn zone(section: &str, room: Room) -> String {
    let name = room.name();
    format!(
        "\n[{section}.zone]\ndevice = \"{name}/keys\"\npassphrase_file = \"{name}/passphrase\"\n\
         database = \"sqlite://{name}/{name}.db\"\nrecords_key = \"records\"\n"
    )
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_string() {
        assert_eq!(quoted("a\"\nroles = []\\"), "\"a\\\"\\u000Aroles = []\\\\\"");
    }
}
