//! The proxy that simulates a database on another machine: it only delays.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use boxoffice_bench::engines::delay::{Upstream, serve};

/// Much longer than the delays of a busy machine.
const DELAY: Duration = Duration::from_millis(200);

/// A connection through the proxy to an echo server.
fn connect_through_proxy() -> TcpStream {
    let echo = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let upstream = Upstream::Tcp(echo.local_addr().expect("a bound listener has an address").to_string());
    thread::spawn(move || {
        let (mut stream, _) = echo.accept().expect("the proxy");
        let mut writer = stream.try_clone().expect("a socket");
        std::io::copy(&mut stream, &mut writer).expect("bytes");
        writer.shutdown(Shutdown::Write).expect("an open socket");
    });
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = proxy.local_addr().expect("a bound listener has an address");
    thread::spawn(move || serve(&proxy, &upstream, DELAY));
    TcpStream::connect(address).expect("the proxy")
}

#[test]
fn every_byte_arrives_later_in_either_direction() {
    let mut stream = connect_through_proxy();
    let sent = Instant::now();
    stream.write_all(b"hello").expect("an open socket");
    let mut answer = [0; 5];
    stream.read_exact(&mut answer).expect("an echo");
    assert_eq!(&answer, b"hello");
    assert!(sent.elapsed() >= 2 * DELAY, "{:?}", sent.elapsed());
}

#[test]
fn later_bytes_do_not_wait_for_the_delivery_of_earlier_ones() {
    const PARTS: u32 = 20;
    let mut stream = connect_through_proxy();
    let sent = Instant::now();
    for part in 0..PARTS {
        stream.write_all(&part.to_be_bytes()).expect("an open socket");
        // The pause makes each part a separate delivery.
        thread::sleep(Duration::from_millis(5));
    }
    for part in 0..PARTS {
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).expect("an echo");
        assert_eq!(u32::from_be_bytes(answer), part);
    }
    // Without pipelining they would take twenty round trips.
    assert!(sent.elapsed() < PARTS * 2 * DELAY / 2, "{:?}", sent.elapsed());
}

#[test]
fn the_end_of_a_connection_is_forwarded_after_the_last_bytes() {
    let mut stream = connect_through_proxy();
    stream.write_all(b"the last words").expect("an open socket");
    stream.shutdown(Shutdown::Write).expect("an open socket");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an echo, and its end");
    assert_eq!(answer, "the last words");
}

#[test]
fn a_path_is_a_unix_socket_and_anything_else_an_address() {
    assert_eq!("/run/.s.PGSQL.5432".parse(), Ok(Upstream::Unix("/run/.s.PGSQL.5432".into())));
    assert_eq!("127.0.0.1:5432".parse(), Ok(Upstream::Tcp("127.0.0.1:5432".to_owned())));
}
