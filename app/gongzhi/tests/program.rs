//! The built program, asked from outside as people ask it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use gongzhi::Running;
use gongzhi::config::{Config, Inputs, SecondFactor, Settings};
use gongzhi_kernel::{Actor, Failure, Locale};
use gongzhi_people::SignIn;
use serde_json::Value;

/// The program, with nothing in its environment that could set it otherwise.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    for (name, _) in std::env::vars() {
        if name.starts_with("GONGZHI_") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "en_US.UTF-8").current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, words: &[&str]) -> Output {
    program(folder).args(words).output().unwrap()
}

fn run_with_input(folder: &Path, words: &[&str], input: &str) -> Output {
    let mut child = program(folder)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without having read anything.
    let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
fn done(output: Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    out(&output)
}

/// Ended with this code and a sentence, not with a panic or a dump.
#[track_caller]
fn refused(output: Output, code: i32) -> String {
    let said = err(&output);
    assert_eq!(output.status.code(), Some(code), "{}{said}", out(&output));
    assert!(said.lines().any(|line| line.starts_with("gongzhi: ") || line.starts_with("error: ")), "{said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    said
}

#[track_caller]
fn json(output: Output) -> Value {
    let said = done(output);
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[test]
fn every_command_teaches_itself() {
    let folder = tempfile::tempdir().unwrap();
    let top = done(run(folder.path(), &["--help"]));
    for command in [
        "serve", "demo", "import", "check", "backup", "restore", "user", "area", "ballot", "opinion",
        "ledger", "openapi", "config", "version",
    ] {
        assert!(top.lines().any(|line| line.trim_start().starts_with(command)), "{command} is not in {top}");
    }
    let commands: [&[&str]; 16] = [
        &["serve"],
        &["demo"],
        &["import", "requests"],
        &["check"],
        &["backup"],
        &["restore"],
        &["user", "add"],
        &["user", "passwd"],
        &["user", "grant"],
        &["area", "import"],
        &["ballot"],
        &["opinion"],
        &["openapi"],
        &["config"],
        &["version"],
        &["demo"],
    ];
    for words in commands {
        let help = done(run(folder.path(), &[words, &["--help"]].concat()));
        assert!(help.contains("Examples:"), "{words:?} gives no example: {help}");
        assert!(
            help.contains("--data") && help.contains("--database") && help.contains("--json"),
            "{words:?}"
        );
    }
    let said = refused(run(folder.path(), &["frobnicate"]), 2);
    assert!(said.contains("frobnicate"), "{said}");
    refused(run(folder.path(), &["serve", "--data", "a", "--database", "postgres://x/y"]), 2);
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "asking leaves nothing behind");
}

#[test]
fn settings_are_printed_with_their_sources() {
    let folder = tempfile::tempdir().unwrap();
    let file = "listen = \"127.0.0.1:1001\"\nbase_url = \"https://file.example\"\npatience = 5\n";
    std::fs::write(folder.path().join("gongzhi.toml"), file).unwrap();
    let output = program(folder.path())
        .args(["config", "--json", "--data", "here"])
        .env("GONGZHI_LISTEN", "127.0.0.1:1002")
        .env("GONGZHI_DATABASE", "postgres://me:secret@db.example/city")
        .output()
        .unwrap();
    let listed = json(output);
    let of = |name: &str| {
        let line = listed.as_array().unwrap().iter().find(|line| line["name"] == name).unwrap();
        (line["value"].as_str().unwrap_or("-").to_owned(), line["source"].as_str().unwrap().to_owned())
    };
    assert_eq!(of("data"), ("here".into(), "--data".into()));
    assert_eq!(of("listen"), ("127.0.0.1:1002".into(), "GONGZHI_LISTEN".into()));
    assert_eq!(of("base_url"), ("https://file.example".into(), "gongzhi.toml".into()));
    assert_eq!(of("zone").1, "default");
    assert!(!listed.to_string().contains("secret"));

    std::fs::write(folder.path().join("gongzhi.toml"), "lissen = \"x\"\n").unwrap();
    let said = refused(run(folder.path(), &["config"]), 2);
    assert!(said.contains("lissen") && said.contains("did you mean `listen`"), "{said}");
    std::fs::write(folder.path().join("gongzhi.toml"), "listen = \"nowhere\"\n").unwrap();
    let said = refused(run(folder.path(), &["serve"]), 2);
    assert!(said.contains("gongzhi.toml: listen: `nowhere`"), "{said}");
}

#[test]
fn a_city_is_made_checked_backed_up_and_restored() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let made = json(run(at, &["demo", "--no-serve", "--cases", "80", "--data", "city", "--json"]));
    assert_eq!((made["made"].as_bool(), made["cases"].as_u64()), (Some(true), Some(80)));
    let again = done(run(at, &["demo", "--no-serve", "--data", "city"]));
    assert!(again.contains("already"), "{again}");
    let check = json(run(at, &["check", "--data", "city", "--json"]));
    assert_eq!(check["differing"], 0, "{check}");
    assert!(check["checked"].as_u64().unwrap() > 300, "{check}");

    done(run(at, &["backup", "--data", "city", "city.tar"]));
    let said = refused(run(at, &["backup", "--data", "city", "city.tar"]), 1);
    assert!(said.contains("already there"), "{said}");
    done(run(at, &["restore", "city.tar", "--data", "copy"]));
    let said = refused(run(at, &["restore", "city.tar", "--data", "copy"]), 1);
    assert!(said.contains("not empty") && said.contains("--data"), "{said}");
    // A backup does not hold the key of its personal data.
    let said = refused(run(at, &["check", "--data", "copy"]), 1);
    assert!(said.contains("copy/master.key is not there"), "{said}");
    std::fs::copy(at.join("city/master.key"), at.join("copy/master.key")).unwrap();
    assert_eq!(json(run(at, &["check", "--data", "copy", "--json"]))["checked"], check["checked"]);

    // Another key, another master key: the city says the same.
    let anew = json(run(at, &["keys", "rotate", "--stopped", "--data", "copy", "--json"]));
    assert!(anew["sealed"].as_u64().unwrap() > 100, "{anew}");
    done(run(at, &["keys", "rewrap", "--to", "copy/new.key", "--data", "copy"]));
    let said = refused(run(at, &["check", "--data", "copy"]), 1);
    assert!(said.contains("not the one that sealed"), "{said}");
    std::fs::rename(at.join("copy/new.key"), at.join("copy/master.key")).unwrap();
    assert_eq!(json(run(at, &["check", "--data", "copy", "--json"]))["checked"], check["checked"]);

    let mut bytes = std::fs::read(at.join("city.tar")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(at.join("bad.tar"), bytes).unwrap();
    let said = refused(run(at, &["restore", "bad.tar", "--data", "other"]), 1);
    assert!(said.contains("damaged") && said.contains("gongzhi.sqlite"), "{said}");
    refused(run(at, &["restore", "gone.tar", "--data", "other"]), 1);
    let mut left: Vec<String> = std::fs::read_dir(at)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["bad.tar", "city", "city.tar", "copy"], "nothing half done is left behind");
}

#[test]
fn what_is_not_there_is_not_made_by_asking_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 4] = [
        &["check"],
        &["backup", "x.tar"],
        &["user", "passwd", "wang"],
        &["user", "grant", "wang", "--role", "head", "--organ", "city"],
    ];
    for words in commands {
        let said = refused(run(folder.path(), &[words, &["--data", "nowhere"]].concat()), 1);
        assert!(said.contains("there is no city in nowhere"), "{said}");
    }
    assert!(!folder.path().join("nowhere").exists());

    std::fs::create_dir(folder.path().join("odd")).unwrap();
    std::fs::write(
        folder.path().join("odd/gongzhi.sqlite"),
        "this is no database, but it is long enough to be read as one",
    )
    .unwrap();
    let said = refused(run(folder.path(), &["serve", "--data", "odd", "--listen", "127.0.0.1:0"]), 1);
    assert!(said.contains("--data") || said.contains("restore"), "{said}");
    let said =
        refused(run(folder.path(), &["backup", "--database", "postgres://a:b@localhost/c", "x.tar"]), 1);
    assert!(said.contains("pg_dump") && !said.contains(":b@"), "{said}");
}

