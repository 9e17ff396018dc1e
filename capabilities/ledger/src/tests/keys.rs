//! Keys: changing one while both sign, at every step of a power cut, and a command that signs in the log's place.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{House, setup, verify};
use crate::guard::{Home, Refused};
use crate::log::{Note, VerifierKey};
use crate::signer::{Signer, SignerCommand, Signing};
use crate::{Ledger, Setup};

async fn with(house: &House, signing: Signing) -> Result<Ledger, gongzhi_kernel::Fault> {
    Ledger::open(house.store.clone(), Setup { signing, ..setup(house.home.path(), Vec::new()) }).await
}

/// The keys that have signed the newest checkpoint of the log as it is opened now, and who could verify it.
async fn signed_by(ledger: &Ledger, keys: &[&VerifierKey]) -> Vec<bool> {
    assert_eq!(ledger.standing().await.unwrap().refused, None);
    ledger.sign().await.unwrap().expect("there is something to sign");
    let note = Note::parse(&ledger.newest().await.unwrap().unwrap().note).unwrap();
    keys.iter().map(|key| key.verify(&note).is_ok()).collect()
}

async fn leaf(ledger: &Ledger, seq: u64) -> Value {
    serde_json::from_str(&ledger.entries(seq, seq + 1).await.unwrap()[0].leaf).unwrap()
}

pub(super) async fn a_key_is_changed_while_both_sign(house: House) {
    let (store, home) = (&house.store, house.home.path());
    house.happen(1, 5).await;
    let before = house.ledger.sign().await.unwrap().unwrap();
    let old = house.key().await;
    let nothing = Ledger::end_rotation(store, home, &Signing::default()).await.unwrap_err();
    assert!(nothing.to_string().contains("nothing to end"), "{nothing}");

    let change = Ledger::rotate(store, home, &Signing::default()).await.unwrap();
    assert_eq!(change.from, old.to_string());
    let new: VerifierKey = change.to.parse().unwrap();
    assert_eq!(new.name(), old.name());
    let ledger = house.opened_again().await;
    assert_eq!(signed_by(&ledger, &[&old, &new]).await, [true, true]);
    let told = leaf(&ledger, 6).await;
    assert_eq!(
        (&told["kind"], &told["from"], &told["to"]),
        (&json!("ledger.key_changed"), &json!(change.from), &json!(change.to))
    );
    // Whoever has kept the old key or an old checkpoint loses nothing.
    let files = house.files().await;
    for key in [&old, &new] {
        assert!(verify(&files, key, None).is_ok());
    }
    assert!(verify(&files, &old, Some(&before.note)).is_ok());
    let third = Ledger::rotate(store, home, &Signing::default()).await.unwrap_err();
    assert!(third.to_string().contains("three keys are too many"), "{third}");

    let ended = Ledger::end_rotation(store, home, &Signing::default()).await.unwrap();
    assert_eq!(ended, old.to_string());
    let ledger = house.opened_again().await;
    assert_eq!(signed_by(&ledger, &[&old, &new]).await, [false, true]);
    assert_eq!(leaf(&ledger, 7).await["kind"], json!("ledger.key_ended"));
    assert!(verify(&house.files().await, &old, None).unwrap_err().to_string().contains("is not signed by"));

    // A power cut at each step of the next change: before the log knows of it, it is made anew with the same key;
    // after that the files are put in their place at the next start.
    let folder = Home::open(home).unwrap();
    let file = |name: &str| home.join(name);
    let next = folder.next_key(store.world(), new.name()).unwrap();
    assert_eq!(house.opened_again().await.standing().await.unwrap().vkey, new.to_string());
    let change = Ledger::rotate(store, home, &Signing::default()).await.unwrap();
    assert_eq!(change.to, next.verifier().to_string());
    let undo = |both: bool| {
        std::fs::rename(file("key"), file("key.next")).unwrap();
        if both {
            std::fs::rename(file("key.previous"), file("key")).unwrap();
        }
    };
    for both in [true, false] {
        undo(both);
        let standing = house.opened_again().await.standing().await.unwrap();
        assert_eq!((standing.refused, standing.vkey), (None, change.to.clone()));
        assert_eq!(standing.previous, Some(new.to_string()));
    }
    assert_eq!(signed_by(&house.opened_again().await, &[&new, &next.verifier()]).await, [true, true]);

    // A key is not changed on a database that does not continue what was signed.
    std::fs::remove_file(file("guard")).unwrap();
    let refused = Ledger::rotate(store, home, &Signing::default()).await.unwrap_err();
    assert!(refused.to_string().contains("what was signed last is not known"), "{refused}");
}

