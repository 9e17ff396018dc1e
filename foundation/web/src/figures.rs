//! Figures for operators: the recorder behind the `metrics` macros, and their text form for Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Seconds: from a page out of memory to one that is too slow.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Installs the recorder of this process, once. `None` where another one was installed before.
fn handle() -> Option<&'static PrometheusHandle> {
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder =
                match builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS) {
                    Ok(builder) => builder,
                    Err(error) => {
                        tracing::error!(%error, "figures are kept without buckets");
                        PrometheusBuilder::new()
                    }
                };
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            match metrics::set_global_recorder(recorder) {
                Ok(()) => Some(handle),
                Err(error) => {
                    tracing::warn!(%error, "figures go to another recorder");
                    None
                }
            }
        })
        .as_ref()
}

/// Begins to keep figures. Call it before the first one is counted.
pub fn keep_figures() {
    if handle().is_some() {
        metrics::describe_counter!("gongzhi_http_requests_total", "Requests by method, route and status");
        metrics::describe_histogram!(
            "gongzhi_http_seconds",
            metrics::Unit::Seconds,
            "How long requests took, by route"
        );
        metrics::describe_gauge!("gongzhi_live_streams", "Open streams of live events");
        metrics::describe_counter!("gongzhi_texts_missing_total", "Texts asked for that do not exist");
    }
}

/// The figures in Prometheus' text form; empty where another recorder has them.
pub fn figures() -> String {
    handle().map(PrometheusHandle::render).unwrap_or_default()
}

/// Folds what was measured into the buckets; to be called every few seconds.
pub(crate) fn fold() {
    if let Some(handle) = handle() {
        handle.run_upkeep();
    }
}
