//! What only the whole house can show: who may do what, which routes there are, and that all texts are there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gongzhi::compose;
use gongzhi::config::{Inputs, Settings};
use gongzhi::sample::{self, Seeding};
use gongzhi_kernel::{Locale, World};
use gongzhi_people::matrix;
use gongzhi_web::Texts;

#[test]
fn who_may_do_what() {
    let cases: Vec<_> = matrix::cases().into_iter().chain(gongzhi_appeals::matrix_cases()).collect();
    let table = matrix::print(&compose::policies().unwrap(), &cases);
    assert!(!table.contains("without a case"), "{table}");
    insta::assert_snapshot!("matrix", table);
}

#[tokio::test]
async fn which_routes_there_are_and_who_may_come() {
    let folder = tempfile::tempdir().unwrap();
    let flags = [("data", folder.path().join("city").display().to_string())];
    let config =
        Settings::resolve(Inputs { flags: flags.into(), ..Inputs::default() }).unwrap().config().unwrap();
    let store = compose::open(&config, World::system()).await.unwrap();
    let city = compose::compose(store, &config, config.listen, Vec::new()).await.unwrap();
    let table: Vec<String> = city.app.routes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("routes", table.join("\n"));

    // Every operation of the interface is described, and nothing is described that is not there.
    let document = serde_json::to_value(&*city.app.openapi).unwrap();
    let mut described: Vec<String> = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            if ["get", "post", "put", "delete", "patch"].contains(&method.as_str()) {
                described.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    let served: Vec<String> = city
        .app
        .routes
        .iter()
        .filter(|route| route.path.starts_with("/api/v1/"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    for operation in &served {
        assert!(described.contains(operation), "{operation} is not described");
    }
    for operation in described.iter().filter(|operation| operation.contains("/api/v1/")) {
        assert!(served.contains(operation), "{operation} is described and not served");
    }
}

#[test]
fn every_refusal_has_its_sentence_in_both_languages() {
    let texts = Texts::new(&compose::texts()).unwrap();
    assert_eq!(texts.check(), [] as [&str; 0]);
    for key in gongzhi_appeals::refusals() {
        assert!(texts.has(key), "there is no sentence for {key}");
        for locale in Locale::ALL {
            assert_ne!(texts.t(locale, key), key, "{key} says nothing in {}", locale.tag());
        }
    }
}

#[tokio::test]
async fn the_sample_city_lives_on_a_server_too() {
    let store = gongzhi_store::testing::postgres(&compose::migrations()).await.unwrap();
    assert!(sample::is_empty(&store).await.unwrap());
    let made = sample::seed(&store, Seeding { cases: 150, seed: 7 }, |_, _| ()).await.unwrap();
    assert_eq!(made.cases, 150);
    for report in [
        store.read(|tx| gongzhi_people::check(tx)).await.unwrap(),
        store.read(|tx| gongzhi_appeals::check(tx)).await.unwrap(),
    ] {
        assert!(report.checked > 100 && report.differences.is_empty(), "{:?}", report.differences);
    }
}
