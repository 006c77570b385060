//! Wires the administrators' pages: over the register of role ra, and over what role ca publishes where it is in this
//! process.

use std::sync::Arc;

use hefu_admin_room::{AdminPages, OwnCertificate, OwnUse};
use hefu_certificate::certificate_facts;
use hefu_officers::Officers;
use hefu_policies::Policies;
use hefu_post::Post;
use hefu_ra::Desk;

use crate::config::Config;
use crate::keys;
use crate::start::{Start, StartError, about, clock};

/// What role ra hands to the pages.
pub(crate) struct Room<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) officers: &'a Arc<Officers>,
    pub(crate) policies: Option<&'a Policies>,
    pub(crate) post: Option<Post>,
    pub(crate) own: Vec<OwnCertificate>,
}

/// Adds the pages.
pub(crate) fn serve(room: Room<'_>, start: &mut Start) {
    let pages = AdminPages {
        officers: Arc::clone(room.officers),
        policies: room.policies.cloned(),
        post: room.post,
        profiles: Arc::clone(room.desk.profiles()),
        own: room.own.into(),
        clock: clock(),
    };
    start.serve(pages.routes());
}

/// The certificates that this process uses by itself. They are read at the start, as what is used is.
pub(crate) fn own_certificates(config: &Config) -> Result<Vec<OwnCertificate>, StartError> {
    let mut own = Vec::new();
    for known in config.ca.iter().flat_map(|ca| &ca.authority) {
        own.push(told(
            &keys::certificate(&known.certificate)?,
            OwnUse::Authority,
            &known.name,
        )?);
    }
    for known in config.status.iter().flat_map(|status| &status.authority) {
        own.push(told(
            &keys::certificate(&known.signer_certificate)?,
            OwnUse::OcspSigner,
            &known.name,
        )?);
    }
    if let Some(tls) = &config.tls {
        own.push(told(&tls.certificate()?, OwnUse::Door, &tls.url())?);
    }
    Ok(own)
}

fn told(der: &[u8], used_for: OwnUse, name: &str) -> Result<OwnCertificate, StartError> {
    Ok(OwnCertificate {
        used_for,
        name: name.to_owned(),
        not_after: certificate_facts(der)
            .map_err(about(format!("certificate of {name}")))?
            .not_after,
    })
}
