//! What can be asked about public logs.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be done with a public log.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Fetch a whole log, rebuild its tree from the entries and compare everything with what was signed
    #[command(after_help = "\
The log is an address, such as https://city.example/ledger, or a folder with a copy of one. Nothing is believed but the
key; name one that you wrote down earlier or got from somebody else. With an older checkpoint it is also seen whether
what stood in the log then still stands there. Keep the checkpoint that --keep writes for the next time.

Examples:
  gongzhi ledger verify https://city.example/ledger --keep today.checkpoint
  gongzhi ledger verify https://city.example/ledger --key key.txt --old yesterday.checkpoint
  gongzhi ledger verify https://city.example/ledger --key key.txt --witness congress.txt --witness paper.txt --quorum 1
  gongzhi ledger verify ./copy-of-the-log --key 'city.example/ledger+158f3a01+AZac…'")]
    Verify(LedgerVerifyArgs),
    /// Check a receipt without a network
    #[command(after_help = "\
Examples:
  gongzhi ledger prove entry-12345.tlog-proof --key key.txt
  gongzhi ledger prove entry-12345.tlog-proof --key key.txt --witness congress.txt --json")]
    Prove(LedgerProveArgs),
    /// Compute the indicators of a city from its public log alone
    #[command(after_help = "\
The log is verified first, as `gongzhi ledger verify` does; then every case is followed through its entries. A deadline and
its keeping are both entries, and so are the rulebooks with their weights, so that nothing is asked of the city but the
log. What comes out is what its dashboard shows, month by month. docs/INDICATORS.md has the formulas.

Examples:
  gongzhi ledger indicators https://city.example/ledger
  gongzhi ledger indicators ./copy-of-the-log --key key.txt --json | jq '.months[-1].rates'")]
    Indicators(LedgerIndicatorsArgs),
    /// Sign the checkpoints of logs, each only after it was seen to continue the last
    #[command(after_help = "\
A witness needs no city and no database: a key and, for each log, the last checkpoint that it has signed, in one small
folder. It is never copied or restored: one that has forgotten what it signed could be made to sign a fork. Tell the city
the key that it prints and its address; the city writes both into its setting `witnesses`. Put a server that speaks
https in front of it. GET / answers with the key and with how many entries of each log were signed.

Examples:
  gongzhi ledger witness --name congress.example/witness --follow city-key.txt --folder ./witness
  gongzhi ledger witness --name paper.example/w --follow key-1.txt --follow key-2.txt --listen 127.0.0.1:8090")]
    Witness(LedgerWitnessArgs),
    /// Give the log of this city another key; for a while both sign, and the log itself tells of it
    #[command(after_help = "\
Stop the city first. The new key is made in the folder of the old one; where the setting `ledger_signer` names a command,
it is the key of that command. From the next start every checkpoint carries both signatures, so that whoever has kept the
old key goes on verifying. Give them some months to take the new one, then end it.

Examples:
  gongzhi ledger rotate --data ./city
  gongzhi ledger rotate --end --data ./city                     the old key signs no longer
  GONGZHI_LEDGER_SIGNER='/usr/local/bin/token-sign --slot 3' gongzhi ledger rotate --data ./city")]
    Rotate {
        /// End the time in which both sign
        #[arg(long)]
        end: bool,
    },
    /// Freeze the log of this city and begin its successor, whose first entry names it
    #[command(after_help = "\
For a city whose database was restored to an older state, or whose key is lost: its log refuses to go on, since that would
fork it. Stop the city first. The old key and what was signed last are put aside as key.frozen-N and guard.frozen-N.

Examples:
  gongzhi ledger successor --data ./city")]
    Successor,
}

/// Which log, and what is known of it.
#[derive(Debug, Args)]
pub struct LedgerVerifyArgs {
    /// Address or folder of the log
    #[arg(value_name = "URL|DIR")]
    pub log: String,
    /// The key of the log, or a file with it; else the log's own word is taken for it
    #[arg(long, value_name = "KEY|FILE")]
    pub key: Option<String>,
    /// A checkpoint that was kept earlier
    #[arg(long, value_name = "CHECKPOINT")]
    pub old: Option<PathBuf>,
    /// The key of a witness that must stand behind the log, or a file with it; may be given more than once
    #[arg(long, value_name = "KEY|FILE")]
    pub witness: Vec<String>,
    /// How many of those witnesses must stand behind it [default: all]
    #[arg(long, value_name = "NUMBER", requires = "witness")]
    pub quorum: Option<usize>,
    /// Write the checkpoint here, if everything is as it should be
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,
}

/// Of which log.
#[derive(Debug, Args)]
pub struct LedgerIndicatorsArgs {
    /// Address or folder of the log
    #[arg(value_name = "URL|DIR")]
    pub log: String,
    /// The key of the log, or a file with it; else the log's own word is taken for it
    #[arg(long, value_name = "KEY|FILE")]
    pub key: Option<String>,
}

/// Which receipt.
#[derive(Debug, Args)]
pub struct LedgerProveArgs {
    /// The receipt
    pub receipt: PathBuf,
    /// The key of the log, or a file with it
    #[arg(long, value_name = "KEY|FILE")]
    pub key: String,
    /// The key of a witness that must stand behind it, or a file with it; may be given more than once
    #[arg(long, value_name = "KEY|FILE")]
    pub witness: Vec<String>,
    /// How many of those witnesses must stand behind it [default: all]
    #[arg(long, value_name = "NUMBER", requires = "witness")]
    pub quorum: Option<usize>,
}

/// Which witness, of which logs.
#[derive(Debug, Args)]
pub struct LedgerWitnessArgs {
    /// Its name: an address without https://, that will not change
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// The key of a log that it follows, or a file with it; may be given more than once
    #[arg(long = "follow", value_name = "KEY|FILE", required = true)]
    pub follow: Vec<String>,
    /// Its folder: key and memory
    #[arg(long, value_name = "DIR", default_value = "witness")]
    pub folder: PathBuf,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    pub listen: SocketAddr,
}
