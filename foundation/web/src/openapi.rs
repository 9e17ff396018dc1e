//! The OpenAPI document: parts of all crates merged, and read again for the reader page.

use serde_json::Value;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, Info, OpenApi, Server};

use crate::faces::{Problem, ProblemField};
use crate::pages::api::{Credentials, Me, MyMembership, NewSession};
use crate::site::Site;

#[derive(utoipa::OpenApi)]
#[openapi(
    paths(crate::pages::api::sign_in, crate::pages::api::sign_out, crate::pages::api::who_am_i),
    components(schemas(Problem, ProblemField, Credentials, NewSession, Me, MyMembership)),
    tags((name = "sessions", description = "Signing in and out"))
)]
struct Own;

/// The part of this crate, with what holds for the whole API.
pub(crate) fn own(site: &Site) -> OpenApi {
    let mut own = Own::openapi();
    let mut info = Info::new("Gongzhi", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "The open platform on which a city governs itself together. Times are RFC 3339 in UTC; ids are whole numbers \
         below 2^53; lists are paged by cursors; errors are application/problem+json (RFC 9457) in the language of \
         Accept-Language (zh-CN or en). POST requests that create may carry an Idempotency-Key."
            .to_owned(),
    );
    own.info = info;
    own.servers = Some(vec![Server::new(&site.config().base_url)]);
    let components = own.components.get_or_insert_with(Components::new);
    components.add_security_scheme(
        "bearer",
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
    );
    let cookie = crate::cookies::Cookie::Session.name(site.config().secure);
    components
        .add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie))));
    own
}

/// All parts in one document.
pub(crate) fn merge(parts: Vec<OpenApi>) -> OpenApi {
    let mut parts = parts.into_iter();
    let first = parts.next().unwrap_or_default();
    parts.fold(first, OpenApi::merge_from)
}

/// What the reader page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    pub(crate) operations: Vec<Operation>,
    pub(crate) types: Vec<TypeShape>,
}

/// One operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) anchor: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) parameters: Vec<Field>,
    pub(crate) where_of: Vec<String>,
    pub(crate) body: Option<TypeName>,
    pub(crate) answers: Vec<(String, String, Option<TypeName>)>,
}

/// A type by its name, with a link where it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeName {
    pub(crate) words: String,
    pub(crate) link: Option<String>,
}

/// A named type with its fields.
#[derive(Debug, Clone)]
pub(crate) struct TypeShape {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) words: Option<TypeName>,
    pub(crate) fields: Vec<Field>,
}

/// A field or parameter.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: TypeName,
    pub(crate) required: bool,
    pub(crate) description: String,
}

impl Reader {
    /// Reads the document; what it does not know it leaves out.
    pub(crate) fn new(document: &Value) -> Self {
        let mut reader = Self::default();
        for (path, item) in members(&document["paths"]) {
            for method in ["get", "post", "put", "patch", "delete"] {
                if item[method].is_object() {
                    reader.operations.push(operation(path, method, &item[method]));
                }
            }
        }
        for (name, schema) in members(&document["components"]["schemas"]) {
            reader.types.push(type_shape(name, schema));
        }
        reader
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Words of the document; code marks of doc comments are left out.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('`', "")
}

fn operation(path: &str, method: &str, value: &Value) -> Operation {
    let parameters: Vec<&Value> = value["parameters"].as_array().into_iter().flatten().collect();
    let content =
        |value: &Value| members(&value["content"]).next().map(|(_, media)| type_name(&media["schema"]));
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        anchor: format!("{method}{}", path.replace(['/', '{', '}', '.'], "-")),
        summary: text(&value["summary"]),
        description: text(&value["description"]),
        where_of: parameters.iter().map(|parameter| text(&parameter["in"])).collect(),
        parameters: parameters
            .iter()
            .map(|parameter| Field {
                name: text(&parameter["name"]),
                kind: type_name(&parameter["schema"]),
                required: parameter["required"].as_bool().unwrap_or(false),
                description: text(&parameter["description"]),
            })
            .collect(),
        body: content(&value["requestBody"]),
        answers: members(&value["responses"])
            .map(|(status, answer)| (status.clone(), text(&answer["description"]), content(answer)))
            .collect(),
    }
}

fn type_shape(name: &str, schema: &Value) -> TypeShape {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields: Vec<Field> = members(&schema["properties"])
        .map(|(name, field)| Field {
            name: name.clone(),
            kind: type_name(field),
            required: required.contains(&name.as_str()),
            description: text(&field["description"]),
        })
        .collect();
    TypeShape {
        name: name.to_owned(),
        description: text(&schema["description"]),
        words: fields.is_empty().then(|| type_name(schema)),
        fields,
    }
}

/// A type in a few words: `string (date-time)`, `Appeal`, `list of Appeal`, `"open" | "closed"`.
fn type_name(schema: &Value) -> TypeName {
    let plain = |words: String| TypeName { words, link: None };
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
        return TypeName { link: Some(format!("#type-{name}")), words: name };
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(options) = schema[key].as_array() {
            let mut names: Vec<TypeName> =
                options.iter().filter(|option| option["type"] != "null").map(type_name).collect();
            if names.len() == 1 {
                return names.remove(0);
            }
            return plain(names.into_iter().map(|name| name.words).collect::<Vec<_>>().join(" | "));
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return plain(values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect()
        }
        _ => Vec::new(),
    };
    match kinds.first() {
        Some(&"array") => {
            let item = type_name(&schema["items"]);
            TypeName { words: format!("[{}]", item.words), link: item.link }
        }
        Some(kind) => match schema["format"].as_str() {
            Some(format) => plain(format!("{kind} ({format})")),
            None => plain((*kind).to_owned()),
        },
        None => plain("any".to_owned()),
    }
}
