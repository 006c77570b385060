//! Replies in DER, in the order of the ASN.1 at the head of the crate.

use std::collections::HashSet;

use gm_syntax::{
    Expected, Malformed, Problem, SendError,
    der_fields::{Element, Fields, context, context_primitive},
    der_writer::{self, DerWriter},
};

use crate::{
    RequestId,
    limits::{CERTIFICATE_BYTES_MAX, ENVELOPED_KEY_BYTES_MAX, ITEMS_MAX, MESSAGE_BYTES_MAX, SERIALS_MAX},
    reply::{Issued, Outcome, Refused, RefusedKind, Reply},
    wire::{check_embedded, read_embedded, read_kind, read_name, read_serial, read_time, write_time},
};

const KIND: &str = "registration-reply/1";

pub(crate) fn write(reply: &Reply) -> Result<Vec<u8>, SendError> {
    for (index, (_, outcome)) in reply.answers.iter().enumerate() {
        check_embedded_all(outcome).map_err(|error| error.within_element("answers", index))?;
    }
    let body = der_writer::write(|w| {
        w.sequence(|w| {
            w.text(KIND);
            w.octets(&reply.in_answer_to);
            write_time(w, reply.at);
            w.sequence(|w| {
                for (request_id, outcome) in &reply.answers {
                    w.sequence(|w| {
                        w.octets(request_id);
                        write_outcome(w, outcome);
                    });
                }
            });
        });
    })?;
    Ok(body)
}

fn check_embedded_all(outcome: &Outcome) -> Result<(), Malformed> {
    let Outcome::Issued(issued) = outcome else {
        return Ok(());
    };
    check_embedded(&issued.signing, "issued.signing")?;
    check_embedded(&issued.issuer, "issued.issuer")?;
    if let Some(encryption) = &issued.encryption {
        check_embedded(encryption, "issued.encryption")?;
    }
    match &issued.enveloped_key {
        Some(key) => check_embedded(key, "issued.envelopedKey"),
        None => Ok(()),
    }
}

fn write_outcome(w: &mut DerWriter, outcome: &Outcome) {
    match outcome {
        Outcome::Issued(issued) => w.context(0, |w| write_issued(w, issued)),
        Outcome::StatusChanged { serials, at } => w.context(1, |w| {
            w.sequence(|w| serials.iter().for_each(|serial| w.text(serial)));
            write_time(w, *at);
        }),
        Outcome::Refused(refused) => w.context(2, |w| write_refused(w, refused)),
        Outcome::Pending => w.context_primitive(3, &[]),
        Outcome::Unknown => w.context_primitive(4, &[]),
    }
}

fn write_issued(w: &mut DerWriter, issued: &Issued) {
    w.raw(&issued.signing);
    w.raw(&issued.issuer);
    if let Some(encryption) = &issued.encryption {
        w.context(0, |w| w.raw(encryption));
    }
    if let Some(key) = &issued.enveloped_key {
        w.context(1, |w| w.raw(key));
    }
}

fn write_refused(w: &mut DerWriter, refused: &Refused) {
    w.text(match refused.kind {
        RefusedKind::Malformed => "malformed",
        RefusedKind::Refusal => "refusal",
        RefusedKind::Fault => "fault",
    });
    w.text(&refused.code);
    w.text(cut(&refused.english));
    w.text(cut(&refused.chinese));
    if let Some(instrument) = &refused.instrument {
        w.context(0, |w| w.text(instrument));
    }
    if let Some(article) = &refused.article {
        w.context(1, |w| w.text(article));
    }
}

/// An explanation must never keep a refusal from being sent, so a long one loses its end.
fn cut(message: &str) -> &str {
    let end = message.floor_char_boundary(MESSAGE_BYTES_MAX);
    message.get(..end).unwrap_or_default()
}

pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Reply, Malformed> {
    read_kind(fields, KIND)?;
    Ok(Reply {
        in_answer_to: fields.octet_array("inAnswerTo")?,
        at: read_time(fields, "at")?,
        answers: read_answers(fields)?,
    })
}

