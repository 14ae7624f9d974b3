//! Every example of every rule, natively: no host is built, no WebAssembly run.

use std::path::Path;

use archlint::examples;

#[test]
fn every_example_comes_out_as_expected() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/network");
    let mut complaints = Vec::new();
    for rule in archlint_network::RULES {
        let slug = rule.definition.lines().find_map(|it| it.strip_prefix("slug = \"")?.strip_suffix('"'));
        let file = rules.join(format!("{}.md", slug.expect("every definition has a slug")));
        let mut check = |definition: &archlint::definition::Definition, snapshot: &_| {
            let parameters = definition.parameters(None).map_err(|it| it.to_string())?;
            rule.run(&examples::document(definition, snapshot)?.into(), &parameters)
                .map_err(|it| it.to_string())
        };
        complaints.extend(examples::run(&file, &mut check).err());
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
