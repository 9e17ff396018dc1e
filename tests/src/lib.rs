//! Tests of the whole. They start the real program, speak HTTP to it, hurt it, and look at what is left.
//!
//! ```text
//! program    start, stop, kill, check the built program; how much memory it holds
//! appeal     appeals over the API: sent, acknowledged, asked for again
//! http       a small keep-alive client
//! load       closed and open loops over it, latencies, what was acknowledged
//! bin/faults what was acknowledged is there afterwards: `make faults`
//! bin/bench  speed and memory as ratios: `make bench`
//! ```

pub mod appeal;
pub mod http;
pub mod load;
pub mod program;