fn read_answers(fields: &mut Fields<'_>) -> Result<Vec<(RequestId, Outcome)>, Malformed> {
    let offset = fields.offset();
    let mut seen = HashSet::new();
    let answers = fields.sequence_of("answers", ITEMS_MAX, |fields| {
        let offset = fields.offset();
        let answer: (RequestId, Outcome) = fields.sequence("", |fields| {
            Ok((fields.octet_array("requestId")?, read_outcome(fields)?))
        })?;
        if !seen.insert(answer.0) {
            let problem = Problem::Value("repeats the request number of an earlier answer");
            return Err(Malformed::new("requestId", offset, problem));
        }
        Ok(answer)
    })?;
    if answers.is_empty() {
        let problem = Problem::Value("is empty");
        return Err(Malformed::new("answers", offset, problem));
    }
    Ok(answers)
}

fn read_outcome(fields: &mut Fields<'_>) -> Result<Outcome, Malformed> {
    let element = fields.element("outcome")?;
    match element.tag {
        tag if tag == context(0) => enter(&element, "issued", read_issued).map(Outcome::Issued),
        tag if tag == context(1) => enter(&element, "statusChanged", read_changed),
        tag if tag == context(2) => enter(&element, "refused", read_refused).map(Outcome::Refused),
        tag if tag == context_primitive(3) => enter(&element, "pending", |_| Ok(Outcome::Pending)),
        tag if tag == context_primitive(4) => enter(&element, "unknown", |_| Ok(Outcome::Unknown)),
        found => {
            let expected = Expected::OneOf("issued [0], statusChanged [1], refused [2], pending [3] or unknown [4]");
            Err(element.malformed("outcome", Problem::Type { expected, found }))
        }
    }
}

fn enter<'a, T>(
    element: &Element<'a>,
    name: &str,
    read: impl FnOnce(&mut Fields<'a>) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    element.enter(read).map_err(|error| error.within(name))
}

fn read_issued(fields: &mut Fields<'_>) -> Result<Issued, Malformed> {
    let signing = read_embedded(fields, "signing", CERTIFICATE_BYTES_MAX)?;
    let issuer = read_embedded(fields, "issuer", CERTIFICATE_BYTES_MAX)?;
    Ok(Issued {
        signing,
        encryption: fields.optional_explicit("encryption", 0, |fields| {
            read_embedded(fields, "", CERTIFICATE_BYTES_MAX)
        })?,
        enveloped_key: fields.optional_explicit("envelopedKey", 1, |fields| {
            read_embedded(fields, "", ENVELOPED_KEY_BYTES_MAX)
        })?,
        issuer,
    })
}

fn read_changed(fields: &mut Fields<'_>) -> Result<Outcome, Malformed> {
    let serials = fields.sequence_of("serials", SERIALS_MAX, |fields| read_serial(fields, ""))?;
    let at = read_time(fields, "at")?;
    Ok(Outcome::StatusChanged { serials, at })
}

fn read_refused(fields: &mut Fields<'_>) -> Result<Refused, Malformed> {
    let kind = read_refused_kind(fields)?;
    let code = read_name(fields, "code")?;
    let english = fields.text("english", MESSAGE_BYTES_MAX)?.to_owned();
    let chinese = fields.text("chinese", MESSAGE_BYTES_MAX)?.to_owned();
    Ok(Refused {
        kind,
        code,
        instrument: fields.optional_explicit("instrument", 0, |fields| read_name(fields, ""))?,
        article: fields.optional_explicit("article", 1, |fields| read_name(fields, ""))?,
        english,
        chinese,
    })
}

fn read_refused_kind(fields: &mut Fields<'_>) -> Result<RefusedKind, Malformed> {
    let offset = fields.offset();
    match read_name(fields, "kind")?.as_str() {
        "malformed" => Ok(RefusedKind::Malformed),
        "refusal" => Ok(RefusedKind::Refusal),
        "fault" => Ok(RefusedKind::Fault),
        _ => {
            let problem = Problem::Value("none of malformed, refusal, fault");
            Err(Malformed::new("kind", offset, problem))
        }
    }
}
