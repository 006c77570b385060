//! Batches in DER, in the order of the ASN.1 at the head of the crate.

use std::collections::{BTreeMap, HashSet};

use gm_syntax::{
    Expected, Malformed, Problem, SendError,
    der_fields::{Element, Fields, context, context_primitive},
    der_writer::{self, DerWriter},
};

use crate::{
    batch::{Batch, ChangeStatus, Issue, Item, StatusAct},
    limits::{FIELD_VALUE_BYTES_MAX, FIELDS_MAX, ITEMS_MAX, PUBLIC_KEY_BYTES_MAX, VALIDITY_DAYS_MAX},
    wire::{check_embedded, read_embedded, read_kind, read_name, read_serial, read_time, write_time},
};

const KIND: &str = "registration-batch/1";

pub(crate) fn write(batch: &Batch) -> Result<Vec<u8>, SendError> {
    for (index, item) in batch.items.iter().enumerate() {
        check_keys(item).map_err(|error| error.within_element("items", index))?;
    }
    let body = der_writer::write(|w| {
        w.sequence(|w| {
            w.text(KIND);
            w.text(&batch.ra);
            w.octets(&batch.to);
            write_time(w, batch.sent_at);
            w.octets(&batch.nonce);
            w.sequence(|w| batch.items.iter().for_each(|item| write_item(w, item)));
        });
    })?;
    Ok(body)
}

fn check_keys(item: &Item) -> Result<(), Malformed> {
    let Item::Issue(issue) = item else {
        return Ok(());
    };
    check_embedded(&issue.public_key, "issue.publicKey")?;
    match &issue.temporary_key {
        Some(key) => check_embedded(key, "issue.temporaryKey"),
        None => Ok(()),
    }
}

fn write_item(w: &mut DerWriter, item: &Item) {
    match item {
        Item::Issue(issue) => w.context(0, |w| write_issue(w, issue)),
        Item::ChangeStatus(change) => w.context(1, |w| write_change(w, change)),
        Item::Inquire { request_id } => w.context(2, |w| w.octets(request_id)),
    }
}

fn write_issue(w: &mut DerWriter, issue: &Issue) {
    w.octets(&issue.request_id);
    w.text(&issue.profile);
    w.sequence(|w| {
        for (name, value) in &issue.fields {
            w.sequence(|w| {
                w.text(name);
                w.text(value);
            });
        }
    });
    w.raw(&issue.public_key);
    w.octets(&issue.approval);
    if let Some(key) = &issue.temporary_key {
        w.context(0, |w| w.raw(key));
    }
    if let Some(days) = issue.validity_days {
        w.context(1, |w| w.unsigned_64(days.into()));
    }
    if let Some(serial) = &issue.replaces {
        w.context(2, |w| w.text(serial));
    }
}

fn write_change(w: &mut DerWriter, change: &ChangeStatus) {
    w.octets(&change.request_id);
    w.text(&change.serial);
    match &change.act {
        StatusAct::Suspend => w.context_primitive(0, &[]),
        StatusAct::Resume => w.context_primitive(1, &[]),
        StatusAct::Revoke { ground, invalidity } => w.context(2, |w| {
            w.text(ground);
            if let Some(at) = invalidity {
                write_time(w, *at);
            }
        }),
    }
    w.octets(&change.approval);
}

pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Batch, Malformed> {
    read_kind(fields, KIND)?;
    Ok(Batch {
        ra: read_name(fields, "ra")?,
        to: fields.octet_array("to")?,
        sent_at: read_time(fields, "sentAt")?,
        nonce: fields.octet_array("nonce")?,
        items: read_items(fields)?,
    })
}

fn read_items(fields: &mut Fields<'_>) -> Result<Vec<Item>, Malformed> {
    let offset = fields.offset();
    let mut seen = HashSet::new();
    let items = fields.sequence_of("items", ITEMS_MAX, |fields| {
        let offset = fields.offset();
        let item = read_item(fields)?;
        if !seen.insert(item.request_id()) {
            let problem = Problem::Value("repeats the request number of an earlier item");
            return Err(Malformed::new("requestId", offset, problem));
        }
        Ok(item)
    })?;
    if items.is_empty() {
        return Err(Malformed::new("items", offset, Problem::Value("is empty")));
    }
    Ok(items)
}

