//! `cargo xtask plan`: the plan of a Terraform configuration, without Terraform's providers.

mod checks;
mod configuration;
mod document;
mod evaluate;
mod functions;
mod instance;
mod module;
mod provider;
mod references;
mod relevant;
mod state;
#[cfg(test)]
mod tests;
mod types;
mod value;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use document::Plan;
use evaluate::Scope;
use instance::Instance;
use module::Module;
use provider::Provider;
use value::Value;

use crate::{Result, root};

const ARCHITECTURES: &str = "fixtures/architectures";

/// The configuration that grows to any size, by its variable `shops`.
const LARGE: &str = "xtask/src/plan/large";

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        [] => architectures()?.iter().try_for_each(|it| write(it)),
        ["--check"] => architectures()?.iter().try_for_each(|it| check(it)),
        ["--size", size, "--output", file] => write_large(bytes(size)?, Path::new(file)),
        [directory] if !directory.starts_with('-') => write(Path::new(directory)),
        _ => Err("plan takes nothing, DIR, --check, or --size SIZE --output FILE".into()),
    }
}

/// The architectures that are written in Terraform too.
fn architectures() -> Result<Vec<PathBuf>> {
    let folders = fs::read_dir(root().join(ARCHITECTURES))?;
    let mut folders = folders.map(|it| Ok(it?.path())).collect::<Result<Vec<_>>>()?;
    folders.retain(|it| it.join("main.tf").exists());
    folders.sort();
    Ok(folders)
}

fn write(directory: &Path) -> Result<()> {
    let path = directory.join("plan.json");
    fs::write(&path, readable(directory)?)?;
    println!("wrote {}", path.display());
    Ok(())
}

fn check(directory: &Path) -> Result<()> {
    let path = directory.join("plan.json");
    match fs::read_to_string(&path) {
        Ok(written) if written == readable(directory)? => Ok(()),
        _ => Err(format!("{} is not what main.tf says: run `cargo xtask plan`", path.display()).into()),
    }
}

/// The plan of a configuration, indented.
fn readable(directory: &Path) -> Result<String> {
    let mut text = Vec::new();
    print(directory, BTreeMap::new(), |plan| Ok(serde_json::to_writer_pretty(&mut text, plan)?))?;
    text.push(b'\n');
    Ok(String::from_utf8(text)?)
}

/// A plan of about so many bytes, on one line, as Terraform prints it.
pub(crate) fn write_large(size: u64, file: &Path) -> Result<()> {
    let of_shops = |shops: u64, into: &mut dyn Write| {
        let variables = BTreeMap::from([("shops".to_owned(), Value::Number(shops.into()))]);
        print(&root().join(LARGE), variables, |plan| Ok(serde_json::to_writer(into, plan)?))
    };
    let length = |shops| {
        let mut text = Vec::new();
        of_shops(shops, &mut text)?;
        Ok::<_, Box<dyn Error>>(text.len() as u64)
    };
    let (one, two) = (length(1)?, length(2)?);
    let shops = 1 + size.saturating_sub(one) / (two - one);
    let mut writer = BufWriter::new(fs::File::create(file)?);
    of_shops(shops, &mut writer)?;
    writer.write_all(b"\n")?;
    writer.flush()?;
    println!("wrote {}: {shops} shops", file.display());
    Ok(())
}

/// Makes the plan of a configuration. What is given for variables stands above `terraform.tfvars`.
fn print(
    directory: &Path,
    variables: BTreeMap<String, Value>,
    to: impl FnOnce(&Plan) -> Result<()>,
) -> Result<()> {
    let mut arguments = module::assignments(directory)?;
    arguments.extend(variables);
    let module = Module::read(directory)?;
    let mut provider = Provider::read()?;
    if let Some(body) = module.providers.get("aws") {
        let unconfigured = Provider::read()?;
        let root = Instance::new(&module, Vec::new(), arguments.clone(), &unconfigured)?;
        provider.configure(body, &Scope::of(&root))?;
    }
    let root = Instance::new(&module, Vec::new(), arguments, &provider)?;
    to(&Plan::new(&root, &provider)?)
}

/// Reads `100MB`.
fn bytes(text: &str) -> Result<u64> {
    let (number, unit) = match text.strip_suffix("MB") {
        Some(number) => (number, 1_000_000),
        None => (text.strip_suffix("kB").ok_or("a size is a number of kB or MB, as in 100MB")?, 1000),
    };
    Ok(number.parse::<u64>()? * unit)
}
