//! Icons: strokes on a grid of 24, in the colour of the text.

use std::fmt;

use askama::filters::HtmlSafe;

/// An icon. Unseen by screen readers: words stand beside it.
#[derive(Debug, Clone, Copy)]
pub struct Icon {
    strokes: &'static str,
}

/// The icons that there are, each with its strokes.
const ICONS: &[(&str, &str)] = &[
    ("alert", "M12 3.5 21.5 20h-19zM12 9.5v5M12 17.4v.1"),
    ("back", "M19 12H5M11 6l-6 6 6 6"),
    ("bell", "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5a2.2 2.2 0 0 0 4 0"),
    ("chart", "M4 20h16M7 20v-7M12 20V5M17 20v-10"),
    ("chat", "M4 5h16v11H10l-4.5 4v-4H4zM8.5 10.5h7"),
    ("check", "M4.5 12.5 10 18 19.5 7"),
    ("clock", "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2.5"),
    ("close", "M6 6l12 12M18 6 6 18"),
    ("copy", "M9 9h11v11H9zM5.5 15H4V4h11v1.5"),
    ("device", "M3.5 5h17v11h-17zM9 20h6M12 16v4"),
    ("document", "M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12.5h6.5M9 16h6.5"),
    ("down", "M6 9.5l6 6 6-6"),
    ("filter", "M4 5.5h16l-6 7.5v6l-4-2v-4z"),
    ("globe", "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17z"),
    ("hand", "M4 13.5l4-4 3 2 4-3.5 5 4.5M4 13.5v5h16v-6M11 11.5l3 3.5"),
    ("heart", "M12 20C5 15 3.5 11.5 3.5 9A4.3 4.3 0 0 1 12 7.5 4.3 4.3 0 0 1 20.5 9C20.5 11.5 19 15 12 20z"),
    ("home", "M4 11l8-7 8 7v9h-5.500v-5.500h-5V20H4z"),
    ("info", "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.500M12 7.6v.1"),
    ("letters", "M2.5 19 8 5l5.5 14M4.5 14.500h7M14.5 19l3.5-9 3.5 9M15.8 16h4.4"),
    ("list", "M9 6h11M9 12h11M9 18h11M4.5 6h.1M4.5 12h.1M4.5 18h.1"),
    ("lock", "M5.5 10.500h13v10h-13zM8.5 10.500V8a3.5 3.5 0 0 1 7 0v2.5"),
    ("mail", "M3.5 6h17v12h-17zM3.5 7l8.5 6.500L20.5 7"),
    ("menu", "M4 7h16M4 12h16M4 17h16"),
    (
        "mic",
        "M12 3.500a2.7 2.7 0 0 1 2.7 2.700v5a2.7 2.7 0 0 1-5.4 0v-5A2.7 2.7 0 0 1 12 3.500zM6 11a6 6 0 0 0 12 0M12 17v3.5",
    ),
    ("moon", "M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z"),
    ("next", "M5 12h14M13 6l6 6-6 6"),
    ("pause", "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM10 9v6M14 9v6"),
    ("pen", "M4 20l1-4.500L16.5 4 20 7.5 8.5 19zM14 6.500l3.5 3.5"),
    (
        "people",
        "M9 4.500a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.400zM3 19.500c0-7.5 12-7.5 12 0M15.5 5a3 3 0 0 1 0 5.700M17.5 13.500c2.3.8 3.5 2.8 3.5 6",
    ),
    ("person", "M12 4a3.7 3.7 0 1 0 0 7.400A3.7 3.7 0 0 0 12 4zM5 20c0-8 14-8 14 0"),
    (
        "phone",
        "M6.5 4h3l1.5 4.5-2 1.500a11 11 0 0 0 5 5l1.5-2 4.5 1.500v3c0 1-.8 1.8-1.8 1.700C10.5 18.7 5.3 13.5 4.8 5.8 4.7 4.8 5.5 4 6.5 4z",
    ),
    ("photo", "M3.5 7h4l1.5-2.500h6L16.5 7h4v12.500h-17zM12 9.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z"),
    (
        "pin",
        "M12 21c-5-5.5-7-8.5-7-11.500a7 7 0 0 1 14 0c0 3-2 6-7 11.500zM12 7.300a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.600z",
    ),
    ("plus", "M12 5v14M5 12h14"),
    ("print", "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z"),
    (
        "question",
        "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.5 9.500c.2-3.5 5.2-3 5 0-.1 2-2.5 2-2.5 4M12 16.6v.1",
    ),
    ("return", "M9 14l-5-5 5-5M4 9h11a5.5 5.5 0 0 1 0 11h-4"),
    ("seal", "M5 4.500h14v15H5zM9 8.500h6M9 12h6M12 8.500v7M9 15.500h6"),
    ("search", "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20.5 20.5"),
    ("send", "M3.5 12 20.5 4l-5 16.5-3.5-7zM12 13.500l8.5-9.5"),
    ("sign-out", "M13 4H5v16h8M10 12h10.500M17 8.500l3.5 3.5-3.5 3.5"),
    ("star", "M12 3.800l2.5 5.3 5.7.7-4.2 4 1.1 5.800L12 16.8 6.9 19.6 8 13.800l-4.2-4 5.7-.7z"),
    (
        "sun",
        "M12 7.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4",
    ),
    ("tag", "M4 4h8l8.5 8.5-8 8L4 12zM8 8v.1"),
    ("up", "M6 14.500l6-6 6 6"),
];

impl Icon {
    /// The icon of a name; a name that is not there gives a dot and is logged.
    pub(crate) fn new(name: &str) -> Self {
        let strokes = ICONS.iter().find(|(known, _)| *known == name).map(|(_, strokes)| *strokes);
        if strokes.is_none() {
            tracing::warn!(name, "there is no such icon");
        }
        Self { strokes: strokes.unwrap_or("M12 12v.1") }
    }

    /// The names of all icons.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ICONS.iter().map(|(name, _)| *name)
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d="{}"/></svg>"#,
            self.strokes
        )
    }
}

impl HtmlSafe for Icon {}
