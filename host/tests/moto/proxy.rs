//! A proxy before moto that answers some calls itself, as AWS would in bad times.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A call, as far as it matters here.
pub(crate) struct Call {
    /// How many came before it.
    pub(crate) number: usize,
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) access_key: String,
    /// `DescribeVpcs`; of a REST service its method and path, `GET /policies`.
    pub(crate) operation: String,
}

/// What a proxy does with a call.
pub(crate) enum Answer {
    PassOn,
    /// An HTTP status, and the error's code.
    Error(u16, &'static str),
    /// The body of a reply.
    Reply(String),
}

pub(crate) struct Proxy {
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl Proxy {
    /// Listens until the test ends.
    pub(crate) fn start(target: &str, answer: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = target.strip_prefix("http://").unwrap().to_owned();
        let (calls, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(answer));
        let counted = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (target, calls, answer) = (target.clone(), Arc::clone(&counted), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &target, &calls, &*answer));
            }
        });
        Self { port, calls }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// How many calls came so far.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// One call of a connection, then its end. A client that went away is the test's own doing.
fn serve(client: TcpStream, target: &str, calls: &AtomicUsize, answer: &dyn Fn(&Call) -> Answer) {
    let mut reader = BufReader::new(client);
    let Some((head, body)) = request(&mut reader) else { return };
    let mut client = reader.into_inner();
    let call = call(&head, &body, calls.fetch_add(1, Ordering::SeqCst));
    let _ = match answer(&call) {
        Answer::Error(status, code) => client.write_all(error(&call, status, code).as_bytes()),
        Answer::Reply(body) => client.write_all(reply(200, "", &body).as_bytes()),
        Answer::PassOn => forward(&head, &body, target).and_then(|reply| client.write_all(&reply)),
    };
}

fn request(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = header(&head, "content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|it| it.split_once(':'));
    lines.into_iter().find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1.trim().to_owned())
}

/// Reads who calls what from `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn call(head: &str, body: &[u8], number: usize) -> Call {
    let signed = header(head, "authorization").unwrap_or_default();
    let scope = signed.split_once("Credential=").map(|it| it.1.split([',', ' ']).next().unwrap());
    let parts: Vec<&str> = scope.unwrap_or_default().split('/').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default().to_owned();
    let form = String::from_utf8_lossy(body).into_owned();
    let action = form.split('&').find_map(|it| it.strip_prefix("Action=")).map(str::to_owned);
    // `X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters`
    let target = || Some(header(head, "x-amz-target")?.rsplit('.').next()?.to_owned());
    let path = || head.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let operation = action.or_else(target).unwrap_or_else(path);
    Call { number, service: part(3), region: part(2), access_key: part(0), operation }
}

fn error(call: &Call, status: u16, code: &str) -> String {
    let body = match call.service.as_str() {
        "ec2" => format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors></Response>"
        ),
        "s3" => format!("<Error><Code>{code}</Code><Message>m</Message></Error>"),
        _ => format!("<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>"),
    };
    // Services that speak JSON tell the code in a header.
    reply(status, &format!("x-amzn-errortype: {code}\r\n"), &body)
}

fn reply(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

fn forward(head: &str, body: &[u8], target: &str) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(target)?;
    let (first, rest) = head.split_once("\r\n").unwrap();
    server.write_all(format!("{first}\r\nConnection: close\r\n{rest}").as_bytes())?;
    server.write_all(body)?;
    let mut reply = Vec::new();
    server.read_to_end(&mut reply)?;
    Ok(reply)
}
