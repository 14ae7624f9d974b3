//! AWS on this machine: `moto_server`, with an account of `fixtures/accounts` in it.

pub(crate) mod proxy;

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, io, thread};

use proxy::{Answer, Call, Proxy};

const ACCOUNTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/accounts");

const INSTALL: &str = "moto_server is not installed: `pip install 'moto[server]' boto3` installs it, \
                       `fixtures/accounts/requirements.txt` has the versions";

/// A server that ends with the test.
pub(crate) struct Moto {
    server: Child,
    port: u16,
    /// Answers what moto cannot.
    stand_in: Proxy,
    log: PathBuf,
}

/// An architecture of an account, and the region it is deployed in.
pub(crate) struct Deployed {
    pub(crate) region: String,
    pub(crate) architecture: String,
}

impl Moto {
    /// A server with nothing in it, on a port of its own. Nothing where moto is not installed, which is no way to
    /// pass in CI.
    pub(crate) fn start() -> Option<Self> {
        let port = free_port();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto");
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join(format!("{port}.log"));
        let address = Ipv4Addr::LOCALHOST.to_string();
        let server = Command::new("moto_server")
            .args(["-H", &address, "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn();
        let server = match server {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                assert!(env::var_os("CI").is_none(), "{INSTALL}");
                eprintln!("skipped: {INSTALL}");
                return None;
            }
            server => server.unwrap(),
        };
        let stand_in = Proxy::start(&url(port), stand_in);
        let mut moto = Self { server, port, stand_in, log };
        moto.wait();
        Some(moto)
    }

    fn wait(&mut self) {
        const PATIENCE: Duration = Duration::from_mins(1);
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = self.server.try_wait().unwrap();
            assert!(ended.is_none(), "moto_server ended: {}\n{INSTALL}", self.log());
            assert!(start.elapsed() < PATIENCE, "moto_server does not answer: {}", self.log());
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn url(&self) -> String {
        self.stand_in.url()
    }

    /// Moto as it is, which fails some calls.
    pub(crate) fn bare_url(&self) -> String {
        url(self.port)
    }

    /// Builds an account of `fixtures/accounts`; what is where.
    pub(crate) fn build(&self, account: &str) -> Vec<Deployed> {
        let deployed = |line: &str| {
            let (region, architecture) = line.split_once(' ').unwrap();
            Deployed { region: region.to_owned(), architecture: architecture.to_owned() }
        };
        self.run(&["build.py", account]).lines().map(deployed).collect()
    }

    /// Runs a script of `fixtures/accounts`; what it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("python3");
        command.current_dir(ACCOUNTS).args(arguments);
        command.env("AWS_ENDPOINT_URL", url(self.port)).env("PYTHONDONTWRITEBYTECODE", "1");
        let output = credentials(&mut command).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {stderr}\n{}", self.log());
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to be done about it here.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn url(port: u16) -> String {
    format!("http://{}:{port}", Ipv4Addr::LOCALHOST)
}

/// Calls that moto answers with an internal error. There is nothing in the account that they would list.
fn stand_in(call: &Call) -> Answer {
    let region = &call.region;
    let body = match call.operation.as_str() {
        "DescribeVpcBlockPublicAccessOptions" => format!(
            "<vpcBlockPublicAccessOptions><awsRegion>{region}</awsRegion><state>default-state</state>\
             <internetGatewayBlockMode>off</internetGatewayBlockMode></vpcBlockPublicAccessOptions>"
        ),
        "DescribeVpcBlockPublicAccessExclusions" => "<vpcBlockPublicAccessExclusionSet/>".to_owned(),
        "DescribeInstanceConnectEndpoints" => "<instanceConnectEndpointSet/>".to_owned(),
        "DescribePlacementGroups" => "<placementGroupSet/>".to_owned(),
        "DescribeServerlessCaches" => {
            "<DescribeServerlessCachesResult><ServerlessCaches/></DescribeServerlessCachesResult>".to_owned()
        }
        "GET /policies" => return Answer::Reply(r#"{"Policies": []}"#.to_owned()),
        _ => return Answer::PassOn,
    };
    Answer::Reply(format!("<Response>{body}</Response>"))
}

/// Credentials that moto takes, and nothing of whoever runs the tests.
pub(crate) fn credentials(command: &mut Command) -> &mut Command {
    let nowhere = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto/nowhere");
    for variable in ["AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"] {
        command.env_remove(variable);
    }
    command
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .env("AWS_CONFIG_FILE", &nowhere)
        .env("AWS_SHARED_CREDENTIALS_FILE", nowhere)
        .env("NO_PROXY", Ipv4Addr::LOCALHOST.to_string())
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
