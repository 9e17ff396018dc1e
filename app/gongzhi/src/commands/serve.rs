//! `gongzhi serve`: a city over HTTP.

use gongzhi_kernel::World;
use gongzhi_web::DemoSignIn;

use crate::compose;
use crate::config::Config;
use crate::say::Trouble;

pub(crate) async fn run(config: &Config) -> Result<(), Trouble> {
    let store = compose::open(config, World::system()).await?;
    serve(store, config, Vec::new(), |_| ()).await
}

/// Serves until Ctrl-C or SIGTERM; `ready` is told the address as soon as it takes connections.
pub(crate) async fn serve(
    store: gongzhi_store::Store,
    config: &Config,
    demo: Vec<DemoSignIn>,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), Trouble> {
    let listener = compose::listen(config).await?;
    let address = listener.local_addr()?;
    let city = compose::compose(store, config, address, demo).await?;
    let place = config.place.to_string();
    tracing::info!(%address, data = place, version = env!("CARGO_PKG_VERSION"), "serving");
    ready(address);
    compose::run(&city, listener, async {
        if let Err(error) = gongzhi_web::asked_to_stop().await {
            tracing::error!(%error, "cannot hear signals; stopping");
        }
    })
    .await
}
