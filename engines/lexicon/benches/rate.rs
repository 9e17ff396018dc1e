//! How fast texts become tokens. `cargo bench -p gongzhi-lexicon`
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use gongzhi_lexicon::{fold, segment, tokens_for_index, tokens_for_query, warm_up};

const TEXT: &str = "家住梅溪湖街道景蓉华苑３栋的业主反映：小区门口的渣土车每天夜间施工，噪音扰民严重，路灯坏了三个月也没有人来修，\
                    多次打电话给物业公司和居委会都没有结果，孩子上学要绕很远的路，希望有关部门尽快处理，谢谢。编号GZ-2026，电话12345。";

fn main() {
    let memory = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")).map_or("unknown", str::trim).to_owned()
    };
    println!("memory before: {}", memory());
    let start = Instant::now();
    warm_up();
    println!("warm up: {:?}; memory after: {}", start.elapsed(), memory());
    println!("text: {} characters, {} tokens", TEXT.chars().count(), tokens_for_index(TEXT).len());
    rate("fold", || drop(black_box(fold(black_box(TEXT)))));
    rate("tokens_for_index", || drop(black_box(tokens_for_index(black_box(TEXT)))));
    rate("segment", || drop(black_box(segment(black_box(TEXT)))));
    rate("tokens_for_query", || drop(black_box(tokens_for_query(black_box("请问景蓉华苑路灯怎么报修")))));
    println!("memory at the end: {}", memory());
}

fn rate(name: &str, mut run: impl FnMut()) {
    let start = Instant::now();
    let mut runs = 0_u32;
    while start.elapsed().as_millis() < 1000 {
        for _ in 0..100 {
            run();
        }
        runs += 100;
    }
    println!("{name}: {:.0} a second", f64::from(runs) / start.elapsed().as_secs_f64());
}
