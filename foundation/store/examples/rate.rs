//! How many small units of work the embedded engine makes durable in a second, with 64 and 512 callers.
//! With the argument `postgres` a private server instead, whose disk need not be waited for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::cast_precision_loss)]

use std::time::Instant;

use gongzhi_kernel::{Actor, Fault, NewEvent, Subject, kinds};
use gongzhi_store::testing;

#[tokio::main]
async fn main() {
    let on_server = std::env::args().any(|argument| argument == "postgres");
    let store = if on_server { testing::postgres(&[]).await } else { testing::sqlite(&[]).await }.unwrap();
    let tokens: Vec<String> = "小区 门口 路灯 坏 三天 没人 修 晚上 老人 出门 不 方便 幸福 街道 阳光 社区"
        .split(' ')
        .map(str::to_owned)
        .collect();
    let total = if on_server { 8_000 } else { 80_000 };
    for (callers, total) in [(64, total / 2), (512, total)] {
        let begun = Instant::now();
        let tasks: Vec<_> = (0..callers)
            .map(|_| {
                let store = (*store).clone();
                let tokens = tokens.clone();
                tokio::spawn(async move {
                    for _ in 0..total / callers {
                        let tokens = tokens.clone();
                        store
                            .write(move |tx| {
                                let id = tx.world().ids.next::<kinds::Appeal>(testing::start());
                                for revision in 1..=2 {
                                    tx.record(NewEvent {
                                        kind: "test.done",
                                        subject: Subject::new("test", id),
                                        revision,
                                        at: testing::start(),
                                        actor: Actor::System,
                                        public: serde_json::json!({"category": 12, "area": 34, "organ": 56}),
                                        sealed: Some(serde_json::json!({"text": "小区门口的路灯坏了三天没人修", "name": "某某"})),
                                    })?;
                                }
                                tx.schedule("test.later", id.get(), testing::start())?;
                                tx.index_text(id.get(), &tokens)?;
                                Ok::<_, Fault>(())
                            })
                            .await
                            .unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        println!("{callers} callers: {:.0} units/s", f64::from(total) / begun.elapsed().as_secs_f64());
    }
}
