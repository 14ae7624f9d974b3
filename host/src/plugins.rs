//! The plugins that a caller names: added to a run, looked at, tested.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use archlint::definition::{self, Definition};
use archlint::engine::{Cache, EnabledRule, MODULE_BYTES, Plugins};
use archlint::examples::{self, Examined};
use archlint::lint::Problem;
use archlint::report::{self, Style};
use archlint::rules::Rules;
use archlint::settings::Settings;
use archlint::source::SourceError;

use crate::cli::PluginTest;
use crate::{Status, problem, write};

/// Where `cargo build` leaves a plugin.
const BUILT: &str = "target/wasm32-unknown-unknown/release";

/// The built-in rules and those of the plugins that the caller and the settings name. One plugin that cannot be loaded is a
/// problem; the others' rules still run.
pub(crate) fn rules(settings: &Settings, style: Style) -> Result<(Rules, Vec<Problem>), Problem> {
    let mut plugins = Plugins::builtin().map_err(boxed)?.with_cache(Cache::of_user());
    let mut problems: Vec<Problem> = Vec::new();
    for file in settings.plugins.iter().map(|it| &it.value) {
        if let Err(problem) = read(file).and_then(|bytes| add(&mut plugins, file, &bytes, style)) {
            problems.push(problem);
        }
    }
    let (rules, more) = Rules::new(plugins);
    problems.extend(more);
    Ok((rules, problems))
}

pub(crate) fn inspect(file: &Path, style: Style) -> Result<Status, Problem> {
    let bytes = read(file)?;
    let plugins = alone(file, &bytes, style)?;
    let description = plugins.description(0).map_err(boxed)?;
    let definitions = definitions(&plugins)?;
    write(None, report::inspection(&bytes, &description, &definitions))?;
    Ok(Status::Clean)
}

pub(crate) fn test(args: &PluginTest, style: Style) -> Result<Status, Problem> {
    let wasm = args.wasm.clone().map_or_else(|| built(&args.folder), Ok)?;
    let plugins = alone(&wasm, &read(&wasm)?, style)?;
    let mut files = BTreeMap::new();
    definition_files(&args.folder, &mut files)?;
    let mut all_well = true;
    for (_, name, embedded) in plugins.definitions() {
        let code = Definition::parse_strictly(name, embedded).map_err(boxed)?.code;
        let Some((path, text)) = files.get(&code) else { return Err(no_definition(&code, &args.folder)) };
        if definition::front_matter(text) != definition::front_matter(embedded) {
            return Err(stale(path, &wasm));
        }
        let examined = examine(&plugins, path, text)?;
        if args.bless && examined.blessed != *text {
            write(Some(path), report::Page::verbatim(examined.blessed.clone()))?;
        }
        all_well &= examined.complaints.is_empty();
        write(None, report::examined(&examined))?;
    }
    Ok(if all_well { Status::Clean } else { Status::Findings })
}

/// Runs the examples of a definition through the plugin that has the rule.
fn examine(plugins: &Plugins, path: &Path, text: &str) -> Result<Examined, Problem> {
    let mut check = |definition: &Definition, snapshot: &_| {
        let rule = EnabledRule {
            code: definition.code.clone(),
            plugin: 0,
            needs: definition.needs.clone(),
            parameters: definition.parameters(None).map_err(|it| it.to_string())?,
        };
        let outcome = plugins.check(&[snapshot], &[rule]).pop().and_then(|mut it| it.pop());
        outcome.expect("one snapshot and one rule give one outcome").result.map_err(|it| it.to_string())
    };
    examples::examine(&path.display().to_string(), text, &mut check).map_err(boxed)
}

/// A plugin without the built-in ones.
fn alone(file: &Path, bytes: &[u8], style: Style) -> Result<Plugins, Problem> {
    let mut plugins = Plugins::none().map_err(boxed)?.with_cache(Cache::of_user());
    add(&mut plugins, file, bytes, style)?;
    Ok(plugins)
}

/// Adds a plugin, and tells at once if its cache deserves a warning.
fn add(plugins: &mut Plugins, file: &Path, bytes: &[u8], style: Style) -> Result<(), Problem> {
    if let Some(warning) = plugins.add(&file.display().to_string(), bytes).map_err(boxed)? {
        report::tell(report::diagnostic(&warning, style));
    }
    Ok(())
}

/// A plugin's file, or as much of it as tells that it is too large.
fn read(file: &Path) -> Result<Vec<u8>, Problem> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(file)?.take(MODULE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| unreadable(file, error))
}

fn definitions(plugins: &Plugins) -> Result<Vec<Definition>, Problem> {
    let parse = |(_, name, text): (usize, &str, &str)| Definition::parse_strictly(name, text).map_err(boxed);
    plugins.definitions().map(parse).collect()
}

/// The WebAssembly of a folder, if there is no doubt which.
fn built(folder: &Path) -> Result<PathBuf, Problem> {
    let wasm = |folder: PathBuf| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
        entries.filter(|it| it.extension().is_some_and(|it| it == "wasm")).collect()
    };
    let all = [wasm(folder.to_owned()), wasm(folder.join(BUILT))].concat();
    match all.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(problem(
            &format!("no WebAssembly in `{0}` or `{0}/{BUILT}`", folder.display()),
            "build it with `cargo build --release --target wasm32-unknown-unknown`, or name it: `--wasm FILE`",
        )),
        [one, other, ..] => Err(problem(
            &format!("which is the plugin: `{}` or `{}`?", one.display(), other.display()),
            "name it: `--wasm FILE`",
        )),
    }
}

/// Every definition below a folder, by the code of its rule: where it is, and its text. What is built or installed
/// there is none of the author's.
fn definition_files(folder: &Path, into: &mut BTreeMap<String, (PathBuf, String)>) -> Result<(), Problem> {
    let wrong = |error| unreadable(folder, error);
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules"].contains(&name.as_ref()) {
                definition_files(&path, into)?;
            }
        } else if name.ends_with(".md") {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            if definition::front_matter(&text).is_some() {
                let origin = path.display().to_string();
                let code = Definition::parse_strictly(&origin, &text).map_err(boxed)?.code;
                into.insert(code, (path, text));
            }
        }
    }
    Ok(())
}

fn no_definition(code: &str, folder: &Path) -> Problem {
    problem(
        &format!("the plugin has a rule `{code}`, but no definition in `{}` is of it", folder.display()),
        "name the folder that holds the definitions",
    )
}

fn stale(definition: &Path, wasm: &Path) -> Problem {
    problem(
        &format!("`{}` has changed since `{}` was built", definition.display(), wasm.display()),
        "build the plugin again: it carries its definitions",
    )
}

fn unreadable(file: &Path, source: io::Error) -> Problem {
    Box::new(SourceError::Read { file: file.display().to_string(), source })
}

fn boxed(error: impl miette::Diagnostic + Send + Sync + 'static) -> Problem {
    Box::new(error)
}
