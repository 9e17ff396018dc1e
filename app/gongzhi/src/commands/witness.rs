//! `gongzhi ledger witness`: signs the checkpoints of logs, each only after it was seen to continue the last.

use std::sync::Arc;

use gongzhi_kernel::World;
use gongzhi_ledger::log::VerifierKey;
use gongzhi_ledger::witness::{Witness, routes};
use tokio::net::TcpListener;

use super::ledger::key;
use crate::cli::LedgerWitnessArgs;
use crate::say::{self, Trouble};

pub(crate) async fn run(args: &LedgerWitnessArgs, json: bool) -> Result<(), Trouble> {
    let logs: Vec<VerifierKey> = args.follow.iter().map(|given| key(given)).collect::<Result<_, _>>()?;
    if let Some(witness) = logs.iter().find(|key| key.is_witness()) {
        return Err(Trouble::asked(format!("{witness} is the key of a witness"))
            .way_out("name the key of a log; it lies at its address under /key"));
    }
    let witness = Arc::new(Witness::open(&args.folder, &args.name, logs, World::system())?);
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        Trouble::new(format!("cannot listen on {}: {error}", args.listen))
            .way_out("name another address with --listen; port 0 takes a free one")
    })?;
    let address = listener.local_addr()?;
    let (vkey, followed) = (witness.verifier().to_string(), witness.logs()?);
    if json {
        let logs: Vec<_> = followed
            .iter()
            .map(|(origin, size)| serde_json::json!({ "origin": origin, "signed": size }))
            .collect();
        say::json(&serde_json::json!({ "address": format!("http://{address}"), "key": vkey, "logs": logs }))?;
    } else {
        say::line(format_args!("{vkey} http://{address}"));
        for (origin, size) in followed {
            say::aside(format_args!("follows {origin}, of which it has signed {size} entries"));
        }
    }
    let stop = async {
        if let Err(error) = gongzhi_web::asked_to_stop().await {
            tracing::error!(%error, "signals cannot be heard; the witness ends");
        }
    };
    gongzhi_web::serve_router(listener, routes(witness), None, || (), stop)
        .await
        .map_err(|error| Trouble::new(format!("the witness stopped: {error}")))
}
