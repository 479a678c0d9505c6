//! W3C Trace Context: the trace that a request belongs to, as its caller says.

/// The trace id of a `traceparent` header; `None` unless the header is valid (W3C Trace Context, section 3.2), because
/// what a stranger sends is written into every line of the request.
pub fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, trace_id, parent_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // A later version may have more parts than we know; the first one has not.
    let known_shape = version != "ff" && (version != "00" || parts.next().is_none());
    let valid = known_shape
        && is_hex(version, 2)
        && is_hex(trace_id, 32)
        && is_hex(parent_id, 16)
        && is_hex(flags, 2)
        && !is_zero(trace_id)
        && !is_zero(parent_id);
    valid.then_some(trace_id)
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}
