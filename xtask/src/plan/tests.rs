use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value as Json;

use crate::root;

/// A configuration of Terraform's own resource type, and `plan.json`, what Terraform 1.11 printed for it.
const EXAMPLE: &str = "xtask/src/plan/terraform_data";

#[test]
fn plans_of_architectures_are_fresh() {
    super::run(&["--check"]).unwrap();
}

#[test]
fn the_generator_prints_what_terraform_printed() {
    assert_same(comparable(generated()), comparable(recorded()));
}

#[test]
fn the_generator_prints_what_terraform_prints() {
    if Command::new("terraform").arg("version").output().is_err() {
        eprintln!("skipped: terraform is not installed");
        return;
    }
    let data = std::env::temp_dir().join(format!("archlint-xtask-plan-{}", std::process::id()));
    fs::create_dir_all(&data).unwrap();
    let plan = data.join("plan").display().to_string();
    terraform(&data, &["init", "-input=false"]);
    terraform(&data, &["plan", "-input=false", "-lock=false", "-out", &plan]);
    let printed = terraform(&data, &["show", "-json", &plan]);
    fs::remove_dir_all(&data).unwrap();
    let printed: Json = serde_json::from_slice(&printed.stdout).unwrap();
    // The hour alone is no reason to record it anew.
    if std::env::var_os("BLESS").is_some() && comparable(printed.clone()) != comparable(recorded()) {
        let text = serde_json::to_string_pretty(&printed).unwrap() + "\n";
        fs::write(root().join(EXAMPLE).join("plan.json"), text).unwrap();
    }
    assert_same(comparable(generated()), comparable(printed));
}

#[test]
fn a_large_plan_has_about_the_size_asked_for() {
    let file = std::env::temp_dir().join(format!("archlint-xtask-large-{}.json", std::process::id()));
    super::run(&["--size", "1500kB", "--output", &file.display().to_string()]).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    assert!((1_200_000..1_800_000).contains(&text.len()), "{} bytes", text.len());
    let plan: Json = serde_json::from_str(&text).unwrap();
    assert!(plan["resource_changes"].as_array().unwrap().len() > 100);
}

fn generated() -> Json {
    serde_json::from_str(&super::readable(&root().join(EXAMPLE)).unwrap()).unwrap()
}

fn recorded() -> Json {
    serde_json::from_str(&fs::read_to_string(root().join(EXAMPLE).join("plan.json")).unwrap()).unwrap()
}

fn terraform(data: &PathBuf, arguments: &[&str]) -> Output {
    let output = Command::new("terraform")
        .arg(format!("-chdir={}", root().join(EXAMPLE).display()))
        .args(arguments)
        .env("TF_DATA_DIR", data)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Without what depends on the hour and the version; what Terraform prints in no order is sorted.
fn comparable(mut plan: Json) -> Json {
    let top = plan.as_object_mut().unwrap();
    for name in ["timestamp", "terraform_version"] {
        top.shift_remove(name).unwrap();
    }
    if let Some(prior) = top.get_mut("prior_state") {
        prior.as_object_mut().unwrap().shift_remove("terraform_version").unwrap();
    }
    top["relevant_attributes"].as_array_mut().unwrap().sort_by_key(Json::to_string);
    sort_modules(&mut top["planned_values"]["root_module"]);
    plan
}

fn sort_modules(module: &mut Json) {
    if let Some(children) = module.get_mut("child_modules") {
        let children = children.as_array_mut().unwrap();
        children.sort_by_key(|it| it["address"].to_string());
        children.iter_mut().for_each(sort_modules);
    }
}

/// Compares part by part, so that a difference is shown alone.
#[track_caller]
fn assert_same(ours: Json, theirs: Json) {
    let (Json::Object(mut ours), Json::Object(theirs)) = (ours, theirs) else {
        panic!("a plan is an object")
    };
    for (name, theirs) in theirs {
        let ours = ours.shift_remove(&name).unwrap_or_default();
        let (ours, theirs) = [ours, theirs].map(|it| serde_json::to_string_pretty(&it).unwrap()).into();
        for (line, (our, their)) in ours.lines().zip(theirs.lines()).enumerate() {
            assert_eq!(our, their, "{name}, line {}", line + 1);
        }
        assert_eq!(ours.len(), theirs.len(), "{name}");
    }
    assert!(ours.is_empty(), "terraform has none of these: {ours:?}");
}
