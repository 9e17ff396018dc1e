//! Appeals (诉求): report → dispatch → act → answer → appraise. The heart of the platform.

pub mod catalogue;
pub mod events;
pub mod model;
pub mod rulebook;
pub mod rules;