#[tokio::test]
async fn somebody_is_added_and_signs_in() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let said = refused(
        run_with_input(
            at,
            &["user", "add", "wang", "--name", "王芳", "--data", "city", "--password-stdin"],
            "short\n",
        ),
        1,
    );
    assert!(said.contains("password"), "{said}");
    let words = [
        "user",
        "add",
        "wang",
        "--name",
        "王芳",
        "--role",
        "administrator",
        "--organ",
        "city",
        "--data",
        "city",
        "--password-stdin",
    ];
    done(run_with_input(at, &words, "a long enough one 7\n"));
    refused(run_with_input(at, &words, "a long enough one 7\n"), 1);
    let said = refused(
        run(at, &["user", "grant", "wang", "--role", "head", "--organ", "nowhere", "--data", "city"]),
        1,
    );
    assert!(said.contains("nowhere"), "{said}");
    let said = refused(run(at, &["user", "passwd", "li", "--data", "city"]), 1);
    assert!(said.contains("nobody signs in as li"), "{said}");

    let flags = [("data", at.join("city").display().to_string()), ("listen", "127.0.0.1:0".to_owned())];
    let config =
        Settings::resolve(Inputs { flags: flags.into(), ..Inputs::default() }).unwrap().config().unwrap();
    let running = Running::start(&config, Vec::new()).await.unwrap();
    let context = running.city.store.world().context(Actor::Visitor, Locale::En);
    let first = running.city.people.sign_in(&context, SignIn::new("wang", "a long enough one 7")).await;
    let Err(Failure::Refused(refusal)) = first else { panic!("staff came in without a second step") };
    assert_eq!(refusal.key, "people-second-factor-first");
    running.stop().await.unwrap();
    let config = Config { second_factor: SecondFactor::Nobody, ..config };
    let running = Running::start(&config, Vec::new()).await.unwrap();
    let people = &running.city.people;
    let wrong = people.sign_in(&context, SignIn::new("wang", "another one 77")).await;
    assert!(matches!(wrong, Err(Failure::Refused(_))));
    let signed_in = people.sign_in(&context, SignIn::new("Wang", "a long enough one 7")).await.unwrap();
    assert!(matches!(signed_in.session.actor, Actor::Administrator { .. }));
    running.stop().await.unwrap();

    done(run_with_input(
        at,
        &["user", "passwd", "wang", "--data", "city", "--password-stdin"],
        "quite another one 9\n",
    ));
    let running = Running::start(&config, Vec::new()).await.unwrap();
    let people = &running.city.people;
    assert!(people.sign_in(&context, SignIn::new("wang", "a long enough one 7")).await.is_err());
    assert!(people.sign_in(&context, SignIn::new("wang", "quite another one 9")).await.is_ok());
    running.stop().await.unwrap();
    assert_eq!(json(run(at, &["check", "--data", "city", "--json"]))["differing"], 0);
}

