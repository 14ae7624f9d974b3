//! What a plugin is, for `archlint plugin inspect`, and how its examples came out.

use std::collections::BTreeSet;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::explain::word;
use crate::definition::Definition;
use crate::engine::Description;
use crate::examples::Examined;

/// What a plugin says of itself and what can be seen of it, as text.
pub fn inspection(bytes: &[u8], it: &Description, definitions: &[Definition]) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        writeln!(text, "{name:<10}{value}").expect("a String takes everything");
    };
    line("Name", &it.name);
    line("Version", &it.version);
    line("World", it.world);
    line("Encoding", it.encoding);
    line("Snapshot", &it.snapshot_version);
    line(
        "Imports",
        if it.imports.is_empty() { "nothing".to_owned() } else { it.imports.join(", ") }.as_str(),
    );
    line("Size", &format!("{} bytes", bytes.len()));
    line("SHA-256", &Sha256::digest(bytes).iter().fold(String::new(), |hex, it| hex + &format!("{it:02x}")));
    for it in definitions {
        write!(text, "\n{} {} ({})\n  {}\n", it.code, it.slug, word(&it.severity), it.title)
            .expect("a String takes everything");
        let mut reads = |what: &str, names: String| {
            if !names.is_empty() {
                writeln!(text, "  {what:<8}{names}").expect("a String takes everything");
            }
        };
        let names = |all: &BTreeSet<String>| all.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        reads("kinds", names(&it.needs.kinds));
        reads("facts", names(&it.needs.facts));
        reads("raw", if it.needs.raw { "properties as the source wrote them" } else { "" }.to_owned());
    }
    text
}

/// How the examples of a rule came out.
pub fn examined(it: &Examined) -> String {
    let (code, slug, count) = (&it.definition.code, &it.definition.slug, it.definition.examples.len());
    if it.complaints.is_empty() {
        return format!("ok      {code} {slug}: {count} examples\n");
    }
    let failed = format!("failed  {code} {slug}: {} of {count} examples\n\n", it.complaints.len());
    it.complaints.iter().fold(failed, |text, it| text + it + "\n")
}
