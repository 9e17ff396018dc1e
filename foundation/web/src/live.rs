//! Live events: what changes on a page while somebody looks at it, by server-sent events.
//!
//! Each topic keeps its last value, so that a page that connects late is right at once. A client that cannot keep up
//! is let go; its browser comes back after [`RETRY`] and gets the last value.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderValue, header};
use tokio::sync::{broadcast, watch};

use crate::answer::WebError;

/// How long a browser waits before it comes back.
pub const RETRY: Duration = Duration::from_secs(5);
/// How often a silent stream says that it lives: proxies cut what is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How many values a slow client may be behind.
const ROOM: usize = 16;

/// The hub. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live(Arc<Hub>);

#[derive(Debug)]
struct Hub {
    topics: RwLock<BTreeMap<String, Arc<Topic>>>,
    open: AtomicUsize,
    most: usize,
    closed: watch::Sender<bool>,
}

#[derive(Debug)]
struct Topic {
    last: Mutex<Option<Arc<str>>>,
    sender: broadcast::Sender<Arc<str>>,
}

impl Live {
    /// A hub with at most so many open streams.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Hub {
            topics: RwLock::new(BTreeMap::new()),
            open: AtomicUsize::new(0),
            most,
            closed: watch::Sender::new(false),
        }))
    }

    /// Declares a topic, such as `city`: only declared topics can be listened to.
    pub fn declare(&self, topic: impl Into<String>) {
        let mut topics = self.0.topics.write().unwrap_or_else(PoisonError::into_inner);
        topics.entry(topic.into()).or_insert_with(|| {
            Arc::new(Topic { last: Mutex::new(None), sender: broadcast::channel(ROOM).0 })
        });
    }

    /// Tells all who listen. `json` is one line of JSON; a topic that nobody has declared is passed over and logged.
    pub fn publish(&self, topic: &str, json: impl Into<Arc<str>>) {
        let Some(topic) = self.topic(topic) else {
            tracing::warn!(topic, "nobody has declared this live topic");
            return;
        };
        let value = json.into();
        // Held while sending, so that one who subscribes sees each value once: as the last one or as the next.
        let mut last = topic.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(Arc::clone(&value));
        // Fails only where nobody listens, which is no failure.
        let _ = topic.sender.send(value);
    }

    /// How many streams are open.
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    /// Ends all streams: the server is stopping.
    pub fn close(&self) {
        self.0.closed.send_replace(true);
    }

    fn topic(&self, name: &str) -> Option<Arc<Topic>> {
        self.0.topics.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The values of a topic, beginning with the last one. `None` for a topic that nobody has declared.
    fn values(&self, name: &str) -> Option<impl Stream<Item = Arc<str>> + use<>> {
        let topic = self.topic(name)?;
        let (first, receiver) = {
            let last = topic.last.lock().unwrap_or_else(PoisonError::into_inner);
            (last.clone(), topic.sender.subscribe())
        };
        let mut closed = self.0.closed.subscribe();
        let rest = stream::unfold(receiver, |mut receiver| async move {
            // Too slow or gone: the stream ends, and the browser comes back for the last value.
            receiver.recv().await.ok().map(|value| (value, receiver))
        });
        let stop = async move {
            // An error means that the hub is gone, which is a stop as well.
            let _ = closed.wait_for(|closed| *closed).await;
        };
        Some(stream::iter(first).chain(rest).take_until(Box::pin(stop)))
    }

    /// The answer to somebody who listens to a topic. Too many streams: 503; an unknown topic: 404.
    pub fn listen(&self, topic: &str) -> Result<Response, WebError> {
        let seat = Seat::take(&self.0)?;
        let values = self.values(topic).ok_or_else(WebError::no_such_page)?;
        let hello = stream::iter([Event::default().retry(RETRY).comment("hello")]);
        let events = hello.chain(values.map(|value| Event::default().data(value))).map(move |event| {
            // The seat lives as long as the stream.
            let _ = &seat;
            Ok::<_, Infallible>(event)
        });
        let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Proxies that buffer would hold the events back.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        Ok(response)
    }
}

/// One of the open streams; counts itself.
#[derive(Debug)]
struct Seat(Arc<Hub>);

impl Seat {
    fn take(hub: &Arc<Hub>) -> Result<Self, WebError> {
        if *hub.closed.borrow() {
            return Err(WebError::busy(5));
        }
        let taken = hub.open.fetch_add(1, Ordering::Relaxed);
        let seat = Self(Arc::clone(hub));
        metrics::gauge!("gongzhi_live_streams").increment(1.0);
        if taken >= hub.most { Err(WebError::busy(30)) } else { Ok(seat) }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("gongzhi_live_streams").decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_who_comes_late_gets_the_last_value_and_then_each_next_one() {
        let live = Live::new(2);
        live.declare("city");
        live.publish("city", "1");
        let mut values = Box::pin(live.values("city").unwrap());
        assert_eq!(&*values.next().await.unwrap(), "1");
        live.publish("city", "2");
        assert_eq!(&*values.next().await.unwrap(), "2");
        live.close();
        assert!(values.next().await.is_none());
    }

    #[tokio::test]
    async fn one_who_is_too_slow_is_let_go() {
        let live = Live::new(2);
        live.declare("city");
        let mut values = Box::pin(live.values("city").unwrap());
        for number in 0..ROOM * 3 {
            live.publish("city", number.to_string());
        }
        assert!(values.next().await.is_none());
    }

    #[tokio::test]
    async fn streams_are_counted_and_bounded() {
        let live = Live::new(1);
        live.declare("city");
        assert_eq!(live.listen("nothing").unwrap_err().status(), 404);
        let first = live.listen("city").unwrap();
        assert_eq!(live.listen("city").unwrap_err().status(), 503);
        assert_eq!(live.open(), 1);
        drop(first);
        assert_eq!(live.open(), 0);
        live.close();
        assert_eq!(live.listen("city").unwrap_err().status(), 503);
    }
}