#[test]
fn areas_come_from_a_file_and_wrong_lines_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let file = "code,name,name_en\n\
        990101001000,梧桐里街道,Wutongli\n\
        990100000000,云澜市,Yunlan\n\
        990101000000,松照区,Songzhao\n\
        99x,什么,\n\
        990109001000,没有上级街道,\n";
    std::fs::write(at.join("areas.csv"), file).unwrap();
    let first = run(at, &["area", "import", "areas.csv", "--data", "city", "--json"]);
    assert_eq!(first.status.code(), Some(1));
    let answer: Vec<Value> =
        serde_json::Deserializer::from_slice(&first.stdout).into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!((&answer[0]["read"], &answer[0]["added"]), (&Value::from(5), &Value::from(3)));
    let lines: Vec<u64> =
        answer[0]["rejected"].as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [5, 6]);
    let said = refused(run(at, &["area", "import", "areas.csv", "--data", "city"]), 1);
    assert!(said.contains("areas.csv:5:"), "{said}");
    std::fs::write(at.join("areas.csv"), &file[..file.find("99x").unwrap()]).unwrap();
    let again = json(run(at, &["area", "import", "areas.csv", "--data", "city", "--json"]));
    assert_eq!((&again["added"], &again["unchanged"]), (&Value::from(0), &Value::from(3)));
    let words = ["area", "import", "areas.csv", "--data", "city", "--with-offices", "--json"];
    assert_eq!(json(run(at, &words))["offices"], 3);
    assert_eq!(json(run(at, &words))["offices"], 0, "a second run establishes nothing twice");
    let words = [
        "user",
        "add",
        "li",
        "--name",
        "李强",
        "--role",
        "handler",
        "--organ",
        "990101001000",
        "--data",
        "city",
        "--password-stdin",
    ];
    done(run_with_input(at, &words, "one for the street 5\n"));
    std::fs::write(at.join("areas.csv"), "a,b\n1,2\n").unwrap();
    let said = refused(run(at, &["area", "import", "areas.csv", "--data", "city"]), 2);
    assert!(said.contains("no column `code`"), "{said}");
}

/// Ends with the test, whatever happens in it.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _waited = self.0.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_demo_serves_prints_its_sign_ins_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let child = program(folder.path())
        .args(["demo", "--cases", "120", "--data", "city", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut served = Served(child);
    let mut lines = BufReader::new(served.0.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    loop {
        let line = lines.next().expect("the demo says more").unwrap();
        let last = line.contains("Ctrl-C");
        said.push(line);
        if last {
            break;
        }
    }
    let said = said.join("\n");
    let address = said.lines().find_map(|line| line.trim().strip_prefix("http://")).unwrap().to_owned();
    for word in [
        "resident",
        "street",
        "department",
        "head",
        "operator",
        "auditor",
        "admin",
        "member",
        "yunlan-demo",
        "city",
        "sample",
    ] {
        assert!(said.contains(word), "{word} is not in {said}");
    }
    assert!(get(&address, "/healthz").starts_with("HTTP/1.1 200"));
    let home = get(&address, "/?lang=zh-CN");
    assert!(home.starts_with("HTTP/1.1 200") && home.contains("云澜市（示例）"), "{home}");
    assert!(get(&address, "/appeals").starts_with("HTTP/1.1 200"));
    let openapi = get(&address, "/api/openapi.json");
    assert!(openapi.contains("/api/v1/appeals"), "{openapi}");

    let asked = Command::new("kill").args(["-TERM", &served.0.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let status = served.0.wait().unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(json(run(folder.path(), &["check", "--data", "city", "--json"]))["differing"], 0);
}

#[test]
fn the_interface_is_described() {
    let folder = tempfile::tempdir().unwrap();
    let document = json(run(folder.path(), &["openapi"]));
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{document}");
    assert!(document["paths"]["/api/v1/appeals"].is_object());
    let version = json(run(folder.path(), &["version", "--json"]));
    assert_eq!(version["gongzhi"], env!("CARGO_PKG_VERSION"));
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
}
