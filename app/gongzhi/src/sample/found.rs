//! Founds the sample city in one unit of work: areas, organs, people, categories, dispatch catalogue.

use std::collections::BTreeMap;

use gongzhi_appeals::actions::books::{self, Books, NewCategory};
use gongzhi_appeals::catalogue::Entry;
use gongzhi_appeals::model::{CategoryId, Urgency};
use gongzhi_kernel::{AreaId, Context, Failure, Fault, LocalText, OrganId, PersonId, Point, Role, Timestamp};
use gongzhi_people::{AreaLevel, Directory, NewArea, NewOrgan, NewPerson, OrganKind, PasswordHash, actions};
use gongzhi_store::Tx;

use super::dice::Dice;
use super::tables::{At, Named, SignIn, SignInKind, Tables};

/// Residents who have an account, besides those with a printed sign-in.
const RESIDENTS: u64 = 60;

/// Who and what the city has, for the cases to come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Founded {
    /// By division code; grids by the code of their community and a number.
    pub(crate) areas: BTreeMap<String, AreaId>,
    /// By code.
    pub(crate) organs: BTreeMap<String, OrganId>,
    /// Who works the cases of an organ.
    pub(crate) handlers: BTreeMap<OrganId, PersonId>,
    /// Who heads it.
    pub(crate) heads: BTreeMap<OrganId, PersonId>,
    /// Who takes calls.
    pub(crate) operators: Vec<PersonId>,
    /// Who has an account; the printed sign-ins first.
    pub(crate) residents: Vec<PersonId>,
    /// By code.
    pub(crate) categories: BTreeMap<String, CategoryId>,
}

/// Founds the city as of the moment of `context`.
pub(crate) fn found(
    tx: &mut dyn Tx,
    context: &Context,
    tables: &Tables,
    password: &PasswordHash,
    seed: u64,
) -> Result<Founded, Failure> {
    let mut city = Founded::default();
    city.lay_out(tx, context, tables)?;
    city.establish(tx, context, tables)?;
    city.people(tx, context, tables, password, seed)?;
    city.sort_duties(tx, context, tables)?;
    Ok(city)
}

fn missing(what: &str) -> Failure {
    Fault::internal(format!("the sample tables do not hold together: {what}")).into()
}

fn point(centre: [f64; 2]) -> Option<Point> {
    Point::new(centre[0], centre[1])
}

impl Founded {
    fn area(
        &mut self,
        tx: &mut dyn Tx,
        context: &Context,
        (code, level, name): (&str, AreaLevel, LocalText),
        parent: Option<AreaId>,
        centre: Option<Point>,
    ) -> Result<AreaId, Failure> {
        let valid_from = Timestamp::from_millis(context.now.as_millis() - 86_400_000);
        let new = NewArea { code: code.to_owned(), level, name, parent, valid_from, centre };
        let id = actions::add_area(tx, context, &new)?;
        self.areas.insert(code.to_owned(), id);
        Ok(id)
    }

