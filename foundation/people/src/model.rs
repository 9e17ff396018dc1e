//! The types: persons, organs, areas, memberships, sessions.

use gongzhi_kernel::{
    Actor, AreaId, Id, LocalText, Locale, OrganId, PersonId, Point, Role, SessionId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Marks of the kinds that only this crate makes ids of; never made.
pub mod kinds {
    /// A membership of a person in an organ.
    #[derive(Debug)]
    pub enum Membership {}
    /// The count of failed sign-ins of one sign-in name.
    #[derive(Debug)]
    pub enum SignInGuard {}
}

/// Id of a membership.
pub type MembershipId = Id<kinds::Membership>;
/// Id of a count of failed sign-ins.
pub type SignInGuardId = Id<kinds::SignInGuard>;

/// Declares an enum whose variants have a word in the store, in events and in policies.
macro_rules! worded {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All, in their order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in the store, in events and in policies.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

worded! {
    /// What an organ is.
    OrganKind {
        /// 市级: the city's own government.
        City = "city",
        /// 区县: a district's government.
        District = "district",
        /// 街道办事处、乡镇: a street office or township.
        Street = "street",
        /// 社区居民委员会、村委会: a residents' committee.
        Community = "community",
        /// 网格: a grid with its grid worker.
        Grid = "grid",
        /// 委办局: a department, or an enterprise that serves the public (water, gas, buses).
        Department = "department",
        /// 社会组织: an association, a foundation, a law office, a team of volunteers.
        SocialOrganisation = "social_organisation",
        /// 人民法院: a court.
        Court = "court",
        /// 12345 热线中心: takes calls and dispatches.
        HotlineCentre = "hotline_centre",
    }
}

impl OrganKind {
    /// Whether somebody can hold `role` in such an organ: calls are taken in a hotline centre, and a social
    /// organisation has members but no officials.
    pub fn allows(self, role: Role) -> bool {
        match role {
            Role::Member => self == Self::SocialOrganisation,
            Role::Operator => self == Self::HotlineCentre,
            Role::Handler | Role::Head | Role::Auditor | Role::Administrator => {
                self != Self::SocialOrganisation
            }
        }
    }
}

worded! {
    /// A level of the division tree, from the widest.
    AreaLevel {
        /// 省.
        Province = "province",
        /// 市.
        City = "city",
        /// 区、县.
        District = "district",
        /// 街道、镇、乡.
        Street = "street",
        /// 社区、村.
        Community = "community",
        /// 网格: 300 to 500 households.
        Grid = "grid",
    }
}

impl AreaLevel {
    /// The level that a statistical division code of twelve digits speaks of, by its trailing zeros:
    /// province 2, city 2, county 2, township 3, village 3. `None` for other codes.
    pub fn of_code(code: &str) -> Option<Self> {
        if code.len() != 12 || !code.bytes().all(|byte| byte.is_ascii_digit()) || code.starts_with("00") {
            return None;
        }
        let empty = |from: usize| code[from..].bytes().all(|byte| byte == b'0');
        Some(match () {
            () if empty(2) => Self::Province,
            () if empty(4) => Self::City,
            () if empty(6) => Self::District,
            () if empty(9) => Self::Street,
            () => Self::Community,
        })
    }
}

/// The code of the area above, by the digits of a statistical division code; `None` for a province and for codes
/// that are not of twelve digits.
pub fn code_above(code: &str) -> Option<String> {
    let keep = match AreaLevel::of_code(code)? {
        AreaLevel::Province => return None,
        AreaLevel::City => 2,
        AreaLevel::District => 4,
        AreaLevel::Street => 6,
        AreaLevel::Community | AreaLevel::Grid => 9,
    };
    Some(format!("{:0<12}", &code[..keep]))
}

/// A natural person who is known to the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its id.
    pub id: PersonId,
    /// How they are called; personal.
    pub name: String,
    /// What they sign in with, folded ([`crate::fold_login`]); `None` for somebody who does not sign in. Personal.
    pub login: Option<String>,
    /// Telephone, digits with an optional leading `+`; personal.
    pub phone: Option<String>,
    /// `false` while suspended: no sign-in, no session.
    pub active: bool,
    /// When they became known.
    pub registered_at: Timestamp,
    /// When the password was last set; `None` without one.
    pub password_set_at: Option<Timestamp>,
    /// Which change this is.
    pub revision: i64,
}

/// An organ of government or a social organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organ {
    /// Its id.
    pub id: OrganId,
    /// A code of the city's own, such as `xc-cg`; unique, may change.
    pub code: String,
    /// What it is.
    pub kind: OrganKind,
    /// Its name.
    pub name: LocalText,
    /// The organ above it.
    pub parent: Option<OrganId>,
    /// The area that it is responsible for.
    pub area: Option<AreaId>,
    /// `false` once it is dissolved.
    pub active: bool,
    /// Which change this is.
    pub revision: i64,
}

