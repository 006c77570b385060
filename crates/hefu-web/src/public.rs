//! The public pages: front, look-up, one certificate, verification, authorities, help, the interface. Open to everybody.
//!
//! Rules served: 电子签名法 22 (relying parties can verify), 电子认证服务管理办法 17 (directory and status queries).

mod authorities;
mod certificate;
mod front;
mod help;
mod interface;
pub(crate) mod look_up;
mod verify;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::page::{self, Asked};
use crate::relying::Relying;

/// The routes of the pages.
pub(crate) fn routes() -> Router<Relying> {
    Router::new()
        .route("/", get(front::front))
        .route("/certificates", get(look_up::certificates))
        .route("/certificates/{name}", get(certificate::certificate))
        .route("/verify", get(verify::ask).post(verify::answer))
        .route("/ca", get(authorities::authorities))
        .route("/help", get(help::help))
        .route("/api", get(interface::interface))
        .fallback(nowhere)
}

/// A reader gets a page that leads back; a program gets the status alone.
async fn nowhere(State(door): State<Relying>, headers: HeaderMap, asked: Asked) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|kinds| kinds.contains("text/html")) {
        return page::nowhere(asked.page(&door.site));
    }
    StatusCode::NOT_FOUND.into_response()
}
