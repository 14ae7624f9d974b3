//! Plugins written by hand: `fixtures/plugins/guest.wat` with its places filled, down to the canonical ABI.

use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const MODULE: &str = include_str!("../../../fixtures/plugins/guest.wat");
const WIT: &str = include_str!("../../../schemas/plugin.wit");

/// Where the guest's data begins.
const BASE: u32 = 1024;

/// A guest that does nothing wrong, until one of its fields says so.
pub(crate) struct Guest {
    pub(crate) definitions: Vec<String>,
    /// Instructions before each function answers.
    pub(crate) describe: &'static str,
    pub(crate) load: &'static str,
    pub(crate) check: &'static str,
    pub(crate) imports: &'static str,
    pub(crate) findings: Vec<Finding>,
    /// How many findings the answer claims to hold, where that is not how many there are.
    pub(crate) claims: Option<u32>,
    /// Memory at the start, in pages of 64 KiB.
    pub(crate) pages: u32,
    pub(crate) version: &'static str,
}

pub(crate) struct Finding {
    pub(crate) resource: &'static str,
    pub(crate) message: &'static [u8],
    /// The name of a fact of the resource.
    pub(crate) fact: Option<&'static str>,
}

impl Default for Guest {
    fn default() -> Self {
        Self {
            definitions: vec![definition("HOS001")],
            describe: "",
            load: "",
            check: "",
            imports: "",
            findings: Vec::new(),
            claims: None,
            pages: 64,
            version: "0.1.0",
        }
    }
}

/// A definition that is as short as one can be, of a rule on databases.
pub(crate) fn definition(code: &str) -> String {
    let slug = code.to_lowercase();
    format!(
        "+++\ncode = \"{code}\"\nslug = \"is-{slug}\"\ntitle = \"hostile\"\npillar = \"security\"\n\
         severity = \"low\"\nbest_practices = [{{ id = \"SEC01-BP01\", edition = \"2024-11-06\" }}]\n\
         references = [\"https://docs.aws.amazon.com/\"]\nneeds = {{ kinds = [\"AWS::RDS::DBInstance\"] }}\n\
         +++\n# {code}\n\n## Why\n\nTo be caught.\n\n## How to fix\n\nIt cannot be.\n"
    )
}

impl Guest {
    /// The core module, as a compiler for wasm32-unknown-unknown would leave it.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut data = Data::default();
        let info = self.info(&mut data);
        // A zero tag is `ok`.
        let loaded = data.put(&[0; 12]);
        let checked = self.verdicts(&mut data);
        let free = (BASE as usize + data.bytes.len()).next_multiple_of(8);
        let number = |it: u32| it.to_string();
        let wat = [
            ("{imports}", self.imports.to_owned()),
            ("{describe}", self.describe.to_owned()),
            ("{load}", self.load.to_owned()),
            ("{check}", self.check.to_owned()),
            ("{version}", self.version.to_owned()),
            ("{pages}", number(self.pages.max(u32::try_from(free >> 16).unwrap() + 1))),
            ("{free}", free.to_string()),
            ("{info}", number(info)),
            ("{loaded}", number(loaded)),
            ("{checked}", number(checked)),
            ("{data}", data.bytes.escape_ascii().to_string().replace("\\x", "\\")),
        ]
        .iter()
        .fold(MODULE.to_owned(), |wat, (place, text)| wat.replace(place, text));
        let mut module = wat::parse_str(wat).unwrap();
        let mut resolve = Resolve::default();
        let wit = WIT.replace("@0.1.0", &format!("@{}", self.version));
        let package = resolve.push_str("plugin.wit", &wit).unwrap();
        let world = resolve.select_world(&[package], Some("plugin")).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        module
    }

    /// `plugin-info`: the encoding is the first of its enum, JSON.
    fn info(&self, data: &mut Data) -> u32 {
        let definitions: Vec<u32> = self.definitions.iter().flat_map(|it| data.text(it.as_bytes())).collect();
        let definitions = [data.words(&definitions), u32::try_from(self.definitions.len()).unwrap()];
        let (name, version, snapshot) = (data.text(b"guest"), data.text(b"1.0.0"), data.text(b"1"));
        data.words(&[&name[..], &version, &[0], &snapshot, &definitions].concat())
    }

    /// `result<verdicts, string>`.
    fn verdicts(&self, data: &mut Data) -> u32 {
        let findings: Vec<u32> = self.findings.iter().flat_map(|it| finding(it, data)).collect();
        let findings = data.words(&findings);
        let count = self.claims.unwrap_or_else(|| u32::try_from(self.findings.len()).unwrap());
        data.words(&[0, count, findings, count, 0, 0])
    }
}

/// A record `finding`, in words: neither severity nor confidence, at most one citation.
fn finding(it: &Finding, data: &mut Data) -> Vec<u32> {
    let (resource, message) = (data.text(it.resource.as_bytes()), data.text(it.message));
    let evidence = match it.fact {
        None => [0, 0],
        // The case `fact`, padded to the size of `step`.
        Some(name) => {
            let name = data.text(name.as_bytes());
            [data.words(&[&[0], &resource[..], &name, &[0, 0]].concat()), 1]
        }
    };
    [&resource[..], &[0, 0], &message, &[0], &evidence, &[0, 0]].concat()
}

#[derive(Default)]
struct Data {
    bytes: Vec<u8>,
}

impl Data {
    /// Where the bytes begin.
    fn put(&mut self, bytes: &[u8]) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let at = BASE + u32::try_from(self.bytes.len()).unwrap();
        self.bytes.extend_from_slice(bytes);
        at
    }

    fn words(&mut self, words: &[u32]) -> u32 {
        let bytes: Vec<u8> = words.iter().flat_map(|it| it.to_le_bytes()).collect();
        self.put(&bytes)
    }

    fn text(&mut self, text: &[u8]) -> [u32; 2] {
        [self.put(text), u32::try_from(text.len()).unwrap()]
    }
}
