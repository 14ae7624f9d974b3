//! Which block of the configuration became which block of the plan.

use serde_json::Value as Json;

/// For each block of a plan the position and the expressions of the one that it was made of. A set has its
/// blocks in an order of its own, so constants must agree; among blocks that nothing tells apart, any choice
/// gives the same set. Nothing for a block that none fits: a `dynamic` block made it. Nor for one whose place would
/// have to be searched among more than may be afforded.
pub(super) fn matched<'j>(
    written: &'j Json,
    blocks: &[Json],
    afford: impl Fn(usize) -> bool,
) -> Vec<Option<(usize, &'j Json)>> {
    let written: Vec<&Json> = match written {
        Json::Array(all) => all.iter().collect(),
        // One expression for the whole list.
        one if one.get("references").is_some() => return vec![Some((0, one)); blocks.len()],
        one => vec![one],
    };
    let mut is_free = vec![true; written.len()];
    let mut first_free = 0;
    let mut matched = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let fits = |it: &usize| is_free[*it] && agrees(written[*it], block);
        let same = Some(at).filter(|it| *it < written.len()).filter(fits);
        let searched = first_free..written.len();
        let found = same.or_else(|| afford(searched.len()).then(|| searched.clone().find(fits)).flatten());
        matched.push(found.map(|it| {
            is_free[it] = false;
            (it, written[it])
        }));
        first_free += is_free[first_free..].iter().take_while(|it| !**it).count();
    }
    matched
}

/// Whether every constant of a block's expressions is what the plan has.
fn agrees(written: &Json, block: &Json) -> bool {
    let fields = written.as_object().into_iter().flatten();
    let constants = fields.filter_map(|(name, it)| Some((name, it.get("constant_value")?)));
    constants.into_iter().all(|(name, constant)| is_same(constant, &block[name.as_str()]))
}

/// Providers change the type of scalars (`"80"` to 80), and leave null for what they normalize away.
fn is_same(constant: &Json, value: &Json) -> bool {
    let text = |it: &Json| match it {
        Json::String(it) => Some(it.clone()),
        Json::Number(_) | Json::Bool(_) => Some(it.to_string()),
        _ => None,
    };
    value.is_null()
        || constant == value
        || text(constant).is_some_and(|it| Some(it) == text(value))
        || constant.is_array()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_of_a_set_are_told_apart_by_their_constants() {
        let written = json!([
            { "port": { "constant_value": "80" }, "id": { "references": ["a.b.id"] } },
            { "port": { "constant_value": "443" }, "id": { "references": ["c.d.id"] } }
        ]);
        let positions = |blocks: Json| {
            let blocks = blocks.as_array().unwrap().clone();
            matched(&written, &blocks, |_| true).into_iter().map(|it| it.map(|it| it.0)).collect::<Vec<_>>()
        };
        assert_eq!(positions(json!([{ "port": 443 }, { "port": 80 }])), [Some(1), Some(0)]);
        assert_eq!(positions(json!([{ "port": 80 }, { "port": 80 }])), [Some(0), None]);
    }
}
