//! `gongzhi import requests` as somebody at a terminal uses it, on invented rows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn gongzhi(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gongzhi"))
        .current_dir(folder)
        .env_remove("GONGZHI_DATA")
        .env_remove("GONGZHI_DATABASE")
        .env("LC_ALL", "en_US.UTF-8")
        .args(words)
        .output()
        .unwrap()
}

fn import(folder: &Path, file: &str, mapping: &str, more: &[&str]) -> (i32, Value, String) {
    let mut words = vec!["import", "requests", file, "--mapping", mapping, "--data", "city", "--json"];
    words.extend(more);
    let output = gongzhi(folder, &words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // Where rows were rejected a second answer follows with the sentence.
    let answer = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>().next();
    (
        output.status.code().unwrap(),
        answer.and_then(Result::ok).unwrap_or_else(|| panic!("no answer: {said}")),
        said,
    )
}

fn counts(answer: &Value) -> [u64; 4] {
    ["read", "imported", "already_there", "rejected"].map(|name| answer[name].as_u64().unwrap())
}

const BOSTON_COLUMNS: &str = "CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,CASE_STATUS,CLOSURE_REASON,CASE_TITLE,SUBJECT,REASON,\
    TYPE,Department,SubmittedPhoto,Location,neighborhood,LATITUDE,LONGITUDE,Source,Geocoded_Location";

/// Invented requests: two that are fine, one without a time, one with cells missing, one closed before it came in.
fn boston() -> String {
    format!(
        "{BOSTON_COLUMNS}\n\
        9001,07/04/2015 09:15:00 AM,07/08/2015 09:15:00 AM,07/05/2015 02:00:00 PM,Closed,Case Closed Case Resolved lamp replaced,\
        PRINTED,Lamps Department,Lamps,Lamp Out,LAMP,,1 Invented Way,Old Harbour,42.35,-71.05,Constituent Call,\"(42.35, -71.05)\"\n\
        9002,07/04/2015 09:15:00 AM,,,Open,,\"Pothole, \"\"deep\"\"\",Roads Department,Roads,Pothole,ROAD,,,Old Harbour,42.3594,\
        -71.0587,Self Service,\"(0, 0)\"\n\
        9003,,,,Open,,Bin,Roads Department,Roads,Bin,ROAD,,,,42.35,-71.05,Self Service,\"(42.35, -71.05)\"\n\
        9004,07/04/2015 09:15:00 AM,,07/03/2015 09:15:00 AM,Closed,Done,Bin,Roads Department,Roads,Bin,ROAD,,,,42.35,-71.05,Twitter,\
        \"(42.35, -71.05)\"\n\
        9005,07/04/2015\n"
    )
}

#[test]
fn rows_are_imported_once_and_rejected_ones_can_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), boston()).unwrap();

    let (code, answer, _) = import(folder.path(), "a.csv", "boston-311", &["--dry-run"]);
    assert_eq!((code, counts(&answer)), (1, [5, 2, 0, 3]));
    assert!(!folder.path().join("city").exists(), "a dry run writes nothing");

    let (code, answer, said) = import(folder.path(), "a.csv", "boston-311", &[]);
    assert_eq!((code, counts(&answer)), (1, [5, 2, 0, 3]), "{said}");
    let made = |name: &str| answer["made"][name].as_u64().unwrap();
    // The city and Old Harbour; LAMP and ROAD; three levels for the lamp, three for the pothole.
    assert_eq!((made("areas"), made("organs"), made("categories")), (2, 2, 6));

    let (_, answer, _) = import(folder.path(), "a.csv", "boston-311", &[]);
    assert_eq!(counts(&answer), [5, 0, 2, 3], "a second run imports nothing twice");

    let rejected = fs::read_to_string(folder.path().join("a.csv.rejected.tsv")).unwrap();
    let lines: Vec<Vec<&str>> = rejected.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines[0][..3], ["rejected_line", "rejected_because", "CASE_ENQUIRY_ID"]);
    assert_eq!(lines.iter().skip(1).map(|line| line[0]).collect::<Vec<_>>(), ["4", "5", "6"]);
    assert!(rejected.contains("submitted: is empty"), "{rejected}");
    assert!(rejected.contains("is before submitted"), "{rejected}");
    assert!(lines.iter().all(|line| line.len() == lines[0].len()), "every line has all columns");

    // Mended: a time for 9003, a later closing for 9004; 9005 stays as it is.
    let mended =
        rejected.replace("9003\t\t", "9003\t07/04/2015 10:00:00 AM\t").replace("07/03/2015", "07/06/2015");
    fs::write(folder.path().join("mended.tsv"), mended).unwrap();
    let (code, answer, _) = import(folder.path(), "mended.tsv", "boston-311", &[]);
    assert_eq!((code, counts(&answer)), (1, [3, 2, 0, 1]));
    let again = fs::read_to_string(folder.path().join("mended.tsv.rejected.tsv")).unwrap();
    assert_eq!(
        again.lines().next(),
        rejected.lines().next(),
        "the columns of rejected rows are not added twice"
    );

    let check = gongzhi(folder.path(), &["check", "--data", "city", "--json"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}

#[test]
fn messages_in_chinese_keep_their_text_and_times() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "msg_id\tuser\ttime\treply_time\ttitle\tbody\treply\n\
        1\tU1\t2026-03-01 09:30:00\t2026-03-05 10:00:00\t投诉某小区夜间施工\t每晚施工到两点，\\n无法入睡。\t已责令停工。\n\
        2\tU2\t2026-03-01 09:30:00\t\t咨询公积金如何提取\t请问需要哪些材料？\t\n";
    fs::write(folder.path().join("m.tsv"), rows).unwrap();
    let (code, answer, said) = import(folder.path(), "m.tsv", "messages-zh", &[]);
    assert_eq!((code, counts(&answer)), (0, [2, 2, 0, 0]), "{said}");
    assert_eq!(answer["rejected_file"], Value::Null);
    assert!(!folder.path().join("m.tsv.rejected.tsv").exists());
}

