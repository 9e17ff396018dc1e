//! The words of `gongzhi keys`.

use clap::Subcommand;

/// What can be done with the keys that seal personal data.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a new key and seal all personal data anew with it, while the city is being served
    #[command(after_help = "\
Telephones, addresses, secrets and the personal parts of the journal are sealed with keys that lie in the database, wrapped
by a master key that does not. A new key is laid down a minute before it is used, so that every process has read it; older
keys go on opening what they have sealed. A city whose data is not sealed yet is sealed by the same command.

Examples:
  gongzhi keys rotate --data ./city
  gongzhi keys rotate --data ./city --stopped")]
    Rotate {
        /// The city is not being served: do not wait for other processes
        #[arg(long)]
        stopped: bool,
    },
    /// Wrap the keys by another master key; the data stays as it is
    #[command(after_help = "\
The new master key is read from a file of 64 hexadecimal digits, which is made if it is not there, or from what a command
prints. Stop the city first, and name the new key with the setting `keys` before it is served again.

Examples:
  gongzhi keys rewrap --to /etc/gongzhi/master.key --data ./city
  gongzhi keys rewrap --to 'command:vault read -field=key secret/gongzhi'")]
    Rewrap {
        /// A file, or command:… that prints the key
        #[arg(long, value_name = "FILE|command:…")]
        to: String,
    },
}
