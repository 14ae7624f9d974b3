//! Every example of every built-in rule, through the shipped WebAssembly; and what all definitions keep to.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use archlint::definition::{Definition, ExampleKind};
use archlint::engine::{EnabledRule, Plugins};
use archlint::examples;

fn definitions() -> Vec<PathBuf> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
    let folders = fs::read_dir(rules).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir());
    let mut files: Vec<PathBuf> =
        folders.flat_map(|it| fs::read_dir(it).unwrap().map(|it| it.unwrap().path())).collect();
    files.sort();
    files
}

#[test]
fn every_example_comes_out_as_expected() {
    let plugins = Plugins::builtin().unwrap();
    let owner: Vec<(usize, String)> =
        plugins.definitions().map(|(at, _, text)| (at, text.to_owned())).collect();
    let mut complaints = Vec::new();
    for file in definitions() {
        let text = fs::read_to_string(&file).unwrap();
        // A rule without a check, or a stale binary.
        let Some((plugin, _)) = owner.iter().find(|(_, it)| *it == text) else {
            complaints.push(format!("{}: no built-in plugin hands it over", file.display()));
            continue;
        };
        let mut check = |definition: &Definition, snapshot: &_| {
            let rule = EnabledRule {
                code: definition.code.clone(),
                plugin: *plugin,
                needs: definition.needs.clone(),
                parameters: definition.parameters(None).map_err(|it| it.to_string())?,
            };
            let outcome = plugins.check(&[snapshot], &[rule]).pop().unwrap().pop().unwrap();
            outcome.result.map_err(|it| it.to_string())
        };
        complaints.extend(examples::run(&file, &mut check).err());
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert_eq!(owner.len(), definitions().len(), "every check has a definition in rules/");
}

/// Rules by which a resource is wrong because it is there: nothing about it leaves them undecided.
const NEVER_UNDECIDED: &[&str] = &["LBL008"];

#[test]
fn definitions_keep_to_their_form() {
    let mut codes = BTreeSet::new();
    for file in definitions() {
        let text = fs::read_to_string(&file).unwrap();
        let it = Definition::parse_strictly(&file.display().to_string(), &text).unwrap();
        let name = file.display();
        assert_eq!(file.file_stem().unwrap().to_str().unwrap(), it.slug, "{name}");
        assert!(text.contains(&format!("\n# {} {}\n", it.code, it.slug)), "{name}: the heading");
        assert!(codes.insert(it.code.clone()), "{name}: {} is taken", it.code);
        let count = |kind| it.examples.iter().filter(|it| it.kind == kind).count();
        assert!(count(ExampleKind::Bad) >= 2, "{name}: two bad examples");
        assert!(count(ExampleKind::Good) >= 2, "{name}: two good examples");
        let is_decided = NEVER_UNDECIDED.contains(&it.code.as_str());
        assert!(is_decided || count(ExampleKind::Undecided) >= 1, "{name}: an undecided example");
        for example in it.examples.iter().filter(|it| it.kind == ExampleKind::Bad) {
            for line in &example.expected {
                let message = line.split_once(": ").map_or("", |it| it.1);
                assert!(!message.ends_with('.'), "{name}: `{line}` ends with a stop");
            }
        }
    }
}
