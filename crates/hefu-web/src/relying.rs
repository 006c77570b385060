//! The relying parties' door: OCSP, CRLs, CA certificates, and the public pages. Open to everybody.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hefu_status::StatusDesk;

use crate::public;
use crate::{Clock, Site};

const OCSP_RESPONSE: &str = "application/ocsp-response";
const PKIX_CERTIFICATE: &str = "application/pkix-cert";
const PKIX_CRL: &str = "application/pkix-crl";
/// Characters of a name in `/ca/NAME.crt` and `/crl/NAME.crl`.
const NAME_MAX: usize = 64;

/// What the door stands on.
#[derive(Clone)]
pub struct Relying {
    /// Status, lists and look-up.
    pub status: Arc<StatusDesk>,
    /// Where lists lie as `NAME.crl`, those of the roots included.
    pub lists: Arc<PathBuf>,
    /// The operator.
    pub site: Arc<Site>,
    /// The time.
    pub clock: Clock,
}

impl Relying {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/ocsp", post(ocsp))
            .route("/ocsp/{*request}", get(ocsp_get))
            .route("/ca/{file}", get(authority))
            .route("/crl/{file}", get(list))
            .merge(public::routes())
            .with_state(self)
    }
}

async fn ocsp(State(door): State<Relying>, body: Bytes) -> Response {
    let reply = door.status.respond_ocsp(&body, (door.clock)());
    (
        [(header::CONTENT_TYPE, OCSP_RESPONSE)],
        Bytes::from_owner(reply.into_der()),
    )
        .into_response()
}

/// RFC 6960 A.1 with the caching of RFC 5019 §6.2: an answer without a nonce may be kept until its next update.
async fn ocsp_get(State(door): State<Relying>, Path(request): Path<String>) -> Response {
    let now = (door.clock)();
    let reply = door.status.respond_ocsp_path(&request, now);
    let kept = reply
        .update()
        .map_or(0, |(_, next)| next.duration_since(now).as_secs().max(0));
    let headers = [
        (header::CONTENT_TYPE, OCSP_RESPONSE.to_owned()),
        (
            header::CACHE_CONTROL,
            format!("max-age={kept}, public, no-transform, must-revalidate"),
        ),
    ];
    (headers, Bytes::from_owner(reply.into_der())).into_response()
}

/// `NAME.crt` and `NAME-root.crt`.
async fn authority(State(door): State<Relying>, Path(file): Path<String>) -> Response {
    let name = file.strip_suffix(".crt").unwrap_or_default();
    let found = door
        .status
        .authorities()
        .find_map(|authority| match name.strip_prefix(authority.name) {
            Some("") => Some(authority.certificate),
            Some("-root") => authority.root,
            _ => None,
        });
    found.map_or_else(absent, |der| {
        ([(header::CONTENT_TYPE, PKIX_CERTIFICATE)], der.to_vec()).into_response()
    })
}

/// The current list of an authority; a root's list, made in a ceremony, out of the folder.
async fn list(State(door): State<Relying>, Path(file): Path<String>) -> Response {
    let current = file
        .strip_suffix(".crl")
        .and_then(|name| door.status.shelf().current(name));
    let Some(list) = current else {
        return file_of(&door.lists, &file).await;
    };
    let headers = [
        (header::CONTENT_TYPE, PKIX_CRL.to_owned()),
        (header::ETAG, format!("\"{}\"", list.number())),
    ];
    (headers, Bytes::from_owner(list)).into_response()
}

/// `GET /crl/NAME.crl` out of the folder that the CA writes its lists into.
pub fn crl_files(folder: PathBuf) -> Router {
    Router::new()
        .route("/crl/{file}", get(crl_file))
        .with_state(Arc::new(folder))
}

async fn crl_file(State(folder): State<Arc<PathBuf>>, Path(file): Path<String>) -> Response {
    file_of(&folder, &file).await
}

/// The list of the root above an authority, when there is one.
pub(crate) async fn root_list(door: &Relying, authority: &str) -> Option<Vec<u8>> {
    let name = format!("{authority}-root");
    let readable = is_plain(&name);
    let path = door.lists.join(format!("{name}.crl"));
    if readable {
        tokio::fs::read(path).await.ok()
    } else {
        None
    }
}

async fn file_of(folder: &std::path::Path, file: &str) -> Response {
    let name = file.strip_suffix(".crl").filter(|name| is_plain(name));
    let Some(name) = name else { return absent() };
    match tokio::fs::read(folder.join(format!("{name}.crl"))).await {
        Ok(der) => ([(header::CONTENT_TYPE, PKIX_CRL)], der).into_response(),
        Err(_) => absent(),
    }
}

/// Letters, digits and hyphens: nothing that leaves the folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_MAX
        && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
}

fn absent() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_folder() {
        assert!(is_plain("sm2") && is_plain("p256-root"));
        for name in ["", "..", "../ca", "a/b", "a.b", "a%2fb", &"a".repeat(65)] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
