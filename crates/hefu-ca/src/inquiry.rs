//! Inquiries: what became of a request, from the store alone. After a crash on either side this is what tells.

use std::collections::HashMap;

use hefu_certificate::SerialNumber;
use hefu_database::Connection;
use registration_protocol::{Issued, Item, Outcome, RequestId};

use crate::acceptance::Accepted;
use crate::authority::Authorities;
use crate::mint::MintError;
use crate::refusal;
use crate::store::{self, CertificateRow, RequestRow, State, StoreError};

type Certificates = HashMap<SerialNumber, CertificateRow>;

/// Answers inquiries. Another registration authority's requests are unknown to this one.
pub(crate) async fn outcomes(
    connection: &mut Connection,
    asked: &[Accepted],
    authorities: &Authorities,
) -> Result<HashMap<RequestId, Outcome>, MintError> {
    let ids: Vec<RequestId> = asked.iter().filter_map(asks).collect();
    let mut rows = store::requests(connection, &ids).await?;
    for accepted in asked {
        if rows.get(&accepted.id()).is_some_and(|row| row.ra != **accepted.ra()) {
            rows.remove(&accepted.id());
        }
    }
    let issued = rows.values().filter(|row| row.state == State::Issued);
    let serials: Vec<SerialNumber> = issued.flat_map(serials).collect();
    let certificates = store::certificates(connection, &serials).await?;
    let mut outcomes = HashMap::with_capacity(rows.len());
    for row in rows.into_values() {
        outcomes.insert(row.id, outcome(&row, &certificates, authorities)?);
    }
    Ok(outcomes)
}

fn asks(accepted: &Accepted) -> Option<RequestId> {
    match accepted.item() {
        Item::Inquire { request_id } => Some(*request_id),
        Item::Issue(_) | Item::ChangeStatus(_) => None,
    }
}

fn serials(row: &RequestRow) -> impl Iterator<Item = SerialNumber> {
    row.first_serial.into_iter().chain(row.second_serial)
}

fn outcome(row: &RequestRow, certificates: &Certificates, authorities: &Authorities) -> Result<Outcome, MintError> {
    Ok(match row.state {
        State::Accepted | State::Intended => Outcome::Pending,
        State::Issued => Outcome::Issued(issued(row, certificates, authorities)?),
        State::Changed => Outcome::StatusChanged {
            serials: serials(row).map(|serial| serial.to_string()).collect(),
            at: row.answered_at.ok_or(unreadable("answered_at"))?,
        },
        State::Refused => {
            let refusal = row.refusal.as_deref().and_then(refusal::from_row);
            Outcome::Refused(refusal.ok_or(unreadable("refusal"))?)
        }
    })
}

fn issued(row: &RequestRow, certificates: &Certificates, authorities: &Authorities) -> Result<Issued, MintError> {
    let of = |serial: Option<SerialNumber>| serial.and_then(|serial| certificates.get(&serial));
    let first = of(row.first_serial).ok_or(unreadable("first_serial"))?;
    let second = of(row.second_serial);
    if row.second_serial.is_some() != second.is_some() {
        return Err(unreadable("second_serial").into());
    }
    let authority = authorities.named(&first.authority);
    let issuer = authority.and_then(|authority| authority.issuer.certificate());
    Ok(Issued {
        signing: first.der.clone(),
        encryption: second.map(|second| second.der.clone()),
        enveloped_key: second.and_then(|second| second.enveloped_key.clone()),
        issuer: issuer.ok_or(unreadable("authority"))?.to_vec(),
    })
}

fn unreadable(column: &'static str) -> StoreError {
    StoreError::Unreadable {
        table: "ca_request",
        column,
    }
}
