//! Requests in DER, in the order of the ASN.1 at the head of the crate.

use der::{Tag, asn1::GeneralizedTime};
use gm_suite::{KeyAlgorithm, oid};
use gm_syntax::{
    Expected, Malformed, Problem, SendError,
    der_fields::{Fields, context},
    der_writer::{self, DerWriter},
};

use crate::{
    entity::EntityName,
    limits::{REQUESTS_MAX, USER_NAME_BYTES_MAX},
    request::{ApplyKey, KeyRequest, Request, RestoreKey},
    wire::{
        VERSION, enter_either, general_time, optional_either, read_envelope_algorithms, read_key, read_serial,
        read_time, read_version, refused, write_envelope_algorithms,
    },
};

/// Bits of an SM2 key: the only length that is asked for.
const KEY_BITS: u64 = 256;
/// Octets of the two texts of an application that we skip.
const SKIPPED_TEXT_BYTES_MAX: usize = 1024;

pub(crate) fn write(request: &Request) -> Result<Vec<u8>, SendError> {
    let at = general_time("requestTime", request.at)?;
    let validities = request.requests.iter().map(validity).collect::<Result<Vec<_>, _>>()?;
    let body = der_writer::write(|w| {
        w.sequence(|w| {
            w.unsigned_64(VERSION);
            request.ca.write(w);
            w.sequence(|w| {
                for (one, validity) in request.requests.iter().zip(&validities) {
                    write_one(w, one, validity.as_ref());
                }
            });
            w.value(&at);
            w.unsigned_64(request.task);
        });
    })?;
    Ok(body)
}

type Validity = (GeneralizedTime, GeneralizedTime);

fn validity(request: &KeyRequest) -> Result<Option<Validity>, Malformed> {
    let KeyRequest::Apply(apply) = request else {
        return Ok(None);
    };
    let not_before = general_time("notBefore", apply.not_before)?;
    let not_after = general_time("notAfter", apply.not_after)?;
    Ok(Some((not_before, not_after)))
}

fn write_one(w: &mut DerWriter, request: &KeyRequest, validity: Option<&Validity>) {
    match request {
        KeyRequest::Apply(apply) => w.context(0, |w| w.sequence(|w| write_apply(w, apply, validity))),
        KeyRequest::Restore(restore) => w.context(1, |w| {
            w.sequence(|w| {
                write_envelope_algorithms(w);
                w.unsigned(&restore.serial);
                w.raw(restore.user_key.spki());
            });
        }),
        KeyRequest::Revoke { serial } => w.context(2, |w| w.sequence(|w| w.unsigned(serial))),
    }
}

fn write_apply(w: &mut DerWriter, apply: &ApplyKey, validity: Option<&Validity>) {
    w.value(&KeyAlgorithm::Sm2.identifier());
    w.unsigned_64(KEY_BITS);
    write_envelope_algorithms(w);
    w.sequence(|w| {
        w.unsigned(&apply.serial);
        w.raw(apply.user_key.spki());
        if let Some((not_before, not_after)) = validity {
            w.value(not_before);
            w.value(not_after);
        }
        if let Some(name) = &apply.user_name {
            w.context(0, |w| w.octets(name));
        }
    });
}

pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Request, Malformed> {
    read_version(fields)?;
    Ok(Request {
        ca: EntityName::read(fields, "caName")?,
        requests: read_list(fields)?,
        at: read_time(fields, "requestTime")?,
        task: fields.unsigned_64("taskNo")?,
    })
}

fn read_list(fields: &mut Fields<'_>) -> Result<Vec<KeyRequest>, Malformed> {
    let offset = fields.offset();
    let requests = fields.sequence_of("requestList", REQUESTS_MAX, read_one)?;
    if requests.is_empty() {
        return Err(Malformed::new("requestList", offset, Problem::Value("is empty")));
    }
    Ok(requests)
}

fn read_one(fields: &mut Fields<'_>) -> Result<KeyRequest, Malformed> {
    let element = fields.element("")?;
    match element.tag {
        tag if tag == context(0) => enter_either(&element, "applyKeyReq", read_apply).map(KeyRequest::Apply),
        tag if tag == context(1) => enter_either(&element, "restoreKeyReq", read_restore).map(KeyRequest::Restore),
        tag if tag == context(2) => {
            let serial = enter_either(&element, "revokeKeyReq", read_serial)?;
            Ok(KeyRequest::Revoke { serial })
        }
        found => {
            let expected = Expected::OneOf("applyKeyReq [0], restoreKeyReq [1] or revokeKeyReq [2]");
            Err(element.malformed("", Problem::Type { expected, found }))
        }
    }
}

fn read_apply(fields: &mut Fields<'_>) -> Result<ApplyKey, Malformed> {
    read_key_type(fields)?;
    let offset = fields.offset();
    if fields.unsigned_64("appKeyLen")? != KEY_BITS {
        let problem = Problem::Value("is not 256, the length of SM2 keys");
        return Err(Malformed::new("appKeyLen", offset, problem));
    }
    read_envelope_algorithms(fields)?;
    fields.sequence("appUserInfo", |fields| {
        let apply = ApplyKey {
            serial: read_serial(fields)?,
            user_key: read_key(fields, "userPubKey")?,
            not_before: read_time(fields, "notBefore")?,
            not_after: read_time(fields, "notAfter")?,
            user_name: read_user_name(fields)?,
        };
        skip_text(fields, "dsCode", 1)?;
        skip_text(fields, "extendInfo", 2)?;
        Ok(apply)
    })
}

/// SM2 as a key's algorithm (a named curve), or by its own identifier alone.
fn read_key_type(fields: &mut Fields<'_>) -> Result<(), Malformed> {
    let field = "appKeyType";
    let offset = fields.offset();
    let algorithm = fields.algorithm(field)?;
    let bare = algorithm.parameters.as_ref().is_none_or(der::Any::is_null);
    if algorithm == KeyAlgorithm::Sm2.identifier() || (algorithm.oid == oid::SM2 && bare) {
        return Ok(());
    }
    Err(refused(field, offset, algorithm.oid))
}

fn read_user_name(fields: &mut Fields<'_>) -> Result<Option<Vec<u8>>, Malformed> {
    let Some(name) = optional_either(fields, "userName", (0, Tag::OctetString))? else {
        return Ok(None);
    };
    limit(&name, "userName", USER_NAME_BYTES_MAX)?;
    Ok(Some(name.content.to_vec()))
}

fn skip_text(fields: &mut Fields<'_>, field: &str, number: u32) -> Result<(), Malformed> {
    match optional_either(fields, field, (number, Tag::Ia5String))? {
        Some(text) => limit(&text, field, SKIPPED_TEXT_BYTES_MAX),
        None => Ok(()),
    }
}

fn limit(element: &gm_syntax::der_fields::Element<'_>, field: &str, max: usize) -> Result<(), Malformed> {
    let found = element.content.len();
    if found > max {
        return Err(element.malformed(field, Problem::TooLong { max, found }));
    }
    Ok(())
}

fn read_restore(fields: &mut Fields<'_>) -> Result<RestoreKey, Malformed> {
    read_envelope_algorithms(fields)?;
    Ok(RestoreKey {
        serial: read_serial(fields)?,
        user_key: read_key(fields, "userPubKey")?,
    })
}
