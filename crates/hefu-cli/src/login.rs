//! `hefu login` and `hefu logout`: a challenge of the server, signed with the officer's SM2 key; the session in a file.
//!
//! The challenge names the server it is for, and is signed only if that is the one meant. The session's file belongs to
//! its owner only (0600) and names the address it was opened at: no other server is ever shown it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use gm_suite::Signer;
use gm_syntax::pkcs8_text;
use hefu_client::{Client, Token};
use key_device::{KeyDevice, SoftwareDevice};
use rust_i18n::t;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    arguments::Service,
    failure::{Exit, Failure},
    files::{self, Readers},
    officer_arguments::{Login, Logout},
    screen::{Screen, Tone},
    words::spoken,
};

/// First line of a challenge that this program understands.
const LABEL: &str = "hefu-login/1";

/// What the file of a session holds.
#[derive(Deserialize, Serialize)]
struct Kept {
    url: String,
    session: String,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.session.zeroize();
    }
}

/// `hefu login`.
pub(crate) fn log_in(asked: &Login, screen: Screen) -> Result<(), Failure> {
    let client = Client::new(&asked.service.url)?.with_language(spoken());
    let place = place(&asked.service)?;
    let challenge = client.challenge()?.text;
    let wanted = asked.server.as_deref().unwrap_or(client.base());
    if let Some(named) = other_server(&challenge, wanted) {
        let what = t!("login.other-server", named = named, wanted = wanted);
        return Err(Failure::new(Exit::No, "other-server", what.into_owned())
            .why(t!("login.other-server-why").into_owned())
            .now(t!("login.other-server-now").into_owned()));
    }
    let signature = sign(asked, challenge.as_bytes())?;
    let opened = client.log_in(&asked.officer, &challenge, &STANDARD.encode(signature))?;
    let kept = Kept {
        url: client.base().to_owned(),
        session: opened.session,
    };
    keep(&place, &kept)?;
    let file = place.display().to_string();
    let machine = json!({ "officer": opened.officer, "file": file });
    screen.show(&machine, |page| {
        let told = t!("login.in", name = opened.officer.name, file = file);
        page.outcome(Tone::Good, &told)
    })
}

/// `hefu logout`: the server forgets the session, then this machine does; an end that was there already is no failure.
pub(crate) fn log_out(asked: &Logout, screen: Screen) -> Result<(), Failure> {
    let place = place(&asked.service)?;
    let Some(token) = session(&asked.service)? else {
        return Err(Failure::new(Exit::Absent, "no-session", t!("login.none").into_owned())
            .now(t!("login.none-now").into_owned()));
    };
    let client = Client::new(&asked.service.url)?
        .with_language(spoken())
        .with_token(token);
    let ended = client.end_session("current").map_err(Failure::from);
    if let Err(why) = ended
        && why.exit != Exit::Permission
    {
        return Err(why);
    }
    fs::remove_file(&place).map_err(|error| Failure::unwritable(&place.display().to_string(), &error))?;
    screen.show(&json!({ "ended": true }), |page| {
        page.outcome(Tone::Good, &t!("login.out"))
    })
}

/// The session that was kept for this service, if one was.
pub(crate) fn session(service: &Service) -> Result<Option<Token>, Failure> {
    let Ok(place) = place(service) else { return Ok(None) };
    if !place.is_file() {
        return Ok(None);
    }
    let text = Zeroizing::new(files::read(&place)?);
    let shown = place.display().to_string();
    let kept: Kept =
        serde_json::from_slice(&text).map_err(|why| Failure::malformed(&shown, &t!("file.session"), &why))?;
    if kept.url != service.url.trim_end_matches('/') {
        return Ok(None);
    }
    Ok(Token::of(&kept.session))
}

/// Where the session is kept: `--session`, else the state folder of XDG.
fn place(service: &Service) -> Result<PathBuf, Failure> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = || folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
    let place = service.session.clone().or_else(|| Some(state()?.join("hefu/session")));
    place.ok_or_else(|| Failure::new(Exit::Usage, "no-place", t!("login.no-place").into_owned()))
}

fn keep(place: &Path, kept: &Kept) -> Result<(), Failure> {
    if let Some(folder) = place.parent() {
        files::make_folder(folder)?;
    }
    let text = serde_json::to_vec(kept).map_err(|why| Failure::fault(t!("fail.output").into_owned(), &why))?;
    let text = Zeroizing::new(text);
    match fs::remove_file(place) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::unwritable(&place.display().to_string(), &error))
        }
        _ => files::create(place, &text, Readers::Owner),
    }
}

/// The server that a challenge is for, if it is not the one that is meant.
fn other_server<'a>(challenge: &'a str, wanted: &str) -> Option<&'a str> {
    let mut lines = challenge.lines();
    let (label, named) = (lines.next(), lines.next().unwrap_or_default());
    let same = named.trim_end_matches('/') == wanted.trim_end_matches('/');
    (label != Some(LABEL) || !same).then_some(named)
}

fn sign(asked: &Login, text: &[u8]) -> Result<Vec<u8>, Failure> {
    let passphrase = asked.passphrase_file.as_deref().map(files::passphrase).transpose()?;
    let fault = |why: gm_suite::SignError| Failure::fault(t!("login.not-signed").into_owned(), &why);
    if let (Some(folder), Some(passphrase)) = (&asked.device, &passphrase) {
        let device = SoftwareDevice::unlock(folder, passphrase);
        let signer = device.and_then(|device| device.signer(&asked.key));
        let signer = signer.map_err(|why| Failure::device(t!("login.not-signed").into_owned(), &why))?;
        return signer.sign(text).map_err(fault);
    }
    let pem = Zeroizing::new(files::read(Path::new(&asked.key))?);
    let key = match &passphrase {
        Some(passphrase) => pkcs8_text::decrypt(&pem, passphrase),
        None => pkcs8_text::read_plain(&pem),
    };
    let key = key.map_err(|why| Failure::malformed(&asked.key, &t!("file.private-key"), &why))?;
    key.sign(text).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_challenge_of_the_server_that_is_meant_is_signed() {
        let challenge = "hefu-login/1\nhttp://ra.example\n0a0b";
        assert_eq!(other_server(challenge, "http://ra.example/"), None);
        assert_eq!(
            other_server(challenge, "http://other.example"),
            Some("http://ra.example")
        );
        assert_eq!(
            other_server("pay/1\nhttp://ra.example\n0a", "http://ra.example"),
            Some("http://ra.example")
        );
        assert_eq!(other_server("", "http://ra.example"), Some(""));
    }
}
