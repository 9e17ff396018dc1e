//! Appeals over the API, as a load of them: what is sent, what is acknowledged, and how to ask for it again.

use std::net::SocketAddr;

use serde_json::json;

use crate::http::{self, Answer, Client};

const PLACES: [&str; 6] = ["东门", "菜市场", "小学门口", "地铁口", "老年食堂", "停车场"];
const TROUBLES: [&str; 6] = [
    "夜里施工，声音很大，老人睡不着",
    "路灯坏了三盏，晚上看不清路",
    "垃圾桶满了两天没有人清，味道很重",
    "下水道堵了，污水流到人行道上",
    "电梯停了一周，楼上的老人下不来",
    "消防通道停满了车，救护车进不来",
];

/// What is acknowledged: the key it was sent with, its number and its tracking code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Of which run and request.
    pub key: String,
    /// Its number.
    pub number: String,
    /// Its secret tracking code.
    pub code: String,
}

/// The body of request `n`: about a hundred characters of Chinese, different for every `n`.
pub fn body(n: u64, choices: &Choices) -> String {
    let pick = |list: &[&'static str; 6], by: u64| list[usize::try_from(by % 6).unwrap_or(0)];
    let place = pick(&PLACES, n);
    let trouble = pick(&TROUBLES, n / 6);
    json!({
        "kind": "complaint",
        "category": Choices::pick(&choices.categories, n),
        "area": Choices::pick(&choices.areas, n / 3),
        "title": format!("{place}{}", trouble.split('，').next().unwrap_or(trouble)),
        "text": format!("{place}附近，{trouble}。已经是第{}次了，给物业和居委会都打过电话，一直没有人来处理，请尽快派人来看一看，谢谢。编号{n}。", n % 9 + 1),
    })
    .to_string()
}

/// The bytes of the request that submits appeal `n` of a run.
pub fn submit(run: &str, n: u64, choices: &Choices) -> Vec<u8> {
    http::post_json("/api/v1/appeals", &format!("{run}-{n}"), &body(n, choices))
}

/// The bytes of the request that asks for an appeal by number and tracking code.
fn track(one: &Acknowledged) -> Vec<u8> {
    let body = json!({ "number": one.number, "tracking_code": one.code }).to_string();
    http::post_json("/api/v1/appeals/track", "", &body)
}

/// What an answer acknowledges, as one line that a load run can keep.
pub fn keep(run: &str, n: u64, answer: &Answer) -> Option<String> {
    if answer.status != 201 {
        return None;
    }
    let receipt = answer.json();
    let number = text(&receipt["number"])?;
    let code = text(&receipt["tracking_code"])?;
    Some(format!("{run}-{n}\t{number}\t{code}"))
}

fn text(value: &serde_json::Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|number| format!("{number:016}")))
}

/// The lines of [`keep`] as they were.
pub fn acknowledged(kept: &[String]) -> Vec<Acknowledged> {
    kept.iter()
        .map(|line| {
            let mut parts = line.split('\t').map(str::to_owned);
            let mut next = || parts.next().expect("key, number, code");
            Acknowledged { key: next(), number: next(), code: next() }
        })
        .collect()
}

/// What appeals of a city may name.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Codes of categories at the ends of their tree.
    pub categories: Vec<String>,
    /// Ids of communities.
    pub areas: Vec<String>,
}

impl Choices {
    /// Those of the city that serves here.
    ///
    /// # Panics
    /// Where it has none.
    pub fn of(address: SocketAddr) -> Self {
        let list = |path: &str| {
            let answer = once(address, http::get(path));
            let items = answer.json()["items"].as_array().cloned().unwrap_or_default();
            assert!(!items.is_empty(), "{path}: {} {}", answer.status, answer.text());
            items
        };
        let categories = list("/api/v1/categories");
        let leaf = |item: &serde_json::Value| !categories.iter().any(|other| other["parent"] == item["id"]);
        let codes =
            categories.iter().filter(|item| leaf(item)).filter_map(|item| text(&item["code"])).collect();
        let areas = list("/api/v1/areas");
        let communities = areas
            .iter()
            .filter(|item| item["level"] == "community")
            .filter_map(|item| text(&item["id"]))
            .collect();
        Self { categories: codes, areas: communities }
    }

    fn pick(list: &[String], n: u64) -> Option<&String> {
        let many = u64::try_from(list.len()).unwrap_or(0).max(1);
        list.get(usize::try_from(n % many).unwrap_or(0))
    }
}

/// One request.
///
/// # Panics
/// Where no answer comes.
pub fn once(address: SocketAddr, request: Vec<u8>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { Client::new(address).send(&request).await }).expect("an answer")
}

/// How many of these the city no longer knows, or knows under another number: everything is asked for by number and
/// tracking code, and the last hundred are sent again with their keys, which must give the same receipts.
///
/// # Panics
/// Where the city does not answer.
pub fn lost(address: SocketAddr, choices: &Choices, all: &[Acknowledged]) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut client = Client::new(address);
        let mut lost = 0;
        for (at, one) in all.iter().enumerate() {
            let answer = client.send(&track(one)).await.expect("an answer");
            if answer.status == 404 {
                lost += 1;
                continue;
            }
            assert_eq!(answer.status, 200, "{}", answer.text());
            if at + 100 >= all.len() {
                let (run, n) = one.key.rsplit_once('-').expect("run-n");
                let again = submit(run, n.parse().expect("n"), choices);
                let answer = client.send(&again).await.expect("an answer");
                let receipt = answer.json();
                let same = text(&receipt["number"]).as_deref() == Some(&one.number);
                if !same {
                    eprintln!("{} was {} and is now {}", one.key, one.number, answer.text());
                    lost += 1;
                }
            }
        }
        lost
    })
}
