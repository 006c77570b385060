//! Entry points for the fuzzer: outside bytes into each parser, round trips where parsing succeeds.

use gm_syntax::der_fields::Fields;

use crate::{batch_wire, reply_wire};

/// A batch body; what parses is written again as the same bytes.
pub fn batch(data: &[u8]) {
    let _ = crate::SignedBatch::from_der(data);
    let Ok(batch) = Fields::message("batch", data, data.len(), batch_wire::read) else {
        return;
    };
    let again = batch_wire::write(&batch).ok();
    assert_eq!(again.as_deref(), Some(data), "a batch changed on its way");
}

/// A reply body; what parses is written again as the same bytes.
pub fn reply(data: &[u8]) {
    let _ = crate::SignedReply::from_der(data);
    let Ok(reply) = Fields::message("reply", data, data.len(), reply_wire::read) else {
        return;
    };
    let again = reply_wire::write(&reply).ok();
    assert_eq!(again.as_deref(), Some(data), "a reply changed on its way");
}
