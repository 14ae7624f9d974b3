//! Every example of every rule, natively: no host is built, no WebAssembly run.

use std::path::Path;

#[test]
fn every_example_comes_out_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/storage");
    let rules = archlint_storage::RULES.iter().map(|rule| {
        let run = |document: archlint_sdk::schema::PackedDocument, parameters: &str| {
            rule.run(&document.into(), parameters).map_err(|it| it.to_string())
        };
        (rule.definition, run)
    });
    archlint::examples::run_natively(&folder, rules).unwrap_or_else(|complaints| panic!("{complaints}"));
}