/// One version of an area. A new division of the land ends versions and adds others; what refers to an ended one
/// stays true and finds today's by its successors.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its id: the only key. Codes change every year.
    pub id: AreaId,
    /// The code of its time: twelve digits from province to community, the city's own below.
    pub code: String,
    /// Its level.
    pub level: AreaLevel,
    /// Its name.
    pub name: LocalText,
    /// The area that it lies in.
    pub parent: Option<AreaId>,
    /// From when it is valid.
    pub valid_from: Timestamp,
    /// Until when it was; `None` while it is.
    pub valid_to: Option<Timestamp>,
    /// A point in its middle, for maps.
    pub centre: Option<Point>,
    /// The areas that took over from it, once it has ended; empty where nothing did.
    pub successors: Vec<AreaId>,
    /// Which change this is.
    pub revision: i64,
}

impl Area {
    /// Whether it is valid at `at`.
    pub fn valid_at(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_to.is_none_or(|to| at < to)
    }
}

/// A person's role in an organ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Who.
    pub person: PersonId,
    /// Where.
    pub organ: OrganId,
    /// What it lets them do.
    pub role: Role,
    /// Since when.
    pub granted_at: Timestamp,
    /// Until when; `None` while it holds.
    pub revoked_at: Option<Timestamp>,
    /// Which change this is.
    pub revision: i64,
}

impl Membership {
    /// The actor that somebody is who acts in it.
    pub fn actor(&self) -> Actor {
        let (person, organ) = (self.person, self.organ);
        match self.role {
            Role::Handler => Actor::Official { person, organ, head: false },
            Role::Head => Actor::Official { person, organ, head: true },
            Role::Operator => Actor::Operator { person, organ },
            Role::Auditor => Actor::Auditor { person, organ },
            Role::Member => Actor::OrganisationMember { person, organ },
            Role::Administrator => Actor::Administrator { person, organ },
        }
    }

    /// Whether it makes somebody staff, with the shorter sessions of staff.
    pub fn is_staff(&self) -> bool {
        self.role != Role::Member
    }
}

/// Somebody signed in, as a request sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who.
    pub person: PersonId,
    /// How they are called; personal.
    pub name: String,
    /// As whom they act now.
    pub actor: Actor,
    /// The membership that they act in; `None` when they act for themselves.
    pub acting_in: Option<MembershipId>,
    /// All memberships that they may choose from.
    pub memberships: Vec<Membership>,
    /// What they signed in with, in their browser's words; personal.
    pub device: Option<String>,
    /// When they signed in.
    pub started_at: Timestamp,
    /// When they were last seen, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
    /// When it was last shown who is there: at the sign-in, or since.
    pub proven_at: Timestamp,
    /// Whether that was with a second factor.
    pub second: bool,
}

/// What it takes to register a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// How they are called: 1 to 60 characters.
    pub name: String,
    /// What they sign in with, if they do: 2 to 64 letters, digits and `. _ - @ +`.
    pub login: Option<String>,
    /// Telephone: 5 to 20 digits, may begin with `+`; blanks and hyphens are passed over.
    pub phone: Option<String>,
}

/// What may be changed of a person; replaces all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChange {
    /// See [`NewPerson::name`].
    pub name: String,
    /// See [`NewPerson::login`]; `None` leaves it as it is.
    pub login: Option<String>,
    /// See [`NewPerson::phone`].
    pub phone: Option<String>,
}

