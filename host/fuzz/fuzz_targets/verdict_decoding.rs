//! Any memory behind a guest's answer: `Plugins::check` ends in verdicts that the host can trust, or in an error
//! that says what is wrong.
//!
//! The guest is compiled once: it takes its memory from the rule's parameters, the one text that reaches `check`
//! unchanged, and answers with a pointer to address 0.

#![no_main]

#[expect(clippy::unwrap_used, dead_code, reason = "the guest is that of the tests, which stop where they fail")]
#[path = "../../tests/guest/mod.rs"]
mod guest;

use std::sync::LazyLock;

use archlint::engine::{EnabledRule, EngineError, Plugins};
use archlint_schema::{Evidence, Meta, Needs, Snapshot, Undecided, Value, Verdicts, Vpc};
use guest::Guest;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// The one resource there is.
const KEY: &str = "stack/Vpc";

/// Writes its second parameter to address 0, two halves to a byte: a text holds no arbitrary bytes. The text lies
/// behind the guest's data, so that reading stays ahead of writing even where both overlap.
const RECITE: &str = "
    (local $byte i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $byte) (i32.shr_u (local.get 3) (i32.const 1))))
        (i32.store8 (local.get $byte)
          (i32.or (i32.shl (i32.load8_u (local.get 2)) (i32.const 4)) (i32.load8_u offset=1 (local.get 2))))
        (local.set 2 (i32.add (local.get 2) (i32.const 2)))
        (local.set $byte (i32.add (local.get $byte) (i32.const 1)))
        (br $next)))
    (return (i32.const 0))";

static PLUGINS: LazyLock<Plugins> = LazyLock::new(|| {
    let mut plugins = Plugins::none().expect("the engine starts");
    plugins.add("guest", &Guest { check: RECITE, ..Guest::default() }.build()).expect("the guest behaves");
    plugins
});

static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
    let mut snapshot = Snapshot::default();
    let vpc = Vpc { meta: Meta::new(KEY, "Vpc"), cidr: Value::default(), is_default: Value::default() };
    snapshot.resources.vpcs.push(vpc);
    snapshot
});

/// What lies in the guest's memory.
#[derive(Debug, Arbitrary)]
enum Input<'a> {
    /// Nothing that anybody meant.
    Bytes(&'a [u8]),
    /// An answer in the canonical ABI, and what is overwritten in it afterwards, by its place.
    Answer { answer: Answer<'a>, damage: Vec<(u16, u8)> },
}

#[derive(Debug, Arbitrary)]
struct Answer<'a> {
    checked: u32,
    findings: Vec<AnyFinding<'a>>,
    undecided: Vec<AnyUndecided<'a>>,
}

#[derive(Debug, Arbitrary)]
struct AnyFinding<'a> {
    resource: Text<'a>,
    path: Text<'a>,
    message: Text<'a>,
    /// Severity and confidence: whether there is one, and which.
    grades: [u8; 4],
    evidence: Vec<AnyEvidence<'a>>,
    properties: Vec<[Text<'a>; 2]>,
}

#[derive(Debug, Arbitrary)]
enum AnyEvidence<'a> {
    Fact([Text<'a>; 2]),
    Step([Text<'a>; 3]),
}

#[derive(Debug, Arbitrary)]
struct AnyUndecided<'a> {
    resource: Text<'a>,
    reason: Text<'a>,
    detail: Option<Text<'a>>,
    missing: Text<'a>,
}

/// Words that the host knows, lest every answer be refused for its first one, and others.
#[derive(Debug, Arbitrary)]
enum Text<'a> {
    Key,
    Reason,
    Any(&'a str),
    Bytes(&'a [u8]),
}

impl Text<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Key => KEY.as_bytes(),
            Self::Reason => b"computed",
            Self::Any(it) => it.as_bytes(),
            Self::Bytes(it) => it,
        }
    }
}

/// The guest's memory from address 0 on.
#[derive(Default)]
struct Memory(Vec<u8>);

impl Memory {
    fn of(input: &Input<'_>) -> Self {
        match input {
            Input::Bytes(it) => Self(it.to_vec()),
            Input::Answer { answer, damage } => {
                let mut memory = Self::default();
                memory.answer(answer);
                for (at, byte) in damage {
                    let at = usize::from(*at) % memory.0.len();
                    memory.0[at] = *byte;
                }
                memory
            }
        }
    }

