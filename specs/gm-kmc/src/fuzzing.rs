//! Entry points for the fuzzer: outside bytes into each parser, round trips where parsing succeeds.

use gm_syntax::der_fields::Fields;

use crate::{answer_wire, request_wire};

/// A request; what parses is written in one form that parses as the same.
pub fn request(data: &[u8]) {
    let _ = crate::SignedRequest::from_der(data);
    let read = |der: &[u8]| Fields::message("ksRequest", der, usize::MAX, request_wire::read).ok();
    let Some(request) = read(data) else {
        return;
    };
    let again = request_wire::write(&request).ok().and_then(|der| read(&der));
    assert_eq!(again, Some(request), "a request changed on its way");
}

/// An answer; what parses is written in one form that parses as the same.
pub fn answer(data: &[u8]) {
    let _ = crate::SignedAnswer::from_der(data);
    let read = |der: &[u8]| Fields::message("ksRespond", der, usize::MAX, answer_wire::read).ok();
    let Some(answer) = read(data) else {
        return;
    };
    let again = answer_wire::write(&answer).ok().and_then(|der| read(&der));
    assert_eq!(again, Some(answer), "an answer changed on its way");
}
