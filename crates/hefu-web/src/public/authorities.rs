//! The authorities: certificates with fingerprints, revocation lists and their times, where status is asked.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gm_suite::DigestAlgorithm;
use hefu_certificate::{IssuedCertificate, certificate_facts};
use hefu_rulebook::Language;
use hefu_status::Download;
use pkix_status::CrlReader;

use super::certificate::fingerprint;
use crate::component::{Cell, Column, Fact, Facts, Link, Table};
use crate::page::time::time;
use crate::page::{Asked, Page, show};
use crate::relying::{Relying, root_list};
use crate::words::public::PublicWords;

#[derive(Template)]
#[template(path = "public/authorities.html")]
struct Authorities {
    page: Page,
    words: &'static PublicWords,
    table: Table,
    sheets: Vec<Sheet>,
}

/// One certificate to compare and download.
struct Sheet {
    title: String,
    facts: Facts,
    file: Link,
}

pub(super) async fn authorities(State(door): State<Relying>, asked: Asked) -> Response {
    let page = asked.page(&door.site);
    let language = page.language;
    let words = PublicWords::of(language);
    let columns = [
        words.authority,
        words.files,
        words.list_number,
        words.list_made,
        words.list_next,
    ];
    let mut rows = Vec::new();
    let mut sheets = Vec::new();
    for authority in door.status.authorities() {
        rows.push(list_row(&door, authority.name, language));
        rows.extend(root_row(&door, &authority, language).await);
        let issuing = sheet(
            authority.certificate,
            authority.name,
            words.issuing_certificate,
            language,
        );
        let root_name = format!("{}-root", authority.name);
        let root = authority
            .root
            .and_then(|der| sheet(der, &root_name, words.root_certificate, language));
        sheets.extend(issuing.into_iter().chain(root));
    }
    let view = Authorities {
        table: Table::new(words.authorities_table, columns.map(Column::text)).rows(rows),
        sheets,
        words,
        page,
    };
    show(StatusCode::OK, &view)
}

fn list_row(door: &Relying, name: &str, language: Language) -> Vec<Cell> {
    let list = door.status.shelf().current(name);
    let of = |value: Option<String>| Cell::text_or_nothing(value, language);
    vec![
        name.into(),
        Link::new(format!("/crl/{name}.crl"), format!("{name}.crl")).into(),
        of(list
            .as_ref()
            .map(hefu_status::Crl::number)
            .filter(|number| !number.is_empty())),
        of(list.as_ref().map(|list| time(list.this_update()))),
        of(list.and_then(|list| list.next_update()).map(time)),
    ]
}

/// The list of the root above an authority, when it has one.
async fn root_row(door: &Relying, authority: &Download<'_>, language: Language) -> Option<Vec<Cell>> {
    let name = format!("{}-root", authority.name);
    let der = root_list(door, authority.name).await?;
    let list = CrlReader::from_der(&der).ok()?;
    let of = |value: Option<String>| Cell::text_or_nothing(value, language);
    Some(vec![
        Cell::Noted(name.clone(), PublicWords::of(language).list_root.to_owned()),
        Link::new(format!("/crl/{name}.crl"), format!("{name}.crl")).into(),
        of(list.number().map(hex::encode)),
        of(Some(time(list.this_update()))),
        of(list.next_update().map(time)),
    ])
}

fn sheet(der: &[u8], name: &str, kind: &str, language: Language) -> Option<Sheet> {
    let words = PublicWords::of(language);
    let said = certificate_facts(der).ok()?;
    let key = IssuedCertificate::parse(der).ok().and_then(|it| it.public_key().ok());
    let key = key.map(|key| key.algorithm().to_string());
    Some(Sheet {
        title: format!("{name} · {kind}"),
        facts: Facts::new([
            Fact::new(words.subject, said.subject),
            Fact::new(words.key, Cell::text_or_nothing(key, language)),
            Fact::new(words.begins, time(said.not_before)),
            Fact::new(words.ends, time(said.not_after)),
            Fact::new(words.fingerprint_sm3, fingerprint(DigestAlgorithm::Sm3, der)),
            Fact::new(words.fingerprint_sha256, fingerprint(DigestAlgorithm::Sha256, der)),
        ]),
        file: Link::new(format!("/ca/{name}.crt"), format!("{name}.crt")),
    })
}
