//! Any bytes as a Polis export: refused with a sentence, or read with its faulty lines named and mapped. Never a panic,
//! never a number that is none.
#![no_main]

use gongzhi_opinion::{Map, Moderation, Options, Stability, parity, picture, polis};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let moderation = match polis::read_statements(bytes) {
        Ok(statements) => statements.moderation(),
        Err(refused) => {
            assert!(!refused.to_string().is_empty());
            Moderation::default()
        }
    };
    let whole = polis::read(bytes);
    let mut reader = polis::Reader::default();
    let parts = bytes.chunks(7).try_for_each(|part| reader.push(part)).and_then(|()| reader.finish());
    assert_eq!(parts, whole);
    let export = match whole {
        Ok(export) => export,
        Err(refused) => {
            assert!(!refused.to_string().is_empty());
            return;
        }
    };
    assert!(export.faulty == 0 || !export.faults.is_empty());
    assert!(export.faults.iter().all(|fault| fault.line > 0 && !fault.reason.is_empty()));
    let votes = &export.votes;
    if votes.people().len() > 200 || votes.statements().len() > 200 {
        return;
    }
    let options = Options::default();
    let map = Map::of(votes, &moderation, &options);
    for map in [&map, &parity::map(votes, &moderation, &mut parity::State::default())] {
        assert!(map.people.iter().all(|place| place.x.is_finite() && place.y.is_finite()));
        assert!(map.statements.iter().all(|one| one.bridging.is_finite() && one.priority.is_finite()));
        assert!(map.silhouette.is_finite());
        assert!(!picture::svg(map, "map").contains("NaN"));
        let _drawn = picture::text(map, 40);
    }
    let stability = Stability::of(votes, &moderation, &options, &map, 2);
    assert!((0.0..=1.0).contains(&stability.keep_group));
    for place in &map.people {
        assert!(map.standing(votes, place.person).is_some());
    }
});
