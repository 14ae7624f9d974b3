//! The list of the rules in README.md, from their definitions.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Result, root};

const BEGIN: &str = "<!-- Written by `cargo xtask docs` from rules/. -->\n";
const END: &str = "<!-- End of the rules. -->\n";

/// Rewrites the list; with `check` it only tells whether that would change anything.
pub(crate) fn run(check: bool) -> Result<()> {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path)?;
    let (before, rest) = text.split_once(BEGIN).ok_or("README.md has no place for the list of rules")?;
    let (written, after) =
        rest.split_once(END).ok_or("README.md does not say where the list of rules ends")?;
    let list = list()?;
    if check && written != list {
        return Err("the rules in README.md are not those of rules/: run `cargo xtask docs`".into());
    }
    if !check {
        fs::write(path, format!("{before}{BEGIN}{list}{END}{after}"))?;
    }
    Ok(())
}

fn list() -> Result<String> {
    let mut rules = Vec::new();
    for domain in fs::read_dir(root().join("rules"))? {
        for file in fs::read_dir(domain?.path())? {
            rules.push(rule(&file?.path())?);
        }
    }
    rules.sort();
    let line = |it: &Rule| format!("| [{}]({}) | {} |\n", it.code, it.path.display(), it.title);
    Ok(format!("| rule | finds |\n|---|---|\n{}", rules.iter().map(line).collect::<String>()))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rule {
    code: String,
    title: String,
    path: PathBuf,
}

fn rule(path: &Path) -> Result<Rule> {
    let text = fs::read_to_string(path)?;
    let field = |name: &str| {
        let value =
            text.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'));
        value.map(str::to_owned).ok_or_else(|| format!("{} has no `{name}`", path.display()))
    };
    Ok(Rule { code: field("code")?, title: field("title")?, path: path.strip_prefix(root())?.to_owned() })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_readme_lists_the_rules_that_there_are() {
        super::run(true).unwrap();
    }
}
