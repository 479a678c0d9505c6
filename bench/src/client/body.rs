//! Where a body ends: after as many bytes as were announced, or after the last of its chunks (RFC 9112, sections 6 and 7).

use std::cmp::Ordering;
use std::io;

use super::unreadable;

/// A body while it comes. Positions are in the buffer that the answer is read into.
pub(super) enum Body {
    /// The end that was announced.
    EndsAt(usize),
    /// Each chunk says how long it is, because nobody knew at the beginning: so it is with what is compressed on its way.
    InChunks(Chunks),
}

/// The chunks are moved together where they were read, over the lines that announced them.
pub(super) struct Chunks {
    /// Of what has been moved together.
    end: usize,
    /// Where the next chunk's announcement begins.
    next: usize,
}

impl Body {
    pub fn in_chunks(begin: usize) -> Self {
        Self::InChunks(Chunks { end: begin, next: begin })
    }

    /// Whether all of it is in the buffer, which then has nothing else behind the head.
    ///
    /// # Errors
    ///
    /// When more came than was announced, or the chunks cannot be told apart.
    pub fn is_whole(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        match self {
            Self::EndsAt(end) => match buffer.len().cmp(end) {
                Ordering::Less => Ok(false),
                Ordering::Equal => Ok(true),
                Ordering::Greater => Err(unreadable("more came than was announced")),
            },
            Self::InChunks(chunks) => {
                let is_whole = chunks.move_together(buffer)?;
                if is_whole {
                    buffer.truncate(chunks.end);
                }
                Ok(is_whole)
            }
        }
    }
}

impl Chunks {
    /// Whether the last chunk, which is empty, has come.
    fn move_together(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        loop {
            let (announcement, size) = match httparse::parse_chunk_size(&buffer[self.next..]) {
                Ok(httparse::Status::Complete(chunk)) => chunk,
                Ok(httparse::Status::Partial) => return Ok(false),
                Err(_) => return Err(unreadable("a chunk does not say how long it is")),
            };
            let begin = self.next + announcement;
            let end = usize::try_from(size).ok().and_then(|size| begin.checked_add(size)?.checked_add(2));
            let end = end.ok_or_else(|| unreadable("a chunk is too large"))? - 2;
            let Some(line_end) = buffer.get(end..end + 2) else { return Ok(false) };
            // After the last chunk other headers could follow. Nobody here sends any.
            if line_end != b"\r\n" {
                return Err(unreadable("a chunk does not end where it said"));
            }
            buffer.copy_within(begin..end, self.end);
            self.end += end - begin;
            self.next = end + 2;
            if size == 0 {
                return if self.next == buffer.len() {
                    Ok(true)
                } else {
                    Err(unreadable("more came than was announced"))
                };
            }
        }
    }
}