/// What it takes to establish an organ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrgan {
    /// The city's own code: 1 to 64 letters, digits and `. _ -`.
    pub code: String,
    /// What it is.
    pub kind: OrganKind,
    /// Its name: 1 to 120 characters in each language.
    pub name: LocalText,
    /// The organ above it.
    pub parent: Option<OrganId>,
    /// The area that it is responsible for.
    pub area: Option<AreaId>,
}

/// What may be changed of an organ; replaces all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganChange {
    /// See [`NewOrgan::code`].
    pub code: String,
    /// See [`NewOrgan::name`].
    pub name: LocalText,
    /// See [`NewOrgan::parent`].
    pub parent: Option<OrganId>,
    /// See [`NewOrgan::area`].
    pub area: Option<AreaId>,
    /// `false` to dissolve it.
    pub active: bool,
}

/// What it takes to add an area.
#[derive(Debug, Clone, PartialEq)]
pub struct NewArea {
    /// The code of its time: 1 to 32 letters, digits and `. _ -`.
    pub code: String,
    /// Its level.
    pub level: AreaLevel,
    /// Its name: 1 to 120 characters in each language.
    pub name: LocalText,
    /// The area that it lies in; of a wider level.
    pub parent: Option<AreaId>,
    /// From when it is valid.
    pub valid_from: Timestamp,
    /// A point in its middle.
    pub centre: Option<Point>,
}

/// What may be corrected of an area without a new version; replaces all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaChange {
    /// See [`NewArea::name`].
    pub name: LocalText,
    /// See [`NewArea::parent`].
    pub parent: Option<AreaId>,
    /// See [`NewArea::centre`].
    pub centre: Option<Point>,
}

/// How somebody asks to be let in.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    /// The sign-in name as typed.
    pub login: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// The code of the authenticator or a recovery code, where one is asked for.
    pub code: Option<&'a str>,
    /// The token that the browser still holds; that session ends, so that a token planted earlier is worth nothing.
    pub replaces: Option<&'a str>,
    /// What they sign in with, in their browser's words; shown in the list of their sessions. Cut to 200 characters.
    pub device: Option<&'a str>,
}

impl<'a> SignIn<'a> {
    /// With name and password only.
    pub fn new(login: &'a str, password: &'a str) -> Self {
        Self { login, password, code: None, replaces: None, device: None }
    }
}

impl std::fmt::Debug for SignIn<'_> {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("login", &self.login).finish_non_exhaustive()
    }
}

/// Somebody let in.
#[derive(Clone)]
pub struct SignedIn {
    /// The token for the cookie: 43 characters, 256 random bits. Only its SHA-256 is kept.
    pub token: String,
    /// The session.
    pub session: std::sync::Arc<Session>,
}

impl std::fmt::Debug for SignedIn {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Organ {
    /// Its name as this reader reads it.
    pub fn name(&self, locale: Locale) -> &str {
        self.name.get(locale)
    }
}

impl Area {
    /// Its name as this reader reads it.
    pub fn name(&self, locale: Locale) -> &str {
        self.name.get(locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_code_tells_its_level_and_the_code_above() {
        for (code, level, above) in [
            ("110000000000", Some(AreaLevel::Province), None),
            ("110100000000", Some(AreaLevel::City), Some("110000000000")),
            ("110105000000", Some(AreaLevel::District), Some("110100000000")),
            ("110105001000", Some(AreaLevel::Street), Some("110105000000")),
            ("110105001003", Some(AreaLevel::Community), Some("110105001000")),
            ("1101", None, None),
            ("11010500100x", None, None),
            ("000000000000", None, None),
        ] {
            assert_eq!(AreaLevel::of_code(code), level, "{code}");
            assert_eq!(code_above(code).as_deref(), above, "{code}");
        }
    }

    #[test]
    fn words_read_back() {
        for kind in OrganKind::ALL {
            assert_eq!(OrganKind::from_word(kind.word()), Some(*kind));
        }
        for level in AreaLevel::ALL {
            assert_eq!(AreaLevel::from_word(level.word()), Some(*level));
        }
    }
}
