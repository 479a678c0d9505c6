//! One keep-alive connection of HTTP/1.1, one request at a time.
//!
//! A load generator must cost less than what it measures: requests are ready-made bytes, an answer is parsed where it was
//! read, and nothing is allocated per request. It reads what Boxoffice and nginx send (bodies with a `content-length` or in
//! chunks) and calls everything else an error.

mod body; // where a body ends

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::body::Body;
use crate::target::Target;

/// After this a request counts as lost. Longer than any server here lets a request wait.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Headers per answer; one more is an error.
const HEADERS_MAX: usize = 32;

/// An answer that grows past this many bytes is an error. The largest that a scenario reads is where 20,000 seats stand, a few
/// hundred thousand bytes.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// A client with one connection, which it opens when it needs it and again after the other side closed it.
pub struct Client {
    target: Target,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Answer<'a> {
    pub status: u16,
    /// Whether the server said that this repeats an earlier answer.
    pub replayed: bool,
    /// After how many seconds the server said to come back, if it did.
    pub retry_after: Option<u64>,
    pub body: &'a [u8],
}

/// The part of an answer before its body.
#[derive(Clone, Copy)]
struct Head {
    status: u16,
    replayed: bool,
    retry_after: Option<u64>,
    /// The server will close the connection after this answer.
    closes: bool,
    /// Of the head itself, in bytes.
    length: usize,
}

impl Client {
    pub fn new(target: Target) -> Self {
        Self { target, stream: None, buffer: Vec::with_capacity(4096) }
    }

    /// Where the next connection goes. The present one is given up.
    pub fn redirect(&mut self, target: Target) {
        self.target = target;
        self.stream = None;
    }

    /// Opens the connection before it is needed, so that this is not part of a measurement.
    ///
    /// # Errors
    ///
    /// When nobody accepts it in time.
    pub async fn connect(&mut self) -> io::Result<()> {
        self.stream = Some(timeout(REQUEST_TIMEOUT, open(self.target)).await??);
        Ok(())
    }

    /// Sends a complete request and waits for its answer, whatever its status.
    ///
    /// # Errors
    ///
    /// When the connection fails, the answer cannot be read or does not come in time. The server may or may not have
    /// executed the request. The next one gets a new connection.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        // Taken, so that whatever goes wrong, or a caller that stops waiting, cannot leave half an answer for the next one.
        let stream = self.stream.take();
        let exchange = exchange(self.target, stream, request, &mut self.buffer);
        let (stream, head) = timeout(REQUEST_TIMEOUT, exchange).await??;
        if !head.closes {
            self.stream = Some(stream);
        }
        let Head { status, replayed, retry_after, length, .. } = head;
        Ok(Answer { status, replayed, retry_after, body: &self.buffer[length..] })
    }
}

async fn open(target: Target) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(target.address()).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn exchange(
    target: Target,
    stream: Option<TcpStream>,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> io::Result<(TcpStream, Head)> {
    let mut stream = match stream {
        Some(stream) => stream,
        None => open(target).await?,
    };
    stream.write_all(request).await?;
    buffer.clear();
    let mut coming = None;
    loop {
        if coming.is_none() {
            coming = parse_head(buffer)?;
        }
        if let Some((head, body)) = &mut coming
            && body.is_whole(buffer)?
        {
            return Ok((stream, *head));
        }
        if buffer.len() > ANSWER_BYTES_MAX {
            return Err(unreadable("the answer is too large"));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// `None` while the head is incomplete.
fn parse_head(buffer: &[u8]) -> io::Result<Option<(Head, Body)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(buffer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    };
    let status = response.code.ok_or_else(|| unreadable("no status"))?;
    let closes = response.version == Some(0);
    let mut head = Head { status, replayed: false, retry_after: None, closes, length };
    // These two have no body and may have no length (RFC 9110, section 8.6).
    let mut content_length = matches!(status, 204 | 304).then_some(0);
    let mut is_chunked = false;
    for header in response.headers {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        if is("content-length") {
            content_length = Some(decimal(header.value)?);
        } else if is("transfer-encoding") {
            is_chunked = header.value.eq_ignore_ascii_case(b"chunked");
        } else if is("connection") {
            head.closes |= header.value.eq_ignore_ascii_case(b"close");
        } else if is("idempotent-replayed") {
            head.replayed = header.value == b"true";
        } else if is("retry-after") {
            head.retry_after = Some(u64::try_from(decimal(header.value)?).unwrap_or(u64::MAX));
        }
    }
    match content_length {
        _ if is_chunked => Ok(Some((head, Body::in_chunks(length)))),
        Some(content_length) => Ok(Some((head, Body::EndsAt(length.saturating_add(content_length))))),
        None => Err(unreadable("neither a content-length nor chunks")),
    }
}

fn decimal(value: &[u8]) -> io::Result<usize> {
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| unreadable("the content-length is not a number"))
}

fn unreadable(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
