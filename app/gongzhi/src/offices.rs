//! The offices that go with areas: what a city has of itself once its division is known.

use std::collections::BTreeMap;

use gongzhi_kernel::{Context, Failure, LocalText, OrganId};
use gongzhi_people::{AreaLevel, Directory, NewOrgan, OrganKind, actions};
use gongzhi_store::Tx;

/// The office of an area with this name; `None` at levels that have none of their own (provinces, grids).
pub(crate) fn office_of(level: AreaLevel, name: &LocalText) -> Option<(OrganKind, LocalText)> {
    let village = name.zh.ends_with('村');
    let (kind, zh, en) = match level {
        AreaLevel::City => (OrganKind::City, "人民政府", "Government"),
        AreaLevel::District => (OrganKind::District, "人民政府", "Government"),
        AreaLevel::Street if name.zh.ends_with("街道") => (OrganKind::Street, "办事处", "Office"),
        AreaLevel::Street => (OrganKind::Street, "人民政府", "Government"),
        AreaLevel::Community if village => (OrganKind::Community, "村民委员会", "Villagers' Committee"),
        AreaLevel::Community => (OrganKind::Community, "居民委员会", "Residents' Committee"),
        AreaLevel::Province | AreaLevel::Grid => return None,
    };
    let name =
        LocalText { zh: format!("{}{zh}", name.zh), en: name.en.as_ref().map(|name| format!("{name} {en}")) };
    Some((kind, name))
}

/// Establishes the office of every area that has none yet, each under that of the area around it. Its code is that of
/// the area; an organ that has the code already is left as it is. How many were established.
pub(crate) fn establish(tx: &mut dyn Tx, context: &Context) -> Result<u64, Failure> {
    let directory = Directory::read(tx)?;
    let mut by_area: BTreeMap<_, OrganId> = BTreeMap::new();
    let mut established = 0;
    // From the widest level down, so that the office above is there before those below.
    for level in AreaLevel::ALL {
        for area in directory.areas_at(*level) {
            let Some((kind, name)) = office_of(*level, &area.name) else { continue };
            let there = directory.organs_of_area(area.id).find(|organ| organ.kind == kind);
            let there = there.or_else(|| directory.organ_by_code(&area.code));
            // The government that `gongzhi user add … --organ city` has brought into being.
            let there =
                there.or_else(|| directory.organ_by_code("city").filter(|_| *level == AreaLevel::City));
            let organ = match there {
                Some(organ) => organ.id,
                None => {
                    let parent =
                        directory.ancestors(area.id).find_map(|around| by_area.get(&around.id).copied());
                    let new = NewOrgan { code: area.code.clone(), kind, name, parent, area: Some(area.id) };
                    established += 1;
                    actions::establish_organ(tx, context, &new)?
                }
            };
            by_area.insert(area.id, organ);
        }
    }
    Ok(established)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_are_called_as_people_call_them() {
        for (level, area, office) in [
            (AreaLevel::District, "松照区", Some("松照区人民政府")),
            (AreaLevel::Street, "梧桐里街道", Some("梧桐里街道办事处")),
            (AreaLevel::Street, "白鹭镇", Some("白鹭镇人民政府")),
            (AreaLevel::Community, "文昌社区", Some("文昌社区居民委员会")),
            (AreaLevel::Community, "湿地村", Some("湿地村村民委员会")),
            (AreaLevel::Grid, "第一网格", None),
        ] {
            let name = office_of(level, &LocalText::only(area)).map(|(_, name)| name.zh);
            assert_eq!(name.as_deref(), office, "{area}");
        }
    }
}
