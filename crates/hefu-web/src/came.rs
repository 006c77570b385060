//! How a request came, for a door with visitors of its own kind: its cookie, its forms, whether they are of this site.
//!
//! Subscribers are no officers: their session, and the mark of their forms, their own door knows. What the connection and the
//! browser tell is the same for all, and stands here.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRequest as _, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;

use crate::form::{self, FormRefused};
use crate::page::Asked;
use crate::visitor::{self, Carriage, Visitors};

/// A request as it came.
#[derive(Clone)]
pub struct Came {
    visitors: Arc<Visitors>,
    parts: Parts,
}

impl std::fmt::Debug for Came {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Came({})", self.parts.uri.path())
    }
}

impl<S: Sync> FromRequestParts<S> for Came {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Ok(Self {
            visitors: visitor::visitors(&parts.extensions)?,
            parts: parts.clone(),
        })
    }
}

impl Came {
    /// What it asks of a page.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked::of(&self.parts)
    }

    /// A field of the query; empty when it is not there.
    #[must_use]
    pub fn query(&self, name: &str) -> String {
        let query = self.parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let mut pairs = pairs.into_iter();
        pairs
            .find(|(found, _)| found == name)
            .map(|(_, text)| text)
            .unwrap_or_default()
    }

    /// Whether browsers may carry a session at the door that it came by.
    #[must_use]
    pub fn may_carry_a_session(&self) -> bool {
        self.visitors.carriage(&self.parts.extensions).is_some()
    }

    /// The value of a cookie that [`Came::cookie`] made.
    #[must_use]
    pub fn carried(&self, name: &str) -> Option<String> {
        let name = full_name(name, self.visitors.carriage(&self.parts.extensions)?);
        let cookies = self.parts.headers.get_all(header::COOKIE).into_iter();
        let pairs = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'));
        let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
        pairs
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value.to_owned())
    }

    /// The `Set-Cookie` of a session; `None` where none may be carried. An empty value makes the browser forget.
    #[must_use]
    pub fn cookie(&self, name: &str, value: &str) -> Option<String> {
        let carriage = self.visitors.carriage(&self.parts.extensions)?;
        let name = full_name(name, carriage);
        let age = if value.is_empty() { "; Max-Age=0" } else { "" };
        Some(format!("{name}={value}{age}{}", visitor::attributes(carriage)))
    }

    /// The page for a form of another site, or one that was made for another session.
    #[must_use]
    pub fn refused(&self, fault: FormFault) -> Response {
        let why = match fault {
            FormFault::OtherSite => FormRefused::OtherSite,
            FormFault::Mark => FormRefused::Mark,
        };
        self.visitors
            .refused(StatusCode::FORBIDDEN, &why, self.asked().language())
    }
}

/// What is wrong with a form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FormFault {
    /// It came from another site.
    OtherSite,
    /// Its mark is not one of this session.
    Mark,
}

fn full_name(name: &str, carriage: Carriage) -> String {
    match carriage {
        Carriage::Tls => format!("__Host-{name}"),
        Carriage::Plain => name.to_owned(),
    }
}

/// The fields of a form of this site, urlencoded or with files; whose it is, the door says.
#[derive(Debug)]
pub struct Sent {
    fields: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Sent {
    /// Reads a form.
    ///
    /// # Errors
    /// The page to show instead: the form is of another site, or cannot be read.
    pub async fn read(came: &Came, request: Request) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let visitors = &came.visitors;
        if !visitors.is_own(&parts) {
            return Err(came.refused(FormFault::OtherSite));
        }
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let body = Request::from_parts(parts.clone(), body);
        let mut sent = Self {
            fields: BTreeMap::new(),
        };
        if !kind.starts_with("multipart/form-data") {
            for (name, value) in form::fields(visitors, body, &(), &parts).await? {
                sent.add(name, value.into_bytes());
            }
            return Ok(sent);
        }
        let broken = |status, why| form::unreadable(visitors, status, why, &parts);
        let multipart = Multipart::from_request(body, &()).await;
        let mut multipart = multipart.map_err(|why| broken(why.status(), why.body_text()))?;
        while let Some(field) = multipart
            .next_field()
            .await
            .map_err(|why| broken(why.status(), why.body_text()))?
        {
            let name = field.name().unwrap_or_default().to_owned();
            let octets = field.bytes().await;
            sent.add(
                name,
                octets.map_err(|why| broken(why.status(), why.body_text()))?.to_vec(),
            );
        }
        Ok(sent)
    }

    fn add(&mut self, name: String, octets: Vec<u8>) {
        self.fields.entry(name).or_default().push(octets);
    }

    /// A field as text, without space around it; empty when it was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        let first = self.fields.get(name).and_then(|values| values.first());
        String::from_utf8_lossy(first.map(Vec::as_slice).unwrap_or_default())
            .trim()
            .to_owned()
    }

    /// The files of a field; one that was left empty is none.
    #[must_use]
    pub fn files(&self, name: &str) -> Vec<Vec<u8>> {
        let values = self.fields.get(name).into_iter().flatten();
        values.filter(|octets| !octets.is_empty()).cloned().collect()
    }
}
