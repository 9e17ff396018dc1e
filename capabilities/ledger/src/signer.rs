//! What signs for a log: a key in a file, or a command that has it sign elsewhere (a PKCS#11 token, a KMS).
//!
//! The command is run twice, with one more word at its end:
//!
//! | called with | gets on standard input | answers on standard output |
//! |---|---|---|
//! | `public-key` | nothing | the 32 bytes of the Ed25519 public key, in base 64 |
//! | `sign` | the bytes that are to be signed | the 64 bytes of the Ed25519 signature, in base 64 |
//!
//! It ends with 0; everything else is a failure, whose standard error is told to whoever keeps the city. Each signature is
//! verified before it is used.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use gongzhi_kernel::Fault;

use crate::guard::Home;
use crate::log::{Note, Signature, SignerKey, VerifierKey, from_base64};

/// How long the command may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long its pipes may be open after its end.
const AFTER_THE_END: Duration = Duration::from_secs(1);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(5);
/// More it may not answer, in bytes.
const ANSWER: u64 = 4096;

/// A program with its words, that signs with a key which it does not give away. Run as it is, without a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerCommand {
    words: Vec<String>,
}

/// A text that names no program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no program is named")]
pub struct NoProgram;

impl FromStr for SignerCommand {
    type Err = NoProgram;

    fn from_str(text: &str) -> Result<Self, NoProgram> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() { Err(NoProgram) } else { Ok(Self { words }) }
    }
}

impl fmt::Display for SignerCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join(" "))
    }
}

impl SignerCommand {
    fn fault(&self, why: impl fmt::Display) -> Fault {
        Fault::internal(format!("the command that signs the log, `{self}`, {why}"))
    }

    /// Runs it; what it answers, decoded, of exactly so many bytes.
    fn ask<const N: usize>(&self, word: &str, input: &[u8]) -> Result<[u8; N], Fault> {
        let (program, words) = self.words.split_first().ok_or_else(|| self.fault("is empty"))?;
        let mut child = Command::new(program)
            .args(words)
            .arg(word)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| self.fault("cannot be run").because(error))?;
        // Each pipe has a thread of its own: whoever fills one must not wait for us at another. They are not joined: what
        // the command has left running may hold a pipe open.
        let mut entrance = child.stdin.take();
        let input = input.to_vec();
        std::thread::spawn(move || {
            // A command that takes no input closes it; what it answers then tells.
            let _told_by_the_answer = entrance.as_mut().map(|pipe| pipe.write_all(&input));
        });
        let answer = read_along(child.stdout.take());
        let complaint = read_along(child.stderr.take());
        let status = self.wait(&mut child)?;
        let answer = answer.recv_timeout(AFTER_THE_END).unwrap_or_default();
        if !status.success() {
            let complaint = complaint.recv_timeout(AFTER_THE_END).unwrap_or_default();
            let complaint = String::from_utf8_lossy(&complaint);
            return Err(self.fault(format_args!("failed ({status}): {}", complaint.trim())));
        }
        let answer = String::from_utf8_lossy(&answer);
        from_base64(answer.trim())
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| self.fault(format_args!("does not answer `{word}` with {N} bytes in base 64")))
    }

    /// Waits for its end, and ends it where it takes too long.
    fn wait(&self, child: &mut Child) -> Result<std::process::ExitStatus, Fault> {
        let begun = Instant::now();
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if begun.elapsed() < PATIENCE => std::thread::sleep(LOOK),
                Ok(None) => {
                    let late = format!("has not answered within {} s", PATIENCE.as_secs());
                    return Err(match child.kill().and_then(|()| child.wait()) {
                        Ok(_) => self.fault(late),
                        Err(error) => self.fault(late).because(error),
                    });
                }
                Err(error) => return Err(self.fault("cannot be waited for").because(error)),
            }
        }
    }
}

/// Reads a pipe to its end, in a thread of its own.
fn read_along(pipe: Option<impl std::io::Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could not be read is missing in the answer, and the answer is looked at.
        let _told_by_the_answer = pipe.map(|pipe| pipe.take(ANSWER).read_to_end(&mut bytes));
        // Nobody waits any more for a command that was given up.
        let _given_up = sender.send(bytes);
    });
    receiver
}

/// Who signs for a log.
#[derive(Debug, Clone)]
pub enum Signer {
    /// A key in a file.
    Key(SignerKey),
    /// A command.
    Command {
        /// Which.
        command: SignerCommand,
        /// Its public key.
        verifier: VerifierKey,
    },
}

impl Signer {
    /// A command under the name of a log. Runs it to ask for its public key.
    pub fn command(command: &SignerCommand, name: &str) -> Result<Self, Fault> {
        let key = command.ask::<32>("public-key", &[])?;
        let verifier = VerifierKey::of_log(name, &key)
            .map_err(|error| command.fault("answers with no public key").because(error))?;
        Ok(Self::Command { command: command.clone(), verifier })
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        match self {
            Self::Key(key) => key.verifier(),
            Self::Command { verifier, .. } => verifier.clone(),
        }
    }

    /// Signs the text of a checkpoint. Runs the command where it is one: not for the threads of a runtime.
    pub fn sign(&self, text: &str) -> Result<Signature, Fault> {
        let (command, verifier) = match self {
            Self::Key(key) => return Ok(key.sign(text, 0)),
            Self::Command { command, verifier } => (command, verifier),
        };
        let bytes = command.ask::<64>("sign", text.as_bytes())?.to_vec();
        let signature = Signature { name: verifier.name().to_owned(), id: verifier.id(), bytes };
        let note = Note { text: text.to_owned(), signatures: vec![signature.clone()] };
        verifier
            .verify(&note)
            .map_err(|error| command.fault("signs with another key than it names").because(error))?;
        Ok(signature)
    }
}

/// Where the keys of a log are, beside its folder: nowhere else, or with commands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signing {
    /// The command that signs; else the key in the folder does.
    pub command: Option<SignerCommand>,
    /// The command that signed before, while both sign.
    pub previous: Option<SignerCommand>,
}

impl Signing {
    /// Who signs; `None` where there is no key.
    pub fn current(&self, home: &Home, name: &str) -> Result<Option<Signer>, Fault> {
        match &self.command {
            Some(command) => Signer::command(command, name).map(Some),
            None => Ok(home.key()?.map(Signer::Key)),
        }
    }

    /// Who signs too, since the key was changed; `None` where nobody does.
    pub fn previous(&self, home: &Home, name: &str) -> Result<Option<Signer>, Fault> {
        match (&self.previous, &self.command) {
            (Some(command), _) => Signer::command(command, name).map(Some),
            (None, None) => Ok(home.previous_key()?.map(Signer::Key)),
            // The key in the folder is the one from before the command.
            (None, Some(_)) => Ok(home.previous_key()?.or(home.key()?).map(Signer::Key)),
        }
    }
}
