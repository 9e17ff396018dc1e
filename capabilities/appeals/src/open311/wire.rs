//! How an answer is written: one tree, as JSON or as XML. What is absent is `null` in JSON and no element in XML, because
//! clients stumble over empty elements; texts stay texts, so that numbers of cases keep their leading zeros.

use axum::body::Body;
use axum::response::Response;
use gongzhi_kernel::Fault;
use http::{HeaderValue, StatusCode, header};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// In which format a client asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `.json`.
    Json,
    /// `.xml`, and whatever is not JSON: XML is the format that every server must speak.
    Xml,
}

impl Format {
    /// Of a path, by its ending.
    pub(super) fn of(path: &str) -> Self {
        if path.ends_with(".json") { Self::Json } else { Self::Xml }
    }

    /// The last part of a path without its ending; `None` where it has neither ending.
    pub(super) fn stem(part: &str) -> Option<&str> {
        part.strip_suffix(".json").or_else(|| part.strip_suffix(".xml"))
    }

    /// As the discovery names it.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "text/xml",
        }
    }
}

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Degrees.
    Degrees(f64),
    /// Yes or no.
    Flag(bool),
    /// Many, each in an element of this name.
    List(&'static str, Vec<Self>),
    /// Named values in their order.
    Record(Vec<(&'static str, Option<Self>)>),
}

impl Value {
    /// A text; `None` where it is empty.
    pub(super) fn text(text: impl Into<String>) -> Option<Self> {
        Some(text.into()).filter(|text| !text.is_empty()).map(Self::Text)
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::List(_, items) => items.is_empty(),
            Self::Record(fields) => fields.iter().all(|(_, value)| value.as_ref().is_none_or(Self::is_empty)),
            Self::Whole(_) | Self::Degrees(_) | Self::Flag(_) => false,
        }
    }

    fn write_xml(&self, name: &str, xml: &mut String) {
        xml.push('<');
        xml.push_str(name);
        xml.push('>');
        match self {
            Self::Text(text) => escape(text, xml),
            Self::Whole(number) => xml.push_str(&number.to_string()),
            Self::Degrees(degrees) => xml.push_str(&degrees.to_string()),
            Self::Flag(flag) => xml.push_str(if *flag { "true" } else { "false" }),
            Self::List(item, items) => items.iter().for_each(|value| value.write_xml(item, xml)),
            Self::Record(fields) => {
                for (name, value) in fields {
                    if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                        value.write_xml(name, xml);
                    }
                }
            }
        }
        xml.push_str("</");
        xml.push_str(name);
        xml.push('>');
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Degrees(degrees) => serializer.serialize_f64(*degrees),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(_, items) => serializer.collect_seq(items),
            Self::Record(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// Text between tags. What XML 1.0 cannot hold at all is left out.
fn escape(text: &str, xml: &mut String) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\r' => xml.push_str("&#13;"),
            '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => xml.push(c),
            _ => {}
        }
    }
}

/// An answer: a value with the name of its XML element.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    /// The status.
    pub(super) status: StatusCode,
    /// The outermost element.
    pub(super) root: &'static str,
    /// What it says.
    pub(super) value: Value,
}

impl Document {
    /// A good answer.
    pub(super) fn new(root: &'static str, value: Value) -> Self {
        Self { status: StatusCode::OK, root, value }
    }

    /// Written out.
    pub(super) fn write(&self, format: Format) -> Result<Response, Fault> {
        let body = match format {
            Format::Json => serde_json::to_string(&self.value)
                .map_err(|error| Fault::internal("cannot write the answer").because(error))?,
            Format::Xml => {
                let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
                self.value.write_xml(self.root, &mut xml);
                xml
            }
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_has_no_empty_elements_and_json_no_numbers_for_texts() {
        let value = Value::List(
            "request",
            vec![Value::Record(vec![
                ("service_request_id", Value::text("0012")),
                ("description", Value::text("a <b> & \u{0}c\u{fffe}\r\n😀")),
                ("notes", Some(Value::List("note", Vec::new()))),
                ("address", None),
                ("lat", Some(Value::Degrees(30.5))),
            ])],
        );
        let mut xml = String::new();
        value.write_xml("service_requests", &mut xml);
        assert_eq!(
            xml,
            "<service_requests><request><service_request_id>0012</service_request_id>\
             <description>a &lt;b&gt; &amp; c&#13;\n😀</description><lat>30.5</lat></request></service_requests>"
        );
        let json = serde_json::to_string(&value).unwrap();
        assert!(json.starts_with(r#"[{"service_request_id":"0012","description":"a <b>"#), "{json}");
        assert!(json.ends_with(r#""notes":[],"address":null,"lat":30.5}]"#), "{json}");
    }

    #[test]
    fn the_ending_says_the_format() {
        assert_eq!(Format::of("/open311/v2/requests.json"), Format::Json);
        assert_eq!(Format::of("/open311/v2/requests/1.xml"), Format::Xml);
        assert_eq!(Format::stem("1.2.json"), Some("1.2"));
        assert_eq!(Format::stem("1.2"), None);
    }
}