#[test]
fn new_york_is_read_from_both_kinds_of_export() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("download.csv"),
        "Unique Key,Created Date,Closed Date,Agency,Agency Name,Complaint Type,Descriptor,Location Type,Incident Zip,\
         Incident Address,City,Status,Due Date,Resolution Description,Resolution Action Updated Date,Community Board,Borough,\
         Open Data Channel Type,Latitude,Longitude\n\
         70001,03/01/2024 11:05:00 PM,03/02/2024 01:00:00 AM,ABCD,Invented Agency,Noise - Invented,Loud Music,Street,10000,\
         1 INVENTED AVENUE,NEW YORK,Closed,,The agency came.,03/02/2024 01:00:00 AM,01 INVENTED,INVENTED,ONLINE,40.7,-74.0\n",
    )
    .unwrap();
    fs::write(
        folder.path().join("interface.csv"),
        "unique_key,created_date,closed_date,agency,complaint_type,descriptor,status,borough,latitude,longitude\n\
         70001,2024-03-01T23:05:00.000,2024-03-02T01:00:00.000,ABCD,Noise - Invented,Loud Music,Closed,INVENTED,40.7,-74.0\n\
         70002,2024-03-01T23:05:00.000,,ABCD,Noise - Invented,,Assigned,Unspecified,,\n\
         70003,2024-03-01T23:05:00.000,,ABCD,Noise - Invented,,Closed,Unspecified,,\n",
    )
    .unwrap();
    let (code, answer, said) = import(folder.path(), "download.csv", "nyc-311", &[]);
    assert_eq!((code, counts(&answer)), (0, [1, 1, 0, 0]), "{said}");
    // The first is there already; the last is closed, but nothing says when: it is told, not guessed.
    let (_, answer, _) = import(folder.path(), "interface.csv", "nyc-311", &[]);
    assert_eq!(counts(&answer), [3, 1, 1, 1]);
}

#[test]
fn what_is_asked_wrongly_is_answered_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "A,B\n1,2\n").unwrap();
    fs::write(folder.path().join("bad.toml"), "source = \"x\"\n[row]\nkye = \"{A}\"\n").unwrap();
    fs::write(folder.path().join("table.xlsx"), b"PK\x03\x04rest").unwrap();
    for (words, parts) in [
        (&["a.csv", "--mapping", "bostn"][..], &["no mapping bostn", "boston-311 (", "nyc-311"][..]),
        (&["a.csv", "--mapping", "boston-311"], &["row.key", "CASE_ENQUIRY_ID", "“A”, “B”"]),
        (&["a.csv", "--mapping", "bad.toml"], &["line 3", "kye", "--help"]),
        (&["none.csv", "--mapping", "boston-311"], &["cannot read none.csv"]),
        (&["table.xlsx", "--mapping", "boston-311"], &["save it", "CSV"]),
        (&["--mapping", "boston-311"], &["FILE"]),
    ] {
        let mut command = vec!["import", "requests", "--data", "city"];
        command.extend(words);
        let output = gongzhi(folder.path(), &command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{words:?}");
        for part in parts {
            assert!(said.contains(part), "{words:?}: {said}");
        }
        assert!(!folder.path().join("city").exists(), "{words:?} made a city");
    }
    let shown = gongzhi(folder.path(), &["import", "requests", "--mapping", "nyc-311", "--show-mapping"]);
    assert!(
        shown.status.success() && String::from_utf8_lossy(&shown.stdout).contains("source = \"nyc-311\"")
    );
}
