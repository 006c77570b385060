//! OCSP: from a request to a signed answer, out of memory.

use std::sync::Arc;

use hefu_certificate::SerialNumber;
use jiff::{SignedDuration, Timestamp};
use pkix_status::{
    AnswerBody, AnswerError, CertId, CertStatus, OcspRequest, ResponseStatus, SingleAnswer, from_get_path,
};

use crate::authority::{Authority, AuthorityError};
use crate::cache::{Cache, Kept};
use crate::standing::Standing;

/// An answer to an OCSP request.
#[derive(Clone, Debug)]
pub struct OcspReply {
    der: Arc<[u8]>,
    update: Option<(Timestamp, Timestamp)>,
}

impl OcspReply {
    /// The `OCSPResponse`, DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The same, shared.
    #[must_use]
    pub fn into_der(self) -> Arc<[u8]> {
        self.der
    }

    /// thisUpdate and nextUpdate of an answer that others may keep until then (RFC 5019 §6.2); none for an answer
    /// with a nonce and for a request that was not answered.
    #[must_use]
    pub const fn update(&self) -> Option<(Timestamp, Timestamp)> {
        self.update
    }

    fn refused(status: ResponseStatus) -> Self {
        Self {
            der: status.response().into(),
            update: None,
        }
    }
}

/// Answers for several authorities.
#[derive(Debug)]
pub(crate) struct Responder {
    authorities: Vec<Authority>,
    cache: Cache,
    /// How long an answer is good from the time when it was true.
    valid_for: SignedDuration,
}

impl Responder {
    pub(crate) fn new(authorities: Vec<Authority>, valid_for: SignedDuration) -> Result<Self, AuthorityError> {
        for (place, second) in authorities.iter().enumerate() {
            for first in authorities.iter().take(place) {
                if first.name == second.name {
                    return Err(AuthorityError::Twice {
                        name: first.name.clone(),
                    });
                }
                if first.issuer.name() == second.issuer.name() && first.public_key() == second.public_key() {
                    let (first, second) = (first.name.clone(), second.name.clone());
                    return Err(AuthorityError::SameKey { first, second });
                }
            }
        }
        Ok(Self {
            authorities,
            cache: Cache::default(),
            valid_for,
        })
    }

    pub(crate) fn authorities(&self) -> &[Authority] {
        &self.authorities
    }

    /// Answers the path of a GET. `true_at` is until when what the index says is all there is.
    pub(crate) fn answer_path(&self, path: &str, now: Timestamp, true_at: Option<Timestamp>) -> OcspReply {
        match from_get_path(path) {
            Ok(request) => self.answer(&request, now, true_at),
            Err(error) => OcspReply::refused(error.status()),
        }
    }

    /// Answers a request.
    pub(crate) fn answer(&self, request: &[u8], now: Timestamp, true_at: Option<Timestamp>) -> OcspReply {
        let request = match OcspRequest::from_der(request) {
            Ok(request) => request,
            Err(error) => return OcspReply::refused(error.status()),
        };
        let Some(authority) = self.authority(&request) else {
            return OcspReply::refused(ResponseStatus::Unauthorized);
        };
        let Some(moment) = self.moment(now, true_at) else {
            return OcspReply::refused(ResponseStatus::TryLater);
        };
        let answered = match (request.cert_ids(), request.nonce()) {
            ([cert_id], None) => self.answer_one(authority, cert_id, &moment),
            _ => sign(authority, &request, &moment).map(|der| OcspReply {
                der: der.into(),
                update: request
                    .nonce()
                    .is_none()
                    .then_some((moment.this_update, moment.next_update)),
            }),
        };
        answered.unwrap_or_else(|error| {
            tracing::error!(authority = authority.name, %error, "an OCSP answer could not be signed");
            OcspReply::refused(ResponseStatus::InternalError)
        })
    }

    /// The authority of the first certificate that is one of ours to answer for. Certificates of another one in the
    /// same request are unknown to its delegate.
    fn authority(&self, request: &OcspRequest<'_>) -> Option<&Authority> {
        let ids = request.cert_ids();
        ids.iter()
            .find_map(|id| self.authorities.iter().find(|authority| authority.issued(id)))
    }

    /// The times of an answer now; none when what is known is too old to be said.
    fn moment(&self, now: Timestamp, true_at: Option<Timestamp>) -> Option<Moment> {
        let this_update = true_at?.min(now);
        let next_update = this_update.checked_add(self.valid_for).ok()?;
        (now < next_update).then_some(Moment {
            now,
            this_update,
            next_update,
        })
    }

    /// One certificate, no nonce: what most clients ask. From the cache if it is there.
    fn answer_one(
        &self,
        authority: &Authority,
        cert_id: &CertId<'_>,
        moment: &Moment,
    ) -> Result<OcspReply, AnswerError> {
        let standing = standing(authority, cert_id);
        let reply = |kept: Kept| OcspReply {
            der: kept.der,
            update: Some((kept.this_update, kept.next_update)),
        };
        if let Some(kept) = standing.and_then(|standing| self.cache.answer(cert_id.der(), standing, moment.now)) {
            return Ok(reply(kept));
        }
        let single = single(standing, cert_id, moment);
        let body = AnswerBody {
            produced_at: moment.now,
            answers: &[single],
            nonce: None,
        };
        let der: Arc<[u8]> = authority.key.answer(&body)?.into();
        let Some(standing) = standing else {
            // Unknown serial numbers are endless: to keep their answers would let anyone empty the cache.
            return Ok(OcspReply { der, update: None });
        };
        let Moment {
            this_update,
            next_update,
            ..
        } = *moment;
        let kept = Kept {
            der,
            standing,
            this_update,
            next_update,
        };
        self.cache.keep(cert_id.der(), kept.clone());
        Ok(reply(kept))
    }
}

/// The times of an answer.
struct Moment {
    now: Timestamp,
    this_update: Timestamp,
    next_update: Timestamp,
}

/// What the index says of a certificate; none when it was never issued by this authority.
fn standing(authority: &Authority, cert_id: &CertId<'_>) -> Option<Standing> {
    let serial = SerialNumber::from_bytes(cert_id.serial()).ok()?;
    authority
        .issued(cert_id)
        .then(|| authority.roll.standing(serial))
        .flatten()
}

fn single<'a>(standing: Option<Standing>, cert_id: &CertId<'a>, moment: &Moment) -> SingleAnswer<'a> {
    SingleAnswer {
        cert_id: *cert_id,
        status: standing.map_or(CertStatus::Unknown, Standing::cert_status),
        this_update: moment.this_update,
        next_update: Some(moment.next_update),
    }
}

fn sign(authority: &Authority, request: &OcspRequest<'_>, moment: &Moment) -> Result<Vec<u8>, AnswerError> {
    let ids = request.cert_ids();
    let answers: Vec<_> = ids
        .iter()
        .map(|id| single(standing(authority, id), id, moment))
        .collect();
    authority.key.answer(&AnswerBody {
        produced_at: moment.now,
        answers: &answers,
        nonce: request.nonce(),
    })
}
