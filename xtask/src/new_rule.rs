//! `cargo xtask new-rule`: the two files of a rule, and its line in the list of its plugin.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Result, cargo};

/// The macro that lists the rules of a plugin, in its `lib.rs`.
const LIST: &str = "plugin!(";

/// Writes `rules/<domain>/<slug>.md` and `plugins/<domain>/src/<slug>.rs`, and lists the module. The examples
/// are to be filled in: until they are, the tests of the rules fail and say what is missing.
pub(crate) fn write(root: &Path, domain: &str, slug: &str, code: &str) -> Result<()> {
    let module = slug.replace('-', "_");
    let list = root.join("plugins").join(domain).join("src/lib.rs");
    let definition = root.join("rules").join(domain).join(format!("{slug}.md"));
    let check = list.with_file_name(format!("{module}.rs"));

    if !is_code(code) {
        return Err(
            format!("`{code}` is not a code: three capital letters and three digits, as in NET006").into()
        );
    }
    if !is_slug(slug) {
        return Err(format!(
            "`{slug}` is not a slug: lower-case words joined by `-` that name what is wrong"
        )
        .into());
    }
    if !list.exists() {
        return Err(format!("no plugin is called `{domain}`: {} does not exist", list.display()).into());
    }
    if let Some(taken) = taken(&root.join("rules"), code)? {
        return Err(format!("{code} is the code of {taken}").into());
    }
    if definition.exists() || check.exists() {
        return Err(format!("`{slug}` is a rule already").into());
    }

    let listed = insert(&fs::read_to_string(&list)?, &module)?;
    fs::create_dir_all(definition.parent().expect("it is in a domain's folder"))?;
    fs::write(&definition, fill(include_str!("new_rule/definition.md"), domain, slug, code))?;
    fs::write(&check, fill(include_str!("new_rule/check.rs.txt"), domain, slug, code))?;
    fs::write(&list, listed)?;
    cargo::finish(Command::new("rustfmt").args(["--edition", "2024"]).arg(&list).current_dir(root))?;
    println!("wrote {}\nwrote {}\nlisted in {}", definition.display(), check.display(), list.display());
    Ok(())
}

fn fill(template: &str, domain: &str, slug: &str, code: &str) -> String {
    template.replace("DOMAIN", domain).replace("SLUG", slug).replace("CODE", code)
}

fn is_code(text: &str) -> bool {
    text.len() == 6
        && text.bytes().take(3).all(|it| it.is_ascii_uppercase())
        && text.bytes().skip(3).all(|it| it.is_ascii_digit())
}

fn is_slug(text: &str) -> bool {
    let is_word =
        |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    text.starts_with(|it: char| it.is_ascii_lowercase()) && text.split('-').all(is_word)
}

/// The definition that has a code already. A code is never used twice, not even in another domain.
fn taken(rules: &Path, code: &str) -> Result<Option<String>> {
    let line = format!("code = \"{code}\"");
    for domain in fs::read_dir(rules)? {
        let domain = domain?.path();
        if !domain.is_dir() {
            continue;
        }
        for definition in fs::read_dir(domain)? {
            let definition = definition?.path();
            if fs::read_to_string(&definition)?.lines().any(|it| it == line) {
                return Ok(Some(definition.display().to_string()));
            }
        }
    }
    Ok(None)
}

/// Adds a module to the list in `lib.rs`, in the order of the alphabet.
fn insert(lib: &str, module: &str) -> Result<String> {
    let missing = || format!("lib.rs does not list its rules in `{LIST}...)`");
    let start = lib.find(LIST).ok_or_else(missing)? + LIST.len();
    let end = start + lib[start..].find(')').ok_or_else(missing)?;
    let mut modules: Vec<&str> =
        lib[start..end].split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    modules.push(module);
    modules.sort_unstable();
    Ok(format!("{}{}{}", &lib[..start], modules.join(", "), &lib[end..]))
}

#[cfg(test)]
mod tests {
    use super::{insert, is_code, is_slug};

    #[track_caller]
    fn check_insert(lib: &str, expected: &str) {
        assert_eq!(insert(lib, "lb_single_az").unwrap(), expected);
    }

    #[test]
    fn lists_a_rule_in_order() {
        check_insert("archlint_sdk::plugin!();\n", "archlint_sdk::plugin!(lb_single_az);\n");
        check_insert("x::plugin!(\n    a,\n    z,\n);\n", "x::plugin!(a, lb_single_az, z);\n");
        assert!(insert("mod a;", "b").is_err());
    }

    #[test]
    fn knows_codes_and_slugs() {
        for (text, expected) in [("NET006", true), ("NET06", false), ("net006", false), ("NET0061", false)] {
            assert_eq!(is_code(text), expected, "{text}");
        }
        for (text, expected) in [("lb-single-az", true), ("s3-keys", true), ("LB", false), ("a--b", false)] {
            assert_eq!(is_slug(text), expected, "{text}");
        }
    }
}
