//! The log for people.

pub(crate) mod show;

pub use show::has_words;

use std::sync::Arc;

use gongzhi_kernel::{Context, Fault};
use gongzhi_store::Tx;
use gongzhi_web::{Access, Card, CardSource, NavItem, Routes, SiteBuilder, TextPiece, Texts, Tone};

use crate::{Ledger, api};

/// The texts of this crate.
pub const TEXTS: TextPiece = TextPiece {
    name: "ledger",
    zh: include_str!("../../locales/zh-CN.ftl"),
    en: include_str!("../../locales/en.ftl"),
};

/// The kind of the cards that tell how an appeal is sealed. Whoever shows an appeal asks the site for the card of this kind
/// with its id, and need not know this crate. Under the address of the card lie `/receipt`, the newest receipt as a file, and
/// `/qr`, a picture that leads to the card from paper.
const SEAL_OF_APPEAL: &str = "seal:appeal";

/// The seal of an appeal, as a card.
struct SealOfAppeals {
    ledger: Ledger,
    texts: Texts,
}

impl CardSource for SealOfAppeals {
    fn kind(&self) -> &'static str {
        SEAL_OF_APPEAL
    }

    fn card(&self, tx: &mut dyn Tx, context: &Context, id: i64) -> Result<Option<Card>, Fault> {
        let Some(seal) = self.ledger.seal_of(tx, "appeal", id)? else { return Ok(None) };
        let number = show::position(seal.seq);
        let title = self.texts.ta(context.locale, "ledger-seal", &[("number", &number)]);
        let state = self.texts.ta(context.locale, "ledger-seal-check", &[("witnesses", &seal.witnesses)]);
        Ok(Some(Card {
            title: title.into_owned(),
            state: state.into_owned(),
            tone: Tone::Calm,
            href: format!("/ledger/subject/appeal/{id:016}"),
            at: seal.sealed_at,
        }))
    }
}

/// Adds texts, navigation and the seals that other pages show.
pub fn install(site: SiteBuilder, ledger: &Ledger) -> Result<SiteBuilder, Fault> {
    let texts = Texts::new(&[TEXTS])
        .map_err(|error| Fault::internal("the texts of the ledger cannot be read").because(error))?;
    let nav = NavItem { key: "ledger-nav", href: "/ledger", icon: "seal", access: Access::Anyone, order: 35 };
    Ok(site.texts(TEXTS).nav(nav).cards(Arc::new(SealOfAppeals { ledger: ledger.clone(), texts })))
}

/// The routes: pages, and the files of C2SP tlog-tiles under `/ledger/`.
pub fn routes(ledger: &Ledger) -> Routes {
    Routes::new()
        .get("/ledger", Access::Anyone, show::log)
        .get("/ledger/verify", Access::Anyone, show::verify)
        .get("/ledger/entry/{number}", Access::Anyone, show::entry)
        .get("/ledger/subject/{kind}/{id}", Access::Anyone, show::subject)
        .get("/ledger/subject/{kind}/{id}/receipt", Access::Anyone, api::receipt_of_subject)
        .get("/ledger/subject/{kind}/{id}/qr", Access::Anyone, api::qr_of_subject)
        .get("/ledger/entry/{number}/receipt", Access::Anyone, api::receipt)
        .get("/ledger/checkpoint", Access::Anyone, api::checkpoint)
        .get("/ledger/key", Access::Anyone, api::key)
        .get("/ledger/tile/{*address}", Access::Anyone, api::tile)
        .with_state(ledger.clone())
}
