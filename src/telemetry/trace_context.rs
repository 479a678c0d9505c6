//! W3C Trace Context: the id of the trace that a request belongs to.

/// The trace id of a `traceparent` header, or `None` if the header is not valid (W3C Trace Context, section 3.2). It is
/// validated because it is written into every log line of the request.
pub fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, trace_id, parent_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // Version 00 has exactly four parts; later versions may have more. Version ff is invalid.
    let valid_version = version != "ff" && (version != "00" || parts.next().is_none());
    let valid = valid_version
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
