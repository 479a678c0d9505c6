//! The end of a body: after its `content-length`, or after its last chunk (RFC 9112, sections 6 and 7).

use std::cmp::Ordering;
use std::io;

use super::unreadable;

/// A body while it is received. Positions are indices into the buffer of the answer.
pub(super) enum Body {
    /// A body with a `content-length`, and its end.
    EndsAt(usize),
    /// A chunked body. The server uses chunks when it does not know the length in advance, as for compressed bodies.
    Chunked(Chunks),
}

/// Joins the chunks in place: the data of each chunk is moved to the left, over the line with its size.
pub(super) struct Chunks {
    /// End of the joined data.
    end: usize,
    /// Begin of the next chunk's size line.
    next: usize,
}

impl Body {
    pub fn new_chunked(begin: usize) -> Self {
        Self::Chunked(Chunks { end: begin, next: begin })
    }

    /// Whether the whole body is in the buffer. If so, the buffer ends with the (joined) body.
    ///
    /// # Errors
    ///
    /// When there are more bytes than announced, or the chunks are not valid.
    pub fn is_complete(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        match self {
            Self::EndsAt(end) => match buffer.len().cmp(end) {
                Ordering::Less => Ok(false),
                Ordering::Equal => Ok(true),
                Ordering::Greater => Err(unreadable("the answer is longer than announced")),
            },
            Self::Chunked(chunks) => {
                let is_complete = chunks.join(buffer)?;
                if is_complete {
                    buffer.truncate(chunks.end);
                }
                Ok(is_complete)
            }
        }
    }
}

impl Chunks {
    /// Joins the chunks received so far. Returns whether the last chunk, which is empty, was received.
    fn join(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        loop {
            let (size_line, size) = match httparse::parse_chunk_size(&buffer[self.next..]) {
                Ok(httparse::Status::Complete(chunk)) => chunk,
                Ok(httparse::Status::Partial) => return Ok(false),
                Err(_) => return Err(unreadable("a chunk has no valid size")),
            };
            let begin = self.next + size_line;
            let end = usize::try_from(size).ok().and_then(|size| begin.checked_add(size)?.checked_add(2));
            let end = end.ok_or_else(|| unreadable("a chunk is too large"))? - 2;
            let Some(line_end) = buffer.get(end..end + 2) else { return Ok(false) };
            // Trailer headers could follow the last chunk. Boxoffice and nginx send none.
            if line_end != b"\r\n" {
                return Err(unreadable("a chunk is longer than its size"));
            }
            buffer.copy_within(begin..end, self.end);
            self.end += end - begin;
            self.next = end + 2;
            if size == 0 {
                return if self.next == buffer.len() {
                    Ok(true)
                } else {
                    Err(unreadable("the answer is longer than announced"))
                };
            }
        }
    }
}