    /// `result<verdicts, string>`, to which the guest points.
    fn answer(&mut self, it: &Answer<'_>) {
        let start = self.words(&[0; 6]) as usize;
        let findings = self.list(&it.findings, Self::finding);
        let undecided = self.list(&it.undecided, Self::undecided);
        let root = [&[0, it.checked][..], &findings, &undecided].concat();
        self.0[start..][..24].copy_from_slice(&bytes(&root));
    }

    fn finding(&mut self, it: &AnyFinding<'_>) -> Vec<u32> {
        let texts = [&it.resource, &it.path, &it.message].map(|it| self.text(it)).concat();
        let evidence = self.list(&it.evidence, Self::evidence);
        let properties =
            self.list(&it.properties, |memory, pair| pair.each_ref().map(|it| memory.text(it)).concat());
        [&texts[..], &[u32::from_le_bytes(it.grades)], &evidence, &properties].concat()
    }

    fn evidence(&mut self, it: &AnyEvidence<'_>) -> Vec<u32> {
        match it {
            // Padded to the size of the other case.
            AnyEvidence::Fact(it) => {
                [&[0][..], &it.each_ref().map(|it| self.text(it)).concat(), &[0, 0]].concat()
            }
            AnyEvidence::Step(it) => [&[1][..], &it.each_ref().map(|it| self.text(it)).concat()].concat(),
        }
    }

    fn undecided(&mut self, it: &AnyUndecided<'_>) -> Vec<u32> {
        let detail = it.detail.as_ref().map_or([0; 2], |it| self.text(it));
        let [resource, reason, missing] = [&it.resource, &it.reason, &it.missing].map(|it| self.text(it));
        [&resource[..], &reason, &[u32::from(it.detail.is_some())], &detail, &missing].concat()
    }

    fn list<T>(&mut self, list: &[T], words: impl Fn(&mut Self, &T) -> Vec<u32>) -> [u32; 2] {
        let words: Vec<u32> = list.iter().flat_map(|it| words(self, it)).collect();
        [self.words(&words), number(list.len())]
    }

    fn text(&mut self, text: &Text<'_>) -> [u32; 2] {
        [self.put(text.bytes()), number(text.bytes().len())]
    }

    fn words(&mut self, words: &[u32]) -> u32 {
        self.put(&bytes(words))
    }

    /// Where the bytes begin.
    fn put(&mut self, bytes: &[u8]) -> u32 {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        let at = number(self.0.len());
        self.0.extend_from_slice(bytes);
        at
    }
}

fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|it| it.to_le_bytes()).collect()
}

fn number(it: usize) -> u32 {
    u32::try_from(it).expect("libFuzzer's inputs are small")
}

fuzz_target!(|input: Input<'_>| {
    let memory = Memory::of(&input);
    let halves = memory.0.iter().flat_map(|it| [it >> 4, it & 15].map(char::from));
    let (code, parameters) = ("HOS001".to_owned(), halves.collect());
    let rule = EnabledRule { code, plugin: 0, needs: Needs::default(), parameters };
    let outcomes = PLUGINS.check(&[&SNAPSHOT], &[rule]);
    match &outcomes[0][0].result {
        Ok(verdicts) => trusted(verdicts),
        Err(
            EngineError::Answer { .. }
            | EngineError::Fault { .. }
            | EngineError::Limit { .. }
            | EngineError::Trap { .. },
        ) => (),
        Err(error) => panic!("{error}"),
    }
});

/// What the rest of archlint takes for granted of verdicts.
fn trusted(verdicts: &Verdicts) {
    let mut resources = Vec::new();
    let mut texts = Vec::new();
    for it in &verdicts.findings {
        resources.push(&it.resource);
        texts.extend([&it.path, &it.message]);
        texts.extend(it.properties.iter().flat_map(|(name, value)| [name, value]));
        for it in &it.evidence {
            match it {
                Evidence::Fact { resource, name } => {
                    resources.push(resource);
                    texts.push(name);
                }
                Evidence::Step { resource, path, message } => {
                    resources.push(resource);
                    texts.extend([path, message]);
                }
            }
        }
    }
    for Undecided { resource, reason, missing } in &verdicts.undecided {
        resources.push(resource);
        texts.extend(reason.detail.iter().chain([missing]));
    }
    assert!(resources.iter().all(|it| it.as_str() == KEY), "{resources:?}");
    assert!(!texts.iter().any(|it| it.chars().any(char::is_control)), "{texts:?}");
}
