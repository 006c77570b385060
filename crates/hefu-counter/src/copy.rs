//! Copies of notice and contract as PDF, for both sides (办法 21, 22).
//!
//! The copy is described by the registry, set by a process of its own, and its SM3 stands in the table and the records
//! before it is handed out. The same agreement gives the same octets again.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use hefu_applicants::{AgreementId, RegistryError, Side, copy_for};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use hefu_web::PageOfficer;
use serde_json::Value;

use crate::page::{Asked, nowhere, refuse};
use crate::room::CounterPages;

/// Makes a PDF of a description.
pub trait Typesetter: Send + Sync {
    /// Sets a document as `hefu-documents` reads it.
    fn set(&self, description: Value) -> BoxFuture<'_, Result<Vec<u8>, NotSet>>;
}

/// That a document was not set: why, for the operator's log.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the document could not be set: {detail}")]
pub struct NotSet {
    /// What the process said, or that there is none.
    pub detail: String,
}

impl Explain for NotSet {
    fn code(&self) -> &'static str {
        "document-not-set"
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => "无法生成PDF，请联系运行人员查看日志".to_owned(),
            Language::English => "the PDF could not be made; the operator's log says why".to_owned(),
        }
    }
}

pub(crate) async fn copy(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path((id, side)): Path<(String, String)>,
) -> Response {
    // The copy names who signed: for those who handle the application.
    let page = match door.framed(&asked, &officer, CounterPages::handling(&officer)).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let side = side.strip_suffix(".pdf").and_then(Side::named);
    let (Ok(id), Some(side)) = (id.parse::<AgreementId>(), side) else {
        return nowhere(page);
    };
    let description = match described(&door, id, side).await {
        Ok(description) => description,
        Err(why) => return refuse(page, &why),
    };
    let pdf = match door.typesetter.set(description).await {
        Ok(pdf) => pdf,
        Err(why) => return refuse(page, &why),
    };
    match door
        .registry
        .note_copy((id, side), &pdf, officer.id(), (door.clock)())
        .await
    {
        Ok(_) => handed_out(&format!("{id}-{}.pdf", side.as_str()), pdf),
        Err(why) => refuse(page, &why),
    }
}

async fn described(door: &CounterPages, id: AgreementId, side: Side) -> Result<Value, RegistryError> {
    let agreement = door.registry.agreement(id).await?;
    let text = door.registry.text(agreement.kind(), agreement.version()).await?;
    Ok(copy_for(side, &agreement, &text, &door.provider))
}

fn handed_out(name: &str, pdf: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (StatusCode::OK, headers, pdf).into_response()
}