    fn lay_out(&mut self, tx: &mut dyn Tx, context: &Context, tables: &Tables) -> Result<(), Failure> {
        let named = |zh: &str, en: &str| LocalText::new(zh, en);
        let whole = &tables.city;
        let top = (whole.code.as_str(), AreaLevel::City, named(&whole.zh, &whole.en));
        let city = self.area(tx, context, top, None, point(whole.centre))?;
        for district in &tables.districts {
            let what = (district.code.as_str(), AreaLevel::District, named(&district.zh, &district.en));
            let around = self.area(tx, context, what, Some(city), point(district.centre))?;
            for street in &district.streets {
                let what = (street.code.as_str(), AreaLevel::Street, named(&street.zh, &street.en));
                let around = self.area(tx, context, what, Some(around), point(street.centre))?;
                for (nth, community) in street.communities.iter().enumerate() {
                    let code = street.community_code(nth);
                    let what = (code.as_str(), AreaLevel::Community, named(&community.zh, &community.en));
                    let around = self.area(tx, context, what, Some(around), street.community_centre(nth))?;
                    for grid in 1..=community.estates.len() {
                        let code = grid_code(&code, grid);
                        let name = named(
                            &format!("{}第{}网格", community.zh, ["一", "二", "三", "四"][(grid - 1) % 4]),
                            &format!("{}, Grid {grid}", community.en),
                        );
                        self.area(tx, context, (&code, AreaLevel::Grid, name), Some(around), None)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn organ(
        &mut self,
        tx: &mut dyn Tx,
        context: &Context,
        (code, kind, name): (&str, OrganKind, LocalText),
        parent: Option<OrganId>,
        area: Option<&str>,
    ) -> Result<OrganId, Failure> {
        let area = match area {
            Some(code) => Some(*self.areas.get(code).ok_or_else(|| missing(code))?),
            None => None,
        };
        let new = NewOrgan { code: code.to_owned(), kind, name, parent, area };
        let id = actions::establish_organ(tx, context, &new)?;
        self.organs.insert(code.to_owned(), id);
        Ok(id)
    }

    /// The office of an area, under the same code.
    fn office(
        &mut self,
        tx: &mut dyn Tx,
        context: &Context,
        (code, level, area): (&str, AreaLevel, LocalText),
        above: OrganId,
    ) -> Result<OrganId, Failure> {
        let (kind, name) = crate::offices::office_of(level, &area).ok_or_else(|| missing(code))?;
        self.organ(tx, context, (code, kind, name), Some(above), Some(code))
    }

    fn establish(&mut self, tx: &mut dyn Tx, context: &Context, tables: &Tables) -> Result<(), Failure> {
        let whole = tables.city.code.as_str();
        let of = |organ: &Named, kind| (organ.code.clone(), kind, organ.name());
        let (code, kind, name) = of(&tables.organs.government, OrganKind::City);
        let city = self.organ(tx, context, (&code, kind, name), None, Some(whole))?;
        let (code, kind, name) = of(&tables.organs.hotline, OrganKind::HotlineCentre);
        self.organ(tx, context, (&code, kind, name), Some(city), Some(whole))?;
        for department in &tables.organs.departments {
            let (code, kind, name) = of(department, OrganKind::Department);
            self.organ(tx, context, (&code, kind, name), Some(city), Some(whole))?;
        }
        for organisation in &tables.organs.organisations {
            let (code, kind, name) = of(organisation, OrganKind::SocialOrganisation);
            self.organ(tx, context, (&code, kind, name), None, Some(whole))?;
        }
        for district in &tables.districts {
            let name = LocalText::new(&district.zh, &district.en);
            let above = self.office(tx, context, (&district.code, AreaLevel::District, name), city)?;
            for street in &district.streets {
                let name = LocalText::new(&street.zh, &street.en);
                let above = self.office(tx, context, (&street.code, AreaLevel::Street, name), above)?;
                for (nth, community) in street.communities.iter().enumerate() {
                    let code = street.community_code(nth);
                    let name = LocalText::new(&community.zh, &community.en);
                    self.office(tx, context, (&code, AreaLevel::Community, name), above)?;
                }
            }
        }
        Ok(())
    }

    fn people(
        &mut self,
        tx: &mut dyn Tx,
        context: &Context,
        tables: &Tables,
        password: &PasswordHash,
        seed: u64,
    ) -> Result<(), Failure> {
        for sign_in in &tables.people.sign_ins {
            let new =
                NewPerson { name: sign_in.name.clone(), login: Some(sign_in.login.clone()), phone: None };
            let person = actions::register_person(tx, context, &new)?;
            actions::set_password_hash(tx, context, person, password, None)?;
            let role = match sign_in.kind {
                SignInKind::Resident => {
                    self.residents.push(person);
                    continue;
                }
                SignInKind::Handler => Role::Handler,
                SignInKind::Head => Role::Head,
                SignInKind::Operator => Role::Operator,
                SignInKind::Auditor => Role::Auditor,
                SignInKind::Member => Role::Member,
                SignInKind::Administrator => Role::Administrator,
            };
            let code = sign_in.organ.as_deref().unwrap_or_default();
            let organ = *self.organs.get(code).ok_or_else(|| missing(code))?;
            actions::grant(tx, context, person, organ, role)?;
            match role {
                Role::Handler => drop(self.handlers.insert(organ, person)),
                Role::Head => drop(self.heads.insert(organ, person)),
                Role::Operator => self.operators.push(person),
                Role::Auditor | Role::Member | Role::Administrator => {}
            }
        }
        let mut dice = Dice::new(seed, u64::MAX);
        let mut register = |tx: &mut dyn Tx| {
            let new = NewPerson { name: tables.people.name(&mut dice), login: None, phone: None };
            actions::register_person(tx, context, &new)
        };
        let social: Vec<&str> = tables.organs.organisations.iter().map(|organ| organ.code.as_str()).collect();
        let hotline = tables.organs.hotline.code.as_str();
        for (code, organ) in &self.organs {
            if social.contains(&code.as_str()) {
                let member = register(tx)?;
                actions::grant(tx, context, member, *organ, Role::Member)?;
                continue;
            }
            if code == hotline {
                for _ in 0..3 {
                    let operator = register(tx)?;
                    actions::grant(tx, context, operator, *organ, Role::Operator)?;
                    self.operators.push(operator);
                }
            }
            for (role, known) in [(Role::Handler, &mut self.handlers), (Role::Head, &mut self.heads)] {
                if !known.contains_key(organ) {
                    let person = register(tx)?;
                    actions::grant(tx, context, person, *organ, role)?;
                    known.insert(*organ, person);
                }
            }
        }
        for _ in 0..RESIDENTS {
            let resident = register(tx)?;
            self.residents.push(resident);
        }
        Ok(())
    }

    fn sort_duties(&mut self, tx: &mut dyn Tx, context: &Context, tables: &Tables) -> Result<(), Failure> {
        let directory = Directory::read(tx)?;
        let mut books = Books::read(tx)?;
        let mut entries = Vec::new();
        for branch in &tables.branches {
            let above = NewCategory {
                code: branch.code.clone(),
                name: LocalText::new(&branch.zh, &branch.en),
                parent: None,
                urgency: Urgency::Ordinary,
                active: true,
            };
            let parent = books::establish_category(tx, context, &mut books, above)?;
            self.categories.insert(branch.code.clone(), parent);
            for leaf in &branch.leaves {
                let new = NewCategory {
                    code: leaf.code.clone(),
                    name: LocalText::new(&leaf.zh, &leaf.en),
                    parent: Some(parent),
                    urgency: leaf.urgency,
                    active: true,
                };
                let category = books::establish_category(tx, context, &mut books, new)?;
                self.categories.insert(leaf.code.clone(), category);
                let mut line = |area: Option<AreaId>, organ: &str| {
                    let organ = *self.organs.get(organ).ok_or_else(|| missing(organ))?;
                    entries.push(Entry { category: Some(category), area, organ });
                    Ok::<_, Failure>(())
                };
                match leaf.organ.as_str() {
                    "street" => {
                        for (_, street) in tables.streets() {
                            line(self.areas.get(&street.code).copied(), &street.code)?;
                        }
                    }
                    "community" => {
                        for (_, street) in tables.streets() {
                            for nth in 0..street.communities.len() {
                                let code = street.community_code(nth);
                                line(self.areas.get(&code).copied(), &code)?;
                            }
                        }
                    }
                    department => line(None, department)?,
                }
            }
        }
        if books.rulebooks.newest() == 0 {
            books::adopt_rulebook(tx, context, gongzhi_appeals::rulebook::DEFAULT, context.now)?;
        }
        books::adopt_catalogue(tx, context, &directory, &books.categories, &entries, context.now)?;
        Ok(())
    }

    /// Where a case of this community is said to be.
    pub(crate) fn place(
        &self,
        tables: &Tables,
        (street, community, grid): (usize, usize, usize),
        at: At,
        dice: &mut Dice,
    ) -> Option<AreaId> {
        let (_, street) = tables.streets().nth(street)?;
        let code = street.community_code(community);
        let code = match at {
            At::None if dice.per_mille(400) => return None,
            At::None => code,
            At::Street => street.code.clone(),
            // Most point at the map, which knows the grid; others only name the community.
            _ if dice.per_mille(620) => grid_code(&code, grid + 1),
            _ => code,
        };
        self.areas.get(&code).copied()
    }
}

fn grid_code(community: &str, grid: usize) -> String {
    format!("{community}-{grid:02}")
}

impl Tables {
    /// What somebody with a printed sign-in is, in words.
    pub(crate) fn role_of(&self, sign_in: &SignIn) -> LocalText {
        let (zh, en) = match sign_in.kind {
            SignInKind::Resident => {
                return LocalText::new(
                    format!("居民 {}", sign_in.name),
                    format!("Resident {}", sign_in.name_en),
                );
            }
            SignInKind::Handler => ("承办人员", "Official"),
            SignInKind::Head => ("负责人", "Head"),
            SignInKind::Operator => ("话务员", "Operator"),
            SignInKind::Auditor => ("监督人员", "Auditor"),
            SignInKind::Member => ("组织成员", "Member"),
            SignInKind::Administrator => ("系统管理员", "Administrator"),
        };
        let code = sign_in.organ.as_deref().unwrap_or_default();
        let organ = self.organ_name(code);
        let name = organ.get(gongzhi_kernel::Locale::En).to_owned();
        LocalText::new(
            format!("{}{zh} {}", organ.zh, sign_in.name),
            format!("{en}, {name}: {}", sign_in.name_en),
        )
    }

    fn organ_name(&self, code: &str) -> LocalText {
        let named = [&self.organs.government, &self.organs.hotline];
        let known = named.into_iter().chain(&self.organs.departments).chain(&self.organs.organisations);
        if let Some(organ) = known.into_iter().find(|organ| organ.code == code) {
            return organ.name();
        }
        for (_, street) in self.streets() {
            if street.code == code {
                return LocalText::new(&street.zh, &street.en);
            }
            for (nth, community) in street.communities.iter().enumerate() {
                if street.community_code(nth) == code {
                    return LocalText::new(&community.zh, &community.en);
                }
            }
        }
        LocalText::only(code)
    }
}

impl super::tables::People {
    /// An invented name.
    pub(crate) fn name(&self, dice: &mut Dice) -> String {
        let surnames: Vec<char> = self.surnames.chars().collect();
        format!("{}{}", dice.pick(&surnames), dice.pick(&self.given))
    }
}
