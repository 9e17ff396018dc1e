//! A private PostgreSQL for tests: a temporary cluster that listens on a Unix socket only.
//!
//! All test processes of a user share one. The first starts it; a watcher stops it and removes its files when the
//! last has gone, however it went: each holds a lock that the system lets go with the process.

use std::fs::File;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use gongzhi_kernel::Fault;

/// Names a server for the tests, in place of a private one. Its user must be allowed to make schemas.
const NAMED: &str = "GONGZHI_TEST_POSTGRES";

/// Waits until nobody holds the lock of the users any more, and a little longer, for the tests run one by one.
const WATCHER: &str = r#"
exec 9<"$1/users" </dev/null >/dev/null 2>&1
while :; do
  flock -x 9 && flock -u 9
  sleep 4
  if flock -xn 9; then
    "$2/pg_ctl" -D "$1/data" -m immediate stop
    rm -rf "$1/data"
    exit 0
  fi
done
"#;

/// Held as long as this process lives.
static USING: Mutex<Option<File>> = Mutex::new(None);

/// A server for tests.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    /// Its address.
    pub(super) url: String,
    /// Whether it goes away by itself, with all that is in it.
    pub(super) private: bool,
}

/// The server that tests use; starts it if it does not run. Blocks.
pub(super) fn cluster() -> Result<Cluster, Fault> {
    if let Ok(url) = std::env::var(NAMED)
        && !url.is_empty()
    {
        return Ok(Cluster { url, private: false });
    }
    let failed = |error: io::Error| Fault::internal("cannot start a PostgreSQL for the tests").because(error);
    let mut using = USING.lock().unwrap_or_else(PoisonError::into_inner);
    let owner = Owner::find().map_err(failed)?;
    let base = owner.base();
    let url = format!("host='{}' user=gongzhi dbname=postgres sslmode=disable", base.display());
    if using.is_some() {
        return Ok(Cluster { url, private: true });
    }
    let programs = programs()?;
    owner.make(&base).map_err(failed)?;
    let users = lock_file(&base.join("users")).map_err(failed)?;
    users.lock_shared().map_err(failed)?;
    let starting = lock_file(&base.join("starting")).map_err(failed)?;
    starting.lock().map_err(failed)?;
    if UnixStream::connect(base.join(".s.PGSQL.5432")).is_err() {
        start(&owner, &base, &programs)?;
    }
    starting.unlock().map_err(failed)?;
    *using = Some(users);
    Ok(Cluster { url, private: true })
}

fn lock_file(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).read(true).write(true).open(path)
}

/// Whom the server runs as: it refuses root.
struct Owner {
    uid: u32,
    gid: u32,
    /// The name to change to; `None` where this process may run it as it is.
    change_to: Option<&'static str>,
}

impl Owner {
    fn find() -> io::Result<Self> {
        let me = std::fs::metadata("/proc/self")?;
        if me.uid() != 0 {
            return Ok(Self { uid: me.uid(), gid: me.gid(), change_to: None });
        }
        let users = std::fs::read_to_string("/etc/passwd")?;
        for name in ["postgres", "nobody"] {
            let ids = users.lines().find_map(|line| {
                let mut fields = line.split(':');
                (fields.next() == Some(name)).then(|| (fields.nth(1), fields.next()))
            });
            if let Some((Some(uid), Some(gid))) = ids
                && let (Ok(uid), Ok(gid)) = (uid.parse(), gid.parse())
            {
                return Ok(Self { uid, gid, change_to: Some(name) });
            }
        }
        Err(io::Error::other(
            "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody",
        ))
    }

    fn base(&self) -> PathBuf {
        // A socket's path may have 107 characters at most.
        let folder = std::env::temp_dir();
        let folder = if folder.as_os_str().len() > 60 { PathBuf::from("/tmp") } else { folder };
        folder.join(format!("gongzhi-test-postgres-{}", self.uid))
    }

    /// The folder of the cluster; one that somebody else has put there is not used.
    fn make(&self, base: &Path) -> io::Result<()> {
        match std::fs::DirBuilder::new().mode(0o700).create(base) {
            Ok(()) => std::os::unix::fs::chown(base, Some(self.uid), Some(self.gid)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let owner = std::fs::symlink_metadata(base)?;
                // Between the making of a folder and its handing over, root still owns it.
                if owner.is_dir() && (owner.uid() == self.uid || owner.uid() == 0) {
                    std::os::unix::fs::chown(base, Some(self.uid), Some(self.gid))
                } else {
                    Err(io::Error::other(format!("{} belongs to somebody else; remove it", base.display())))
                }
            }
            Err(error) => Err(error),
        }
    }

    /// A command as this user, in a session of its own, so that what ends the test does not end the server.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("setsid");
        if let Some(name) = self.change_to {
            command.args(["runuser", "-u", name, "--"]);
        }
        command
            .arg(program)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/");
        command
    }
}

/// Where the server's programs lie; the newest, where there are several.
fn programs() -> Result<PathBuf, Fault> {
    let version = |path: &Path| -> Option<u32> { path.parent()?.file_name()?.to_str()?.parse().ok() };
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = versions.map(|entry| entry.path().join("bin"));
    let in_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut found: Vec<PathBuf> =
        installed.chain(in_path.into_iter().flatten()).filter(|bin| bin.join("initdb").is_file()).collect();
    found.sort_by_key(|bin| version(bin));
    found.pop().ok_or_else(|| {
        Fault::internal(format!(
            "PostgreSQL is not installed, so its tests cannot run; `make test` installs it (Debian: apt-get install postgresql), \
             or name a server in {NAMED}"
        ))
    })
}

/// Makes a new cluster and starts it. Nothing in it need survive a power cut.
fn start(owner: &Owner, base: &Path, programs: &Path) -> Result<(), Fault> {
    let data = base.join("data");
    let failed = |what: &str, error: io::Error| {
        Fault::internal(format!("{what} for the tests; {} may say why", base.join("log").display()))
            .because(error)
    };
    let checked = |what: &'static str, command: &mut Command| {
        let status = command.status().map_err(|error| failed(what, error))?;
        if status.success() { Ok(()) } else { Err(failed(what, io::Error::other(status.to_string()))) }
    };
    match std::fs::remove_dir_all(&data) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed("cannot remove an old cluster", error));
        }
        _ => {}
    }
    checked(
        "initdb failed",
        owner.command(programs.join("initdb")).arg("-D").arg(&data).args([
            "-U",
            "gongzhi",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ]),
    )?;
    let settings = format!(
        "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c full_page_writes=off -c autovacuum=off \
         -c max_connections=300 -c shared_buffers=64MB -c max_locks_per_transaction=512 -c jit=off",
        base.display()
    );
    checked(
        "PostgreSQL did not start",
        owner
            .command(programs.join("pg_ctl"))
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(base.join("log"))
            .args(["-w", "-s", "-o", &settings, "start"]),
    )?;
    owner
        .command("sh")
        .args(["-c", WATCHER, "watcher"])
        .arg(base)
        .arg(programs)
        .spawn()
        .map(|_| ())
        .map_err(|error| failed("cannot watch over PostgreSQL", error))
}
