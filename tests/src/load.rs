//! Load: closed loops (as fast as the answers come) and open loops (as fast as the world asks).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::http::{Answer, Client};

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests whose connection broke: what became of them is unknown.
    pub broken: u64,
    /// Latencies in microseconds, sorted.
    pub latencies: Vec<u32>,
    /// What `keep` kept of the answers.
    pub kept: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    /// Answers with this status.
    pub fn count(&self, status: u16) -> u64 {
        self.statuses.get(&status).copied().unwrap_or(0)
    }

    /// Answers in all.
    pub fn answered(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Answers with this status in a second.
    pub fn per_second(&self, status: u16) -> f64 {
        self.count(status) as f64 / self.took.as_secs_f64()
    }

    /// The latency below which this share of the answers came, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = ((last as f64) * share).round() as usize;
        self.latencies.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }

    fn merge(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.broken += other.broken;
        self.latencies.extend(other.latencies);
        self.kept.extend(other.kept);
    }

    fn note(&mut self, answer: &Answer, since: Instant, kept: Option<String>) {
        *self.statuses.entry(answer.status).or_default() += 1;
        self.latencies.push(u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX));
        self.kept.extend(kept);
    }
}

/// Makes the bytes of request number `n`.
pub type Request = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;
/// Decides what to keep of the answer to request number `n`.
pub type Keep = Arc<dyn Fn(u64, &Answer) -> Option<String> + Send + Sync>;

/// A run to come.
#[derive(Clone)]
pub struct Load {
    /// Of the server.
    pub address: SocketAddr,
    /// How many connections.
    pub connections: usize,
    /// When it ends.
    pub length: Duration,
    /// The bytes of request number `n`.
    pub request: Request,
    /// What to keep of an answer to request number `n`.
    pub keep: Keep,
}

impl std::fmt::Debug for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Load")
            .field("address", &self.address)
            .field("connections", &self.connections)
            .finish()
    }
}

impl Load {
    /// Requests over this many connections for so long; nothing of the answers is kept.
    pub fn new(
        address: SocketAddr,
        connections: usize,
        length: Duration,
        request: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self { address, connections, length, request: Arc::new(request), keep: Arc::new(|_, _| None) }
    }

    /// With what to keep of the answers.
    #[must_use]
    pub fn keeping(mut self, keep: impl Fn(u64, &Answer) -> Option<String> + Send + Sync + 'static) -> Self {
        self.keep = Arc::new(keep);
        self
    }

    /// Closed loop: every connection sends its next request when it has its answer. A connection that broke is
    /// opened again after a moment.
    pub fn closed(&self) -> Outcome {
        self.run(None)
    }

    /// Open loop: request `n` is due at `n / rate`, whether or not earlier ones have been answered, and its latency
    /// counts from then. So a stall is paid by all that it made wait.
    pub fn open(&self, rate: f64) -> Outcome {
        self.run(Some(rate))
    }

    fn run(&self, rate: Option<f64>) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let next = Arc::new(AtomicU64::new(0));
            let begin = Instant::now();
            let workers: Vec<_> = (0..self.connections)
                .map(|_| tokio::spawn(worker(self.clone(), Arc::clone(&next), begin, rate)))
                .collect();
            let mut all = Outcome::default();
            for worker in workers {
                all.merge(worker.await.expect("a worker ends"));
            }
            all.took = begin.elapsed();
            all.latencies.sort_unstable();
            all
        })
    }
}

async fn worker(load: Load, next: Arc<AtomicU64>, begin: Instant, rate: Option<f64>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut client = Client::new(load.address);
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let due = match rate {
            None => Instant::now(),
            Some(rate) => begin + Duration::from_secs_f64(number as f64 / rate),
        };
        if due.duration_since(begin) >= load.length {
            return outcome;
        }
        if rate.is_some() {
            tokio::time::sleep_until(due.into()).await;
        }
        let request = (load.request)(number);
        match client.send(&request).await {
            Ok(answer) => {
                let kept = (load.keep)(number, &answer);
                outcome.note(&answer, due, kept);
            }
            Err(_) => {
                outcome.broken += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}