fn read_item(fields: &mut Fields<'_>) -> Result<Item, Malformed> {
    let element = fields.element("")?;
    match element.tag {
        tag if tag == context(0) => enter(&element, "issue", read_issue).map(Item::Issue),
        tag if tag == context(1) => enter(&element, "changeStatus", read_change).map(Item::ChangeStatus),
        tag if tag == context(2) => {
            let request_id = enter(&element, "inquire", |f| f.octet_array("requestId"))?;
            Ok(Item::Inquire { request_id })
        }
        found => {
            let expected = Expected::OneOf("issue [0], changeStatus [1] or inquire [2]");
            Err(element.malformed("", Problem::Type { expected, found }))
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

fn read_issue(fields: &mut Fields<'_>) -> Result<Issue, Malformed> {
    let request_id = fields.octet_array("requestId")?;
    let profile = read_name(fields, "profile")?;
    let subject = read_subject(fields)?;
    let public_key = read_embedded(fields, "publicKey", PUBLIC_KEY_BYTES_MAX)?;
    let approval = fields.octet_array("approval")?;
    Ok(Issue {
        request_id,
        profile,
        fields: subject,
        public_key,
        temporary_key: fields.optional_explicit("temporaryKey", 0, |fields| {
            read_embedded(fields, "", PUBLIC_KEY_BYTES_MAX)
        })?,
        validity_days: fields.optional_explicit("validityDays", 1, read_days)?,
        replaces: fields.optional_explicit("replaces", 2, |fields| read_serial(fields, ""))?,
        approval,
    })
}

fn read_subject(fields: &mut Fields<'_>) -> Result<BTreeMap<String, String>, Malformed> {
    let mut subject = BTreeMap::<String, String>::new();
    fields.sequence_of("fields", FIELDS_MAX, |fields| {
        let offset = fields.offset();
        let (name, value) = fields.sequence("", |fields| {
            let name = read_name(fields, "name")?;
            let value = fields.text("value", FIELD_VALUE_BYTES_MAX)?;
            Ok((name, value.to_owned()))
        })?;
        if subject.last_key_value().is_some_and(|(last, _)| *last >= name) {
            let problem = Problem::NotCanonical("field names do not ascend");
            return Err(Malformed::new("name", offset, problem));
        }
        subject.insert(name, value);
        Ok(())
    })?;
    Ok(subject)
}

fn read_days(fields: &mut Fields<'_>) -> Result<u32, Malformed> {
    let offset = fields.offset();
    let days = fields.unsigned_64("")?;
    u32::try_from(days)
        .ok()
        .filter(|days| (1..=VALIDITY_DAYS_MAX).contains(days))
        .ok_or_else(|| {
            let problem = Problem::Value("no number of days between one and a hundred years");
            Malformed::new("", offset, problem)
        })
}

fn read_change(fields: &mut Fields<'_>) -> Result<ChangeStatus, Malformed> {
    Ok(ChangeStatus {
        request_id: fields.octet_array("requestId")?,
        serial: read_serial(fields, "serial")?,
        act: read_act(fields)?,
        approval: fields.octet_array("approval")?,
    })
}

fn read_act(fields: &mut Fields<'_>) -> Result<StatusAct, Malformed> {
    let element = fields.element("act")?;
    match element.tag {
        tag if tag == context_primitive(0) => enter(&element, "act.suspend", |_| Ok(StatusAct::Suspend)),
        tag if tag == context_primitive(1) => enter(&element, "act.resume", |_| Ok(StatusAct::Resume)),
        tag if tag == context(2) => enter(&element, "act.revoke", read_revoke),
        found => {
            let expected = Expected::OneOf("suspend [0], resume [1] or revoke [2]");
            Err(element.malformed("act", Problem::Type { expected, found }))
        }
    }
}

fn read_revoke(fields: &mut Fields<'_>) -> Result<StatusAct, Malformed> {
    let ground = read_name(fields, "ground")?;
    let invalidity = if fields.is_empty() {
        None
    } else {
        Some(read_time(fields, "invalidity")?)
    };
    Ok(StatusAct::Revoke { ground, invalidity })
}
