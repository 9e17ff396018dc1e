//! What others' tools fetch: checkpoint, key, tiles, entries, receipts.

use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_web::{Answer, Path, Visit, WebError};
use http::{HeaderName, HeaderValue, header};

use crate::Ledger;
use crate::log::Address;
use crate::log::tiles::TILE_WIDTH;
use crate::pages::show::{appeal, parse_position, position};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
/// The checkpoint changes within a second.
const BRIEFLY: HeaderValue = HeaderValue::from_static("public, max-age=1");
/// What is sealed never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A partial tile never changes either; it is soon asked for no more.
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400, immutable");

fn file(kind: HeaderValue, keep: HeaderValue, body: impl IntoResponse) -> Answer {
    // Anybody's page may read the log: it is public, and carries no cookie.
    const FROM_ANYWHERE: HeaderName = HeaderName::from_static("access-control-allow-origin");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, keep),
        (FROM_ANYWHERE, HeaderValue::from_static("*")),
    ];
    Ok((headers, body).into_response())
}

/// The newest signed checkpoint.
pub(crate) async fn checkpoint(State(ledger): State<Ledger>) -> Answer {
    let newest = ledger.newest().await?.ok_or_else(WebError::no_such_page)?;
    file(TEXT, BRIEFLY, newest.note)
}

/// The public key of the log.
pub(crate) async fn key(State(ledger): State<Ledger>) -> Answer {
    let standing = ledger.standing().await?;
    if standing.vkey.is_empty() {
        return Err(WebError::no_such_page());
    }
    file(TEXT, BRIEFLY, format!("{}\n", standing.vkey))
}

/// A tile or a bundle of entries.
pub(crate) async fn tile(State(ledger): State<Ledger>, Path(address): Path<String>) -> Answer {
    let address = Address::parse(&address).ok_or_else(WebError::no_such_page)?;
    let bytes = ledger.tile(address).await?.ok_or_else(WebError::no_such_page)?;
    file(BYTES, if address.width == TILE_WIDTH { FOR_EVER } else { FOR_A_DAY }, bytes)
}

/// The receipt of an entry, as a download.
pub(crate) async fn receipt(State(ledger): State<Ledger>, Path(number): Path<String>) -> Answer {
    let seq = parse_position(&number).ok_or_else(WebError::no_such_page)?;
    download(&ledger, seq).await
}

/// The receipt of what was sealed last about an appeal, as far as it is signed.
pub(crate) async fn receipt_of_subject(
    State(ledger): State<Ledger>,
    Path((kind, id)): Path<(String, String)>,
) -> Answer {
    let id = appeal(&kind, &id).ok_or_else(WebError::no_such_page)?;
    let seq = ledger.last_signed_of(kind, id.get()).await?.ok_or_else(WebError::no_such_page)?;
    download(&ledger, seq).await
}

/// A picture that leads from paper to what is sealed about an appeal.
pub(crate) async fn qr_of_subject(visit: Visit, Path((kind, id)): Path<(String, String)>) -> Answer {
    let id = appeal(&kind, &id).ok_or_else(WebError::no_such_page)?;
    let base = visit.site().config().base_url.clone();
    let svg = gongzhi_web::qr::svg(&format!("{}/ledger/subject/appeal/{id}", base.trim_end_matches('/')))?;
    file(HeaderValue::from_static("image/svg+xml"), FOR_A_DAY, svg)
}

async fn download(ledger: &Ledger, seq: u64) -> Answer {
    let given = ledger.receipt(seq).await?.ok_or_else(WebError::no_such_page)?;
    let mut response = file(TEXT, HeaderValue::from_static("no-store"), given.receipt.to_string())?;
    let name = format!("attachment; filename=\"entry-{}.tlog-proof\"", position(seq));
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
