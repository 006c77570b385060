//! The client of one run: the service's address, the officer's token or session, the language.

use hefu_client::{Basis, Client, Identity, Token};
use rust_i18n::t;

use crate::{
    arguments::{IdentityCheck, Service},
    describe::fingerprint,
    failure::{Exit, Failure},
    files, login,
    words::spoken,
};

/// A client for acts of an officer: a token is needed.
pub(crate) fn officer(service: &Service) -> Result<Client, Failure> {
    let Some(token) = token(service)? else {
        return Err(
            Failure::new(Exit::Permission, "token", t!("fail.no-token").into_owned())
                .why(t!("fail.no-token-why").into_owned())
                .now(t!("fail.no-token-now").into_owned()),
        );
    };
    Ok(Client::new(&service.url)?.with_language(spoken()).with_token(token))
}

/// A client that may have no token: what it asks for is public.
pub(crate) fn visitor(service: &Service) -> Result<Client, Failure> {
    let client = Client::new(&service.url)?.with_language(spoken());
    Ok(match token(service)? {
        Some(token) => client.with_token(token),
        None => client,
    })
}

/// The token of a file that was named; else the session of `hefu login`, if one was kept for this service.
fn token(service: &Service) -> Result<Option<Token>, Failure> {
    match &service.token_file {
        Some(path) => Ok(Some(Token::read(path)?)),
        None => login::session(service),
    }
}

/// The verification of an identity as it was typed; the evidence's files are hashed here and stay where they are.
pub(crate) fn identity(check: &IdentityCheck) -> Result<Option<Basis<Identity>>, Failure> {
    if let Some(proof) = &check.check {
        return Ok(Some(Basis::Proof { proof: proof.clone() }));
    }
    let Some(method) = &check.identity else {
        return Ok(None);
    };
    let evidence = check.evidence.iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let sm3 = fingerprint(&files::read(path)?);
        Ok(hefu_client::Evidence { name, sm3 })
    });
    Ok(Some(Basis::Words(Identity {
        method: method.clone(),
        document: check.document.clone().unwrap_or_default(),
        evidence: evidence.collect::<Result<_, Failure>>()?,
        remark: check.remark.clone(),
    })))
}

/// The same where the law asks for one: at application, renewal and every change of status.
pub(crate) fn needed_identity(check: &IdentityCheck) -> Result<Basis<Identity>, Failure> {
    identity(check)?.ok_or_else(|| {
        Failure::new(Exit::Usage, "identity", t!("fail.no-identity").into_owned())
            .why(t!("fail.no-identity-why").into_owned())
            .now(t!("fail.no-identity-now").into_owned())
    })
}