/// A program that signs with a key of its own, as one does that speaks to a token: here OpenSSL with a file.
fn openssl(folder: &Path, name: &str) -> SignerCommand {
    let key = folder.join(format!("{name}.pem"));
    let made = std::process::Command::new("openssl")
        .args(["genpkey", "-algorithm", "ed25519", "-out"])
        .arg(&key)
        .status()
        .unwrap();
    assert!(made.success());
    script(
        folder,
        name,
        &format!(
            "case \"$1\" in\n\
             public-key) openssl pkey -in {key} -pubout -outform DER | tail -c 32 | base64 ;;\n\
             sign) cat > {key}.message && openssl pkeyutl -sign -rawin -inkey {key} -in {key}.message | base64 -w 0 ;;\n\
             *) exit 64 ;;\nesac",
            key = key.display()
        ),
    )
}

fn script(folder: &Path, name: &str, body: &str) -> SignerCommand {
    use std::os::unix::fs::PermissionsExt as _;
    let path: PathBuf = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path.display().to_string().parse().unwrap()
}

pub(super) async fn a_command_may_sign(house: House) {
    let tools = tempfile::tempdir().unwrap();
    let (store, home) = (&house.store, house.home.path());
    house.happen(1, 5).await;
    house.ledger.sign().await.unwrap().unwrap();
    let old = house.key().await;
    let signing = Signing { command: Some(openssl(tools.path(), "token")), previous: None };

    // Naming a command is not enough: the log has to be told of its key.
    let refused = with(&house, signing.clone()).await.unwrap().standing().await.unwrap().refused.unwrap();
    assert!(
        matches!(refused, Refused::OtherKey { .. }) && refused.to_string().contains("ledger rotate"),
        "{refused}"
    );
    let change = Ledger::rotate(store, home, &signing).await.unwrap();
    let new: VerifierKey = change.to.parse().unwrap();
    assert_eq!(signed_by(&with(&house, signing.clone()).await.unwrap(), &[&old, &new]).await, [true, true]);
    assert_eq!(Ledger::end_rotation(store, home, &signing).await.unwrap(), old.to_string());
    assert!(!home.join("key").exists());
    let ledger = with(&house, signing.clone()).await.unwrap();
    assert_eq!(signed_by(&ledger, &[&old, &new]).await, [false, true]);

    // From one token to another: both are asked.
    let both = Signing { command: Some(openssl(tools.path(), "other")), previous: signing.command.clone() };
    let change = Ledger::rotate(store, home, &both).await.unwrap();
    let newest: VerifierKey = change.to.parse().unwrap();
    let ledger = with(&house, both.clone()).await.unwrap();
    assert_eq!(signed_by(&ledger, &[&new, &newest]).await, [true, true]);
    // One that signed before and is gone holds nobody up; the newest must sign.
    house.happen(100, 1).await;
    std::fs::write(tools.path().join("token.pem"), "").unwrap();
    assert_eq!(signed_by(&ledger, &[&new, &newest]).await, [false, true]);
    house.happen(200, 1).await;
    std::fs::write(tools.path().join("other.pem"), "").unwrap();
    let failed = format!("{:?}", ledger.sign().await.unwrap_err());
    assert!(failed.contains("does not answer `sign` with 64 bytes"), "{failed}");

    // Whatever else a command may do has its own sentence.
    let says = |name: &str, body: &str| {
        let command = script(tools.path(), name, body);
        format!(
            "{:?}",
            Signer::command(&command, "x.example").and_then(|signer| signer.sign("text\n")).unwrap_err()
        )
    };
    assert!(says("silent", "exit 0").contains("with 32 bytes in base 64"));
    assert!(says("rude", "echo 'no token in slot 3' >&2; exit 3").contains("no token in slot 3"));
    let key = crate::log::base64(&newest.bytes());
    let false_one = format!("[ $1 = public-key ] && echo {key} || head -c 64 /dev/zero | base64 -w 0");
    assert!(says("false-one", &false_one).contains("signs with another key"));
    let missing: SignerCommand = "/nowhere/at/all".parse().unwrap();
    assert!(format!("{:?}", Signer::command(&missing, "x.example").unwrap_err()).contains("cannot be run"));
    assert!(" ".parse::<SignerCommand>().is_err());
}
