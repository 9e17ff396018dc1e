//! Our cut held against jieba's on the same sentences. Ours leaves out words that jieba's list has hardly seen, and
//! knows some that it lacks, so the two are close, not equal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use gongzhi_lexicon::segment;

/// Invented sentences in the manner of messages to a city.
const SENTENCES: &[&str] = &[
    "我家门口的路灯已经坏了两个星期了，晚上老人和孩子出门很不安全，希望有关部门尽快维修。",
    "小区物业公司长期不作为，电梯经常出现故障，业主多次反映没有结果。",
    "请问异地户籍的孩子上小学需要准备哪些材料，什么时候开始报名？",
    "楼下烧烤店每天营业到凌晨三点，油烟和噪音严重影响居民休息。",
    "建议在学校门口增设红绿灯和人行横道，上下学时间车辆太多。",
    "自来水从昨天下午开始发黄，有一股铁锈味，不敢喝也不敢洗衣服。",
    "退休人员的养老金什么时候调整，今年的标准是多少？",
    "人民医院门口的出租车乱停乱放，公交车无法进站，造成交通拥堵。",
    "工地夜间施工到两点，渣土车来回运输，扬尘很大，路面也被压坏了。",
    "社区居委会组织的活动很好，感谢工作人员的辛勤付出。",
    "单位拖欠我们三个月工资，老板电话打不通，请劳动部门帮忙解决。",
    "公园里的健身器材损坏严重，存在安全隐患，希望更换。",
    "我的公积金贷款已经审批通过，但是银行一直没有放款。",
    "河道里漂浮着大量垃圾，天气热的时候臭味很大，没有人清理。",
    "南方的冬天没有集中供暖，建议政府研究一下可行的办法。",
];

#[test]
fn most_boundaries_are_the_same() {
    let jieba = jieba_rs::Jieba::new();
    let (mut same, mut all) = (0_u32, 0_u32);
    for sentence in SENTENCES {
        let plain: String = sentence.chars().filter(|c| c.is_alphanumeric()).collect();
        let ends = |words: Vec<String>| {
            words
                .iter()
                .scan(0, |at, word| {
                    *at += word.len();
                    Some(*at)
                })
                .collect::<BTreeSet<usize>>()
        };
        let ours = ends(segment(&plain));
        let theirs = ends(jieba.cut(&plain, false).iter().map(|token| token.word.to_owned()).collect());
        same += u32::try_from(ours.intersection(&theirs).count()).unwrap();
        all += u32::try_from(ours.union(&theirs).count()).unwrap();
    }
    assert!(f64::from(same) / f64::from(all) > 0.95, "{same} of {all} boundaries");
}
