//! Answers in DER, in the order of the ASN.1 at the head of the crate.

use der::Tag;
use gm_syntax::{
    Expected, Malformed, Problem, SendError, SignedAndEnvelopedData, Sm2EnvelopedKey,
    der_fields::{Element, Fields, context, text},
    der_writer::{self, DerWriter},
};

use crate::{
    answer::{Answer, Delivered, KeyAnswer},
    entity::EntityName,
    limits::{ERROR_TEXT_BYTES_MAX, REQUESTS_MAX},
    wire::{VERSION, enter_either, general_time, read_key, read_serial, read_time, read_version},
};

pub(crate) fn write(answer: &Answer) -> Result<Vec<u8>, SendError> {
    let at = general_time("respondTime", answer.at)?;
    let body = der_writer::write(|w| {
        w.sequence(|w| {
            w.unsigned_64(VERSION);
            answer.kmc.write(w);
            w.sequence(|w| answer.answers.iter().for_each(|one| write_one(w, one)));
            w.value(&at);
            w.unsigned_64(answer.task);
        });
    })?;
    Ok(body)
}

fn write_one(w: &mut DerWriter, answer: &KeyAnswer) {
    let (number, body): (u8, &dyn Fn(&mut DerWriter)) = match answer {
        KeyAnswer::Applied(delivered) => (0, &|w| write_delivered(w, delivered)),
        KeyAnswer::Restored(delivered) => (1, &|w| write_delivered(w, delivered)),
        KeyAnswer::Revoked { serial } => (2, &|w| w.unsigned(serial)),
        KeyAnswer::Error { code, text } => (3, &|w| write_error(w, *code, text)),
    };
    w.context(number, |w| w.sequence(body));
}

fn write_delivered(w: &mut DerWriter, delivered: &Delivered) {
    w.unsigned(&delivered.serial);
    w.raw(delivered.public_key.spki());
    w.raw(delivered.private_key.to_der());
    if let Some(key) = &delivered.enveloped {
        w.context(0, |w| key.write(w));
    }
}

/// An explanation must never keep an error from being sent, so a long one loses its end.
fn write_error(w: &mut DerWriter, code: i64, text: &str) {
    w.signed_64(code);
    let end = text.floor_char_boundary(ERROR_TEXT_BYTES_MAX);
    if let Some(text) = text.get(..end).filter(|text| !text.is_empty()) {
        w.context(0, |w| w.text(text));
    }
}

pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Answer, Malformed> {
    read_version(fields)?;
    Ok(Answer {
        kmc: EntityName::read(fields, "kmName")?,
        answers: read_list(fields)?,
        at: read_time(fields, "respondTime")?,
        task: fields.unsigned_64("taskNo")?,
    })
}

fn read_list(fields: &mut Fields<'_>) -> Result<Vec<KeyAnswer>, Malformed> {
    let offset = fields.offset();
    let answers = fields.sequence_of("respondList", REQUESTS_MAX, read_one)?;
    if answers.is_empty() {
        return Err(Malformed::new("respondList", offset, Problem::Value("is empty")));
    }
    Ok(answers)
}

fn read_one(fields: &mut Fields<'_>) -> Result<KeyAnswer, Malformed> {
    let element = fields.element("")?;
    match element.tag {
        tag if tag == context(0) => enter_either(&element, "applyKeyRespond", read_delivered).map(KeyAnswer::Applied),
        tag if tag == context(1) => {
            enter_either(&element, "restoreKeyRespond", read_delivered).map(KeyAnswer::Restored)
        }
        tag if tag == context(2) => {
            let serial = enter_either(&element, "revokeKeyRespond", read_serial)?;
            Ok(KeyAnswer::Revoked { serial })
        }
        tag if tag == context(3) => enter_either(&element, "errorPkgRespond", read_error),
        found => {
            let expected = Expected::OneOf(
                "applyKeyRespond [0], restoreKeyRespond [1], revokeKeyRespond [2] or errorPkgRespond [3]",
            );
            Err(element.malformed("", Problem::Type { expected, found }))
        }
    }
}

fn read_delivered(fields: &mut Fields<'_>) -> Result<Delivered, Malformed> {
    let serial = read_serial(fields)?;
    let public_key = read_key(fields, "retPubKey")?;
    let private_key = fields.tagged("retPriKey", Tag::Sequence)?;
    let private_key = SignedAndEnvelopedData::read(&private_key).map_err(|error| error.within("retPriKey"))?;
    let offset = fields.offset();
    let enveloped = fields.optional_explicit("envelopedKey", 0, |fields| fields.sequence("", Sm2EnvelopedKey::read))?;
    if enveloped.as_ref().is_some_and(|key| *key.public_key() != public_key) {
        let problem = Problem::Value("is not for the key of retPubKey");
        return Err(Malformed::new("envelopedKey", offset, problem));
    }
    Ok(Delivered {
        serial,
        public_key,
        private_key,
        enveloped,
    })
}

/// Implementations agree on the number and on little else: the text may be missing, may stand under
/// `[0]` explicit or implicit or alone, as a UTF-8 or an octet string, and inside a sequence.
fn read_error(fields: &mut Fields<'_>) -> Result<KeyAnswer, Malformed> {
    let code = fields.signed_64("errNo")?;
    let text = if fields.is_empty() {
        String::new()
    } else {
        read_error_text(&fields.element("errDesc")?)?
    };
    Ok(KeyAnswer::Error { code, text })
}

fn read_error_text(element: &Element<'_>) -> Result<String, Malformed> {
    let field = "errDesc";
    let mut element = *element;
    for wrapper in [context(0), Tag::Sequence] {
        if element.tag == wrapper {
            let inside = element.enter(|fields| fields.element(""));
            element = inside.map_err(|error| error.within(field))?;
        }
    }
    if element.is_context(0) || [Tag::Utf8String, Tag::OctetString].contains(&element.tag) {
        return text(&element, field, ERROR_TEXT_BYTES_MAX).map(str::to_owned);
    }
    let (expected, found) = (Expected::OneOf("UTF8String or OCTET STRING"), element.tag);
    Err(element.malformed(field, Problem::Type { expected, found }))
}
