//! The first officers of an installation: the heads of both branches, and who enters, approves and watches.
//!
//! 电子签名法 20 wants verification and approval in different hands, so there are two operators from the beginning; the
//! auditor stands in the other branch and changes nothing. Each branch has two heads, made together: what one proposes
//! about officers, another decides.

use hefu_database::Database;
use hefu_officers::{Role, Token};
use jiff::Timestamp;
use rust_i18n::t;

use crate::{
    failure::Failure,
    files::{self, Readers},
    layout::{Layout, Room},
    words::spoken,
};

/// Names on duty and what they may do.
const FIRST: [(&str, Role); 7] = [
    ("super-administrator", Role::SUPER_ADMINISTRATOR),
    ("super-administrator-2", Role::SUPER_ADMINISTRATOR),
    ("audit-administrator", Role::AUDIT_ADMINISTRATOR),
    ("audit-administrator-2", Role::AUDIT_ADMINISTRATOR),
    ("entry", Role::BUSINESS_OPERATOR),
    ("approver", Role::BUSINESS_OPERATOR),
    ("auditor", Role::AUDITOR),
];

/// Names of the first officers.
pub(crate) fn names() -> [&'static str; FIRST.len()] {
    FIRST.map(|(name, _)| name)
}

/// Enrols the first officers in the registration authority's database, with a record each, binds their client
/// certificates (`bound`: a digest for each, in order), and writes their tokens.
pub(crate) fn enrol(layout: &Layout, bound: &[[u8; 32]], now: Timestamp) -> Result<Vec<(String, String)>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::fault(t!("init.no-officers").into_owned(), &why))?;
    let tokens = runtime.block_on(enrol_all(layout, bound, now))?;
    files::make_folder(&layout.officers())?;
    for (name, token) in &tokens {
        let path = layout.officers().join(format!("{name}.token"));
        files::create(&path, token.reveal().as_bytes(), Readers::Owner)?;
    }
    let names = FIRST
        .iter()
        .map(|(name, role)| ((*name).to_owned(), role.name(spoken()).to_owned()));
    Ok(names.collect())
}

async fn enrol_all(layout: &Layout, bound: &[[u8; 32]], now: Timestamp) -> Result<Vec<(&'static str, Token)>, Failure> {
    let url = files::database_url(&layout.within(Room::Ra, "ra.db"));
    let migrations = [hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS];
    let database = Database::open(&url, &migrations)
        .await
        .map_err(|why| Failure::explained(&why))?;
    let mut tokens = Vec::new();
    for ((name, role), sm3) in FIRST.into_iter().zip(bound.iter().copied()) {
        let enrolled: Result<_, hefu_officers::EnrolError> = database
            .write(move |connection| {
                Box::pin(async move {
                    let (officer, token) = hefu_officers::enrol(connection, name, role, now).await?;
                    hefu_officers::bind_certificate(connection, officer.id(), &sm3, now).await?;
                    Ok((officer, token))
                })
            })
            .await;
        let (_, token) = enrolled.map_err(|why| Failure::explained(&why))?;
        tokens.push((name, token));
    }
    database.close().await;
    Ok(tokens)
}
