//! Feeds (Atom, RFC 4287): new and changed matters by area, category, organ or words; and one matter by its number.

use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::Timestamp;
use gongzhi_web::{Answer, Path, Query, Shell, Visit, WebError};
use http::header;

use crate::actions::Appeals;
use crate::pages::case_view::{Audience, CaseView};
use crate::pages::list;
use crate::pages::names::{excerpt, state_words};
use crate::pages::tracking::parse_number;
use crate::queries::From;

/// How many entries a feed has.
const ENTRIES: usize = 50;

/// What XML takes as text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

struct Entry {
    id: String,
    title: String,
    href: String,
    published: Timestamp,
    updated: Timestamp,
    summary: String,
}

struct Feed {
    path: String,
    html: String,
    title: String,
    updated: Timestamp,
    entries: Vec<Entry>,
}

impl Feed {
    fn answer(&self, visit: &Visit, shell: &Shell) -> Answer {
        let base = visit.site().config().base_url.trim_end_matches('/').to_owned();
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
             <id>{base}{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<author><name>{}</name></author>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{base}{}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{base}{}\"/>\n",
            shell.lang(),
            escaped(&self.path),
            escaped(&self.title),
            self.updated,
            escaped(shell.city()),
            escaped(&self.path),
            escaped(&self.html),
        );
        for entry in &self.entries {
            text.push_str(&format!(
                "<entry>\n<id>{base}{}</id>\n<title>{}</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"{base}{}\"/>\n\
                 <published>{}</published>\n<updated>{}</updated>\n<summary>{}</summary>\n</entry>\n",
                escaped(&entry.id),
                escaped(&entry.title),
                escaped(&entry.href),
                entry.published,
                entry.updated,
                escaped(&entry.summary),
            ));
        }
        text.push_str("</feed>\n");
        let headers = [
            (header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=60"),
            (header::VARY, "accept-language, cookie"),
        ];
        Ok((headers, text).into_response())
    }
}

/// Matters that everybody may see, by the filters of the public list.
pub(crate) async fn matters(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<list::Wanted>,
) -> Answer {
    let mut filter = wanted.filter(&appeals)?;
    filter.size = ENTRIES;
    let found = appeals.list(&filter, From::Older(None)).await?;
    let (shell, names) = (visit.shell("list-title"), crate::pages::names(&appeals));
    let mut parts = vec![shell.t("list-title").into_owned()];
    parts.extend(filter.category.map(|id| names.category(&shell, Some(id))));
    parts.extend(filter.area.map(|id| names.area(&shell, Some(id))));
    parts.extend(filter.organ.map(|id| names.organ(&shell, Some(id))));
    let entries: Vec<Entry> = found
        .items
        .iter()
        .map(|item| {
            let moments = [item.answered_at, item.closed_at];
            let state = state_words(&shell, item.state);
            let reply = if item.reply.is_empty() {
                String::new()
            } else {
                format!(" · {}", excerpt(&item.reply, 160))
            };
            Entry {
                id: format!("/appeals/{}", item.id),
                href: format!("/appeals/{}", item.id),
                title: if item.title.is_empty() {
                    shell.t("appeals-untitled").into_owned()
                } else {
                    item.title.clone()
                },
                published: item.submitted_at,
                updated: moments.into_iter().flatten().max().unwrap_or(item.submitted_at),
                summary: format!(
                    "{} · {} · {state}{reply}",
                    names.category(&shell, item.category),
                    names.organ(&shell, item.organ)
                ),
            }
        })
        .collect();
    let query = wanted.address("");
    let query = query.trim_end_matches(['&', '?']);
    let feed = Feed {
        path: format!("/feeds/appeals.atom{query}"),
        html: format!("/appeals{query}"),
        title: parts.join(" · "),
        updated: entries.iter().map(|entry| entry.updated).max().unwrap_or(visit.now()),
        entries,
    };
    feed.answer(&visit, &shell)
}

/// One matter that everybody may see: each step is an entry.
pub(crate) async fn matter(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
) -> Answer {
    let number = number.strip_suffix(".atom").and_then(parse_number).ok_or_else(WebError::no_such_page)?;
    // A feed is read by machines without a sign-in, so it holds what everybody may see, whoever asks for it.
    let world = appeals.store().world();
    let everybody = world.context(gongzhi_kernel::Actor::Visitor, visit.locale());
    let found = appeals.case(&everybody, number, None).await?;
    let (shell, names) = (visit.shell("list-title"), crate::pages::names(&appeals));
    debug_assert_eq!(Audience::of(&found), Audience::Public);
    let case = CaseView::new(&shell, &names, &found);
    let href = format!("/appeals/{number}");
    let steps = found.timeline.iter().zip(&case.knots).enumerate();
    let mut entries: Vec<Entry> = steps
        .map(|(at, (told, knot))| Entry {
            id: format!("{href}#{}", at + 1),
            title: knot.title.clone(),
            href: href.clone(),
            published: told.at,
            updated: told.at,
            summary: [knot.who.as_str(), told.text.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
        })
        .collect();
    entries.reverse();
    let feed = Feed {
        path: format!("/feeds/appeals/{number}.atom"),
        html: href,
        title: case.title.clone(),
        updated: entries.first().map_or(found.submitted_at, |entry| entry.updated),
        entries,
    };
    feed.answer(&visit, &shell)
}
