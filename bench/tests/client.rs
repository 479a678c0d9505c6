//! The client against a small test server. All measured requests pass through this client.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use boxoffice_bench::api;
use boxoffice_bench::client::Client;
use boxoffice_bench::target::Target;

/// Accepts one connection per list of answers. To each request it writes the next answer, piece by piece.
fn server(connections: Vec<Vec<Vec<&'static str>>>) -> (Target, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    let thread = thread::spawn(move || {
        for answers in connections {
            let (mut stream, _) = listener.accept().expect("a client");
            stream.set_nodelay(true).expect("a TCP socket");
            for pieces in answers {
                let read = stream.read(&mut [0; 4096]).expect("a request");
                assert_ne!(read, 0, "the client closed the connection instead of using it again");
                for piece in pieces {
                    stream.write_all(piece.as_bytes()).expect("a client that reads");
                }
            }
        }
    });
    (Target::from_local_port(port), thread)
}

#[tokio::test]
async fn an_answer_in_pieces_is_put_together_and_the_connection_is_used_again() {
    let (target, thread) = server(vec![vec![
        vec!["HTTP/1.1 201 Crea", "ted\r\nContent-Length: 7\r\nIdempotent-Replayed: true\r\n\r\n{\"a\"", ":1}"],
        vec!["HTTP/1.1 204 No Content\r\n\r\n"],
    ]]);
    let mut client = Client::new(target);
    let answer = client.send(&api::readiness()).await.expect("an answer");
    assert_eq!((answer.status, answer.replayed, answer.body), (201, true, &b"{\"a\":1}"[..]));
    let answer = client.send(&api::readiness()).await.expect("an answer");
    assert_eq!((answer.status, answer.replayed, answer.body), (204, false, &b""[..]));
    thread.join().expect("the server had what it expected");
}

#[tokio::test]
async fn a_body_in_chunks_is_put_together_wherever_its_pieces_are_cut() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let (target, thread) = server(vec![vec![
        vec![HEAD, "3\r\n", "aa", "h\r", "\n00A;of=seats\r\nb\r\nbbxxaa", "a\r\n0", "\r\n\r", "\n"],
        vec![HEAD, "0\r\n\r\n"],
        vec!["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nah"],
    ]]);
    let mut client = Client::new(target);
    for expected in ["aahb\r\nbbxxaaa", "", "ah"] {
        let answer = client.send(&api::readiness()).await.expect("an answer");
        assert_eq!(std::str::from_utf8(answer.body), Ok(expected));
    }
    thread.join().expect("the server had what it expected");
}

#[tokio::test]
async fn chunks_with_a_wrong_size_are_an_error() {
    for body in ["3\r\nlonger\r\n0\r\n\r\n", "x\r\n", "ffffffffffffffff\r\n", "0\r\n\r\nmore", "1\r\na\r\n"] {
        let (target, thread) = server(vec![vec![vec!["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", body]]]);
        assert!(Client::new(target).send(&api::readiness()).await.is_err(), "{body:?}");
        thread.join().expect("the server had what it expected");
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closes_is_opened_again() {
    let closing = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let (target, thread) = server(vec![vec![vec![closing]], vec![vec![closing]]]);
    let mut client = Client::new(target);
    for _ in 0..2 {
        assert_eq!(client.send(&api::readiness()).await.expect("an answer").status, 200);
    }
    thread.join().expect("the server had what it expected");
}

#[tokio::test]
async fn half_an_answer_is_an_error_and_leaves_nothing_for_the_next_request() {
    let (target, thread) = server(vec![
        vec![vec!["HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\nhalf"]],
        vec![vec!["HTTP/1.1 503 Service Unavailable\r\ncontent-length: 21\r\n\r\n{\"code\":\"OVERLOADED\"}"]],
    ]);
    let mut client = Client::new(target);
    assert!(client.send(&api::readiness()).await.is_err());
    let answer = client.send(&api::readiness()).await.expect("an answer");
    assert_eq!(api::label(&answer), "503 OVERLOADED");
    thread.join().expect("the server had what it expected");
}

#[test]
fn load_is_sent_to_this_machine_only() {
    assert!("http://127.0.0.1:8080".parse::<Target>().is_ok());
    assert!("http://[::1]:8080/".parse::<Target>().is_ok());
    for elsewhere in ["http://192.0.2.1:80", "http://example.com:80", "https://127.0.0.1:443", "127.0.0.1:80"] {
        assert!(elsewhere.parse::<Target>().is_err(), "{elsewhere}");
    }
}
