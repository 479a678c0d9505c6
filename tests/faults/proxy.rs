//! A proxy between the server and PostgreSQL that can cut a connection at a COMMIT, hold back answers, or break down.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// When the connection is cut, relative to a COMMIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// PostgreSQL never sees the COMMIT.
    Before,
    /// PostgreSQL sees the COMMIT, and the connection ends before it is done.
    During,
    /// PostgreSQL commits and answers; the answer is lost.
    After,
}

/// Treatment of the answers of PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Answers {
    #[default]
    Pass,
    /// Answers are held back until they may pass again; none is lost.
    Wait,
    /// All connections are closed.
    Gone,
}

/// The proxy. Passes everything through unless told otherwise.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Number of next COMMITs to cut, 0 or 1: before PostgreSQL sees it, while it runs, and after it.
    before: AtomicUsize,
    during: AtomicUsize,
    after: AtomicUsize,
    /// Whether every new connection is closed at once.
    down: AtomicBool,
    /// Whether a cut sets `down`.
    down_after_cut: AtomicBool,
    answers: watch::Sender<Answers>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Proxy {
    /// Starts a proxy to the server of `database_url`.
    pub async fn start(database_url: &str) -> Self {
        let upstream = PgConnectOptions::from_str(database_url).expect("a PostgreSQL URL");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("some port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let state = Arc::new(State::default());
        tokio::spawn(accept(listener, upstream, state.clone()));
        Self { address, state }
    }

    /// URL of the same database through this proxy, without TLS.
    pub fn url(&self, database_url: &str) -> String {
        // Rewritten as text: options that once named a socket keep it, whatever host they are given.
        let mut url = reqwest::Url::parse(database_url).expect("a PostgreSQL URL");
        url.set_host(Some("127.0.0.1")).expect("the URL can have a host");
        url.set_port(Some(self.address.port())).expect("the URL can have a port");
        url.set_query(Some("sslmode=disable"));
        url.into()
    }

    /// Cuts the connection of the next COMMIT.
    pub fn cut_next(&self, cut: Cut) {
        self.counter(cut).store(1, Ordering::SeqCst);
    }

    /// Cuts the connection of the next COMMIT and closes new connections until `restore`.
    pub fn cut_next_and_stay_down(&self, cut: Cut) {
        self.state.down_after_cut.store(true, Ordering::SeqCst);
        self.cut_next(cut);
    }

    /// Passes requests on to PostgreSQL, and holds back its answers until `restore`.
    pub fn hold_answers_back(&self) {
        self.state.answers.send_replace(Answers::Wait);
    }

    /// Closes all connections, and new ones until `restore`.
    pub fn break_down(&self) {
        self.state.down.store(true, Ordering::SeqCst);
        self.state.answers.send_replace(Answers::Gone);
    }

    pub fn restore(&self) {
        self.state.answers.send_replace(Answers::Pass);
        self.state.down_after_cut.store(false, Ordering::SeqCst);
        self.state.down.store(false, Ordering::SeqCst);
    }

    /// Whether no requested cut of this kind is pending.
    pub fn was_cut(&self, cut: Cut) -> bool {
        self.counter(cut).load(Ordering::SeqCst) == 0
    }

    fn counter(&self, cut: Cut) -> &AtomicUsize {
        match cut {
            Cut::Before => &self.state.before,
            Cut::During => &self.state.during,
            Cut::After => &self.state.after,
        }
    }
}

async fn accept(listener: TcpListener, upstream: PgConnectOptions, state: Arc<State>) {
    while let Ok((client, _)) = listener.accept().await {
        if state.down.load(Ordering::SeqCst) {
            continue; // dropped: the connection is closed at once
        }
        let (upstream, state) = (upstream.clone(), state.clone());
        tokio::spawn(async move {
            let server = connect(&upstream).await;
            let _ = pass(client, server, &state).await;
        });
    }
}

async fn connect(upstream: &PgConnectOptions) -> Box<dyn Stream> {
    let (host, port) = (upstream.get_host(), upstream.get_port());
    let socket_directory = upstream.get_socket().cloned().or_else(|| host.starts_with('/').then(|| host.into()));
    match socket_directory {
        Some(directory) => {
            let path = directory.join(format!(".s.PGSQL.{port}"));
            Box::new(UnixStream::connect(path).await.expect("PostgreSQL listens on its socket"))
        }
        None => Box::new(TcpStream::connect((host, port)).await.expect("PostgreSQL listens")),
    }
}

/// Passes bytes both ways. A COMMIT is sent by itself, as one simple query, so it is one read.
async fn pass(mut client: TcpStream, mut server: Box<dyn Stream>, state: &State) -> std::io::Result<()> {
    let (mut from_client, mut from_server) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    let mut swallow_answer = false;
    let mut answers = state.answers.subscribe();
    loop {
        let now = *answers.borrow_and_update();
        if now == Answers::Gone {
            return Ok(());
        }
        tokio::select! {
            _ = answers.changed() => {}
            read = client.read(&mut from_client) => {
                let bytes = &from_client[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                if bytes.windows(7).any(|window| window == b"COMMIT\0") {
                    if take_one(&state.before) {
                        return cut(state);
                    }
                    swallow_answer = take_one(&state.after);
                    if take_one(&state.during) {
                        server.write_all(bytes).await?;
                        drop(client);
                        server.read_u8().await?; // the COMMIT is done; its client is gone
                        return cut(state);
                    }
                }
                server.write_all(bytes).await?;
            }
            read = server.read(&mut from_server), if now == Answers::Pass => {
                let bytes = &from_server[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                if swallow_answer {
                    return cut(state);
                }
                client.write_all(bytes).await?;
            }
        }
    }
}

fn cut(state: &State) -> std::io::Result<()> {
    if state.down_after_cut.load(Ordering::SeqCst) {
        state.down.store(true, Ordering::SeqCst);
    }
    Ok(())
}

fn take_one(counter: &AtomicUsize) -> bool {
    counter.compare_exchange(1, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}
