//! A client of HTTP/1.1 that costs little: one connection, one request at a time, no more parsing than needed.
//!
//! The load generator runs on the same cores as the service it measures, so that every instruction here is taken from the service.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const TIME_OUT: Duration = Duration::from_secs(30);
const HEAD_MAX: usize = 16 * 1024;

/// One prepared request: the bytes as they go over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Request(Vec<u8>);

impl Request {
    /// A POST with a body; `extra` are further header lines, each ending in CR LF.
    pub(crate) fn post(path: &str, content_type: &str, extra: &str, body: &[u8]) -> Self {
        let mut bytes = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n{extra}Content-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        Self(bytes)
    }

    /// A GET.
    pub(crate) fn get(path: &str) -> Self {
        Self::get_as(path, "")
    }

    /// A GET with further header lines.
    pub(crate) fn get_as(path: &str, extra: &str) -> Self {
        Self(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{extra}\r\n").into_bytes())
    }
}

/// An answer: status and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// A connection that is opened again when the other side closes it.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            buffer: Vec::with_capacity(HEAD_MAX),
        }
    }

    /// Sends a request and reads the whole answer; a connection that the peer closed meanwhile is opened once more.
    pub(crate) fn send(&mut self, request: &Request) -> io::Result<Answer> {
        if self.stream.is_some()
            && let Ok(answer) = self.exchange(request)
        {
            return Ok(answer);
        }
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIME_OUT))?;
        self.stream = Some(stream);
        self.exchange(request)
    }

    fn exchange(&mut self, request: &Request) -> io::Result<Answer> {
        let mut stream = self.stream.take().ok_or(io::ErrorKind::NotConnected)?;
        stream.write_all(&request.0)?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(place) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break place + 4;
            }
            if self.buffer.len() > HEAD_MAX || read_some(&mut stream, &mut self.buffer)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let head = String::from_utf8_lossy(self.buffer.get(..head_end).unwrap_or_default()).to_ascii_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .ok_or(io::ErrorKind::InvalidData)?;
        let length = header(&head, "content-length").and_then(|value| value.parse::<usize>().ok());
        while length.is_none_or(|length| self.buffer.len() < head_end + length) {
            if read_some(&mut stream, &mut self.buffer)? == 0 {
                break;
            }
        }
        let keep = length.is_some() && head.starts_with("http/1.1") && header(&head, "connection") != Some("close");
        self.stream = keep.then_some(stream);
        Ok(Answer {
            status,
            body: self.buffer.get(head_end..).unwrap_or_default().to_vec(),
        })
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
}

fn read_some(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut chunk = [0; 8192];
    let count = stream.read(&mut chunk)?;
    buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
    Ok(count)
}
