//! Wires the pages' visitors: officers from role ra, the standing of client certificates from its desk.

use std::sync::Arc;

use axum::Router;
use futures_util::future::BoxFuture;
use hefu_officers::{CannotTell, CertificateStanding, Officers, PresentedCertificate, Standing};
use hefu_ra::{CertificateState, Desk};
use hefu_rulebook::{Explain as _, Kind};
use hefu_web::{PlainDoor, Site, Visitors};
use jiff::Timestamp;

use crate::config::Config;
use crate::keys;
use crate::start::{StartError, about, clock};

/// What role ra leaves for the pages.
pub(crate) struct Hosts {
    officers: Arc<Officers>,
    desk: Desk,
}

impl Hosts {
    pub(crate) fn new(officers: &Arc<Officers>, desk: &Desk) -> Self {
        Self {
            officers: Arc::clone(officers),
            desk: desk.clone(),
        }
    }

    /// The register.
    pub(crate) fn officers(&self) -> Arc<Officers> {
        Arc::clone(&self.officers)
    }
}

/// Adds the pages of log-in and sessions, and lays the visitors over every page.
pub(crate) fn welcome(config: &Config, hosts: Hosts, router: Router) -> Result<Router, StartError> {
    let visitors = visitors(config, hosts)?;
    Ok(visitors.clone().over(router.merge(visitors.routes())))
}

fn visitors(config: &Config, hosts: Hosts) -> Result<Visitors, StartError> {
    let plain = match &config.tls {
        _ if config.behind_tls_proxy => PlainDoor::BehindTls,
        Some(tls) if !tls.plain_log_in => PlainDoor::Closed,
        _ => PlainDoor::Open,
    };
    Ok(Visitors {
        officers: hosts.officers,
        standing: Arc::new(DeskStanding {
            desk: hosts.desk,
            issuers: issuers(config)?,
        }),
        site: Arc::new(Site {
            name: config.name.clone(),
            public_url: config.public_url.clone(),
        }),
        clock: clock(),
        plain,
        tls_url: config.tls.as_ref().map(crate::tls::Tls::url),
    })
}

/// Names of the authorities that this process knows as its own.
fn issuers(config: &Config) -> Result<Vec<Vec<u8>>, StartError> {
    let ca = config
        .ca
        .iter()
        .flat_map(|ca| &ca.authority)
        .map(|known| &known.certificate);
    let status = config.status.iter().flat_map(|status| &status.authority);
    let paths = ca.chain(status.map(|known| &known.certificate));
    let name = |path: &std::path::PathBuf| {
        let facts = hefu_certificate::certificate_facts(&keys::certificate(path)?);
        Ok(facts.map_err(about(path.display().to_string()))?.subject_der)
    };
    paths.map(name).collect()
}

/// How client certificates stand, as the desk has it.
///
/// Found by serial number and compared whole. What the desk does not have and an authority of this process is named to
/// have issued cannot be told (issued for another desk, or by a ceremony), and what cannot be told opens nothing; any
/// other issuer is not ours to ask.
struct DeskStanding {
    desk: Desk,
    issuers: Vec<Vec<u8>>,
}

impl DeskStanding {
    fn unknown(&self, certificate: &PresentedCertificate) -> Result<Standing, CannotTell> {
        if self.issuers.iter().any(|name| name == certificate.issuer_der()) {
            tracing::warn!("a client certificate of one of our authorities is not known at the desk");
            return Err(CannotTell);
        }
        Ok(Standing::NotIssuedHere)
    }
}

impl CertificateStanding for DeskStanding {
    fn standing<'a>(
        &'a self,
        certificate: &'a PresentedCertificate,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, CannotTell>> {
        Box::pin(async move {
            let Some(serial) = certificate.serial() else {
                return self.unknown(certificate);
            };
            let view = match self.desk.certificate(serial, now).await {
                Ok(view) => view,
                Err(why) if why.kind() == Kind::Absent => return self.unknown(certificate),
                Err(why) => {
                    tracing::error!("the standing of a client certificate cannot be told: {why}");
                    return Err(CannotTell);
                }
            };
            let same = gm_syntax::pem_text::decode(view.pem.as_bytes(), "CERTIFICATE");
            if same.ok().as_deref() != Some(certificate.der()) {
                return self.unknown(certificate);
            }
            Ok(match view.state {
                CertificateState::Valid | CertificateState::Expired => Standing::InForce,
                CertificateState::Suspended => Standing::Suspended,
                CertificateState::Revoked => Standing::Revoked,
            })
        })
    }
}
