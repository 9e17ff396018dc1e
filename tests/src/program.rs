//! The built program, from outside.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// How the program is started: the binary, what stands before it (`fiu-run …`), and its environment.
#[derive(Debug, Clone)]
pub struct Program {
    /// The binary.
    pub binary: PathBuf,
    /// Words before it on the command line.
    pub wrapper: Vec<String>,
    /// Variables set for it.
    pub environment: Vec<(String, String)>,
}

/// The program, serving.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to the first answer.
    pub until_first_answer: Duration,
    log: PathBuf,
}

/// A port that is free now.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address")
}

impl Program {
    /// The binary at this place.
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        // Load comes from one machine, which in a city would be one sender too many.
        let unlimited = ("GONGZHI_LIMIT_WRITES".to_owned(), "off".to_owned());
        Self { binary: binary.into(), wrapper: Vec::new(), environment: vec![unlimited] }
    }

    /// The binary that was built beside the running test.
    ///
    /// # Panics
    /// Where it has not been built.
    pub fn beside_test() -> Self {
        let exe = std::env::current_exe().expect("the running test");
        let binary = exe.parent().and_then(Path::parent).expect("target/…/deps").join("gongzhi");
        assert!(
            binary.exists(),
            "{} is not built: run `cargo build -p gongzhi`, or `make test`",
            binary.display()
        );
        Self::new(binary)
    }

    /// With words before it, such as `fiu-run -x`.
    #[must_use]
    pub fn wrapped(mut self, words: &[&str]) -> Self {
        self.wrapper = words.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// With a variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// The command line up to the binary.
    pub fn command(&self) -> Command {
        let mut words = self.wrapper.iter().map(PathBuf::from).chain([self.binary.clone()]);
        let mut command = Command::new(words.next().expect("at least the binary"));
        command
            .args(words)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().expect("the program starts")
    }

    /// Replays the journal of the city in this folder; panics with what was said unless it is clean.
    pub fn check(&self, data: &Path) {
        let output = self.run(&["check", "--data", &data.display().to_string()]);
        assert!(
            output.status.success(),
            "gongzhi check found something ({}):\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Starts it with a command that serves (`serve` or `demo`, and more), and waits for its first answer.
    ///
    /// # Errors
    /// What the program said, where it ended instead or did not answer within `patience`.
    pub fn try_serve(&self, arguments: &[&str], log: &Path, patience: Duration) -> Result<Serving, String> {
        let address = free_address();
        let open = || std::fs::OpenOptions::new().create(true).append(true).open(log);
        let (Ok(out), Ok(err)) = (open(), open()) else {
            return Err(format!("cannot write {}", log.display()));
        };
        let started = Instant::now();
        let mut child = self
            .command()
            .args(arguments)
            .args(["--listen", &address.to_string()])
            .stdout(out)
            .stderr(err)
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", self.binary.display()))?;
        loop {
            if answers(address) {
                let until_first_answer = started.elapsed();
                return Ok(Serving { child, address, until_first_answer, log: log.to_owned() });
            }
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("ended with {status}: {}", tail(log)));
            }
            if started.elapsed() > patience {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no answer within {patience:?}: {}", tail(log)));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// [`Program::try_serve`] that must succeed.
    ///
    /// # Panics
    /// With what the program said.
    pub fn serve(&self, arguments: &[&str], log: &Path) -> Serving {
        match self.try_serve(arguments, log, Duration::from_secs(120)) {
            Ok(serving) => serving,
            Err(said) => panic!("gongzhi {arguments:?} does not serve: {said}"),
        }
    }
}

/// Whether something at this address answers a request for `/healthz` with 200.
pub fn answers(address: SocketAddr) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut start = [0; 12];
    stream.write_all(request).is_ok() && stream.read_exact(&mut start).is_ok() && start.ends_with(b" 200")
}

/// The last lines of a log.
pub fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

impl Serving {
    /// The process (of the wrapper, where there is one).
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory now, in bytes, of the process and its children.
    pub fn resident(&self) -> u64 {
        resident(self.pid())
    }

    /// Kills it without a word.
    pub fn kill(mut self) {
        kill_tree(self.pid(), "KILL");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop, and waits.
    ///
    /// # Panics
    /// Where it has not stopped after 20 seconds.
    pub fn stop(mut self) -> ExitStatus {
        kill_tree(self.pid(), "TERM");
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the state of the process") {
                return status;
            }
            assert!(asked.elapsed() < Duration::from_secs(20), "it does not stop: {}", tail(&self.log));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for it to end by itself.
    pub fn ended_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        let since = Instant::now();
        while since.elapsed() < patience {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// What it has said lately.
    pub fn said(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for Serving {
    /// Nothing that a test started outlives it.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            kill_tree(self.child.id(), "KILL");
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Children of a process: a wrapper such as `fiu-run` may start the program instead of becoming it.
fn children(pid: u32) -> Vec<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    std::fs::read_to_string(path)
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}

fn kill_tree(pid: u32, signal: &str) {
    for child in children(pid) {
        kill_tree(child, signal);
    }
    let _ =
        Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).stderr(Stdio::null()).status();
}

fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let own = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kib| kib.parse::<u64>().ok())
        .unwrap_or(0);
    own * 1024 + children(pid).into_iter().map(resident).sum::<u64>()
}
