//! One keep-alive connection of HTTP/1.1, one request at a time.
//!
//! A load generator must use less processor time than the service: requests are prepared bytes, an answer is parsed in
//! the buffer that it was read into, and the client does not allocate per request. It reads the answers of Boxoffice
//! and nginx (bodies with a `content-length` or in chunks); other answers are errors.

mod body; // end of a body

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::body::Body;
use crate::target::Target;

/// A request without an answer after this time counts as lost. Longer than any measured server lets a request wait.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The most headers of an answer; one more is an error.
const HEADERS_MAX: usize = 32;

/// The most bytes of an answer; a longer one is an error. The longest answer of a scenario is the layout of 20,000
/// seats, a few hundred thousand bytes.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// A client with one connection, which it opens when needed, and again after the server closed it.
pub struct Client {
    target: Target,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// The answer to a request.
pub struct Answer<'a> {
    pub status: u16,
    /// Whether the header `Idempotent-Replayed` is `true`.
    pub replayed: bool,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    pub body: &'a [u8],
}

/// The part of an answer before its body.
#[derive(Clone, Copy)]
struct Head {
    status: u16,
    replayed: bool,
    retry_after: Option<u64>,
    /// Whether the server closes the connection after this answer.
    closes: bool,
    /// Length of the head in bytes.
    length: usize,
}

impl Client {
    pub fn new(target: Target) -> Self {
        Self { target, stream: None, buffer: Vec::with_capacity(4096) }
    }

    /// Changes the target of the next connection, and drops the present one.
    pub fn redirect(&mut self, target: Target) {
        self.target = target;
        self.stream = None;
    }

    /// Opens the connection in advance, so that connecting is not part of a measurement.
    ///
    /// # Errors
    ///
    /// When the connection is not accepted in time.
    pub async fn connect(&mut self) -> io::Result<()> {
        self.stream = Some(timeout(REQUEST_TIMEOUT, open(self.target)).await??);
        Ok(())
    }

    /// Sends a complete request and waits for its answer, whatever its status.
    ///
    /// # Errors
    ///
    /// When the connection fails, or the answer cannot be read or does not come in time. The server may or may not have
    /// executed the request. The next request opens a new connection.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        // Taken out of `self`, so that after an error, or if this future is dropped, the next request cannot read the
        // rest of this answer.
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
    let mut response = None;
    loop {
        if response.is_none() {
            response = parse_head(buffer)?;
        }
        if let Some((head, body)) = &mut response
            && body.is_complete(buffer)?
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

/// Parses the head of an answer; `None` while it is incomplete.
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
    // Answers with these statuses have no body, and may have no length (RFC 9110, section 8.6).
    let mut content_length = matches!(status, 204 | 304).then_some(0);
    let mut is_chunked = false;
    for header in response.headers {
        let has_name = |name: &str| header.name.eq_ignore_ascii_case(name);
        if has_name("content-length") {
            content_length = Some(decimal(header.value)?);
        } else if has_name("transfer-encoding") {
            is_chunked = header.value.eq_ignore_ascii_case(b"chunked");
        } else if has_name("connection") {
            head.closes |= header.value.eq_ignore_ascii_case(b"close");
        } else if has_name("idempotent-replayed") {
            head.replayed = header.value == b"true";
        } else if has_name("retry-after") {
            head.retry_after = Some(u64::try_from(decimal(header.value)?).unwrap_or(u64::MAX));
        }
    }
    match content_length {
        _ if is_chunked => Ok(Some((head, Body::new_chunked(length)))),
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
