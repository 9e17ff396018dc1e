//! The commands, one file each: ask what is needed, call the house, say what came of it.

pub(crate) mod area;
pub(crate) mod backup;
pub(crate) mod ballot;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod indicators;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod openapi;
pub(crate) mod opinion;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod user;
pub(crate) mod version;
pub(crate) mod witness;
