//! The doors between zones: signed bytes in, signed bytes out. Who may come in is a matter of signatures, not of tokens.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hefu_ca::Mint;
use hefu_kmc::Vault;

use crate::Clock;
use crate::caller::Speech;
use crate::problem::Problem;

/// A full batch of requests with the largest keys, or a full answer's worth of key requests, is well below this.
const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
const OCTETS: &str = "application/octet-stream";

/// `POST /ca/v1/requests`: batches of known RAs.
pub fn certification(mint: Arc<Mint>, clock: Clock) -> Router {
    Router::new()
        .route("/ca/v1/requests", post(requests))
        .layer(DefaultBodyLimit::max(MESSAGE_BYTES_MAX))
        .with_state((mint, clock))
}

async fn requests(
    State((mint, clock)): State<(Arc<Mint>, Clock)>,
    Speech(language): Speech,
    body: Bytes,
) -> Result<Response, Problem> {
    match mint.submit(&body, clock()).await {
        Ok(reply) => Ok(([(header::CONTENT_TYPE, OCTETS)], reply).into_response()),
        Err(why) => Err(Problem::of(&why, language)),
    }
}

/// `POST /kmc/v1/requests`: GM/T 0014 requests of known CAs.
pub fn key_centre(vault: Arc<Vault>, clock: Clock) -> Router {
    Router::new()
        .route("/kmc/v1/requests", post(key_requests))
        .layer(DefaultBodyLimit::max(MESSAGE_BYTES_MAX))
        .with_state((vault, clock))
}

async fn key_requests(
    State((vault, clock)): State<(Arc<Vault>, Clock)>,
    Speech(language): Speech,
    body: Bytes,
) -> Result<Response, Problem> {
    match vault.submit(&body, clock()).await {
        Ok(answer) => Ok(([(header::CONTENT_TYPE, OCTETS)], answer).into_response()),
        Err(why) => Err(Problem::of(&why, language)),
    }
}
