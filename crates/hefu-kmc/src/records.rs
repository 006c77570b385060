//! The centre's own records: one entry for each key that left, moved or was refused.

use gm_suite::sm3;
use hefu_records::NewEntry;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use serde::Serialize;

use crate::custody::{Delivery, Done, Order, user_key_digest};
use crate::facts::{KeyApplied, KeyRefused, KeyRestored, KeyRetired, RetiredBecause};
use crate::vault::Act;

/// Who acts when a certificate has come to its end.
const OURSELVES: &str = "kmc";

/// The entries for what one message brought about. Retiring what is retired leaves none.
pub(crate) fn entries(act: &Act, done: &[Done]) -> Result<Vec<NewEntry>, serde_json::Error> {
    done.iter().filter_map(|done| entry(act, done).transpose()).collect()
}

/// The entry for a key that was moved to the history store. `task` is the CA's, if it asked for it.
pub(crate) fn retired(
    authority: &str,
    serial: &[u8],
    because: RetiredBecause,
    task: Option<u64>,
    now: Timestamp,
) -> Result<NewEntry, serde_json::Error> {
    let fact = KeyRetired {
        authority: authority.to_owned(),
        serial: hex::encode(serial),
        because,
        task,
    };
    let actor = if task.is_some() { authority } else { OURSELVES };
    new(KeyRetired::KIND, &fact.serial, actor, now, &fact)
}

fn entry(act: &Act, done: &Done) -> Result<Option<NewEntry>, serde_json::Error> {
    match done {
        Done::Deliver(order) => delivered(act, order).map(Some),
        Done::Retire(holding) => retired(
            &act.authority,
            &holding.serial,
            RetiredBecause::Revoked,
            Some(act.task),
            act.now,
        )
        .map(Some),
        Done::AlreadyRetired(_) => Ok(None),
        Done::Refused(serial, refusal) => {
            let fact = KeyRefused {
                authority: act.authority.clone(),
                serial: hex::encode(serial),
                code: refusal.code().to_owned(),
                task: act.task,
            };
            new(KeyRefused::KIND, &fact.serial, &act.authority, act.now, &fact).map(Some)
        }
    }
}

fn delivered(act: &Act, order: &Order) -> Result<NewEntry, serde_json::Error> {
    let authority = act.authority.clone();
    let serial = hex::encode(&order.holding.serial);
    let public_key_sm3 = hex::encode(sm3(&order.holding.public_key));
    let user_key_sm3 = hex::encode(user_key_digest(&order.user_key));
    let task = act.task;
    if order.delivery == Delivery::Restored {
        let fact = KeyRestored {
            authority,
            serial,
            public_key_sm3,
            user_key_sm3,
            task,
        };
        return new(KeyRestored::KIND, &fact.serial, &act.authority, act.now, &fact);
    }
    let fact = KeyApplied {
        authority,
        serial,
        public_key_sm3,
        user_key_sm3,
        not_before: order.holding.not_before,
        not_after: order.holding.not_after,
        task,
        again: order.delivery == Delivery::Again,
    };
    new(KeyApplied::KIND, &fact.serial, &act.authority, act.now, &fact)
}

fn new(
    kind: &str,
    subject: &str,
    actor: &str,
    at: Timestamp,
    fact: &impl Serialize,
) -> Result<NewEntry, serde_json::Error> {
    Ok(NewEntry {
        at,
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        actor: actor.to_owned(),
        body: serde_json::to_value(fact)?,
    })
}
