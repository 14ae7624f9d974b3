//! What Cranelift made of other people's plugins, kept between runs: compiling one takes longer than all the rest.
//!
//! wasmtime runs whatever native code it is given, so an entry is trusted only where nobody but its reader can
//! have written it: see [`PrivateFolder`].

#[cfg_attr(unix, path = "cache/private_folder.rs")]
#[cfg_attr(not(unix), path = "cache/no_folder.rs")]
mod private_folder;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use miette::Diagnostic;
use private_folder::PrivateFolder;
use sha2::{Digest, Sha256};
use thiserror::Error;
use wasmtime::Engine;
use wasmtime::component::Component;

use super::limits;

/// Compiled plugins beyond this number make room, the oldest first.
const ENTRIES: usize = 32;

/// Length of the checksum that an entry begins with, in bytes.
const CHECKSUM: usize = 32;

/// The largest entry that is read, in bytes: native code is a few times larger than WebAssembly.
const ENTRY_BYTES: u64 = 8 * limits::MODULE_BYTES as u64;

/// A folder of compiled plugins.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

/// Why a cache was passed over. The plugin was compiled instead, and runs all the same.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the cache of compiled plugins is not used: `{path}` {what}")]
#[diagnostic(code(archlint::plugin::cache), severity(Warning), help("{help}"))]
pub struct CacheWarning {
    pub path: String,
    pub what: &'static str,
    help: &'static str,
}

impl Cache {
    /// The user's own (`$XDG_CACHE_HOME/archlint/plugins`, or below `~/.cache`); none without a home.
    pub fn of_user() -> Option<Self> {
        let base = etcetera::choose_base_strategy().ok()?;
        Some(Self::at(&base.cache_dir().join("archlint/plugins")))
    }

    /// A folder, which is made when the first plugin is compiled.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The component that some bytes were compiled to, or what `compile` makes of them, which is kept. A folder that
    /// is missing and cannot be made, or that cannot be written, is no reason to complain: the next run compiles
    /// again.
    pub(crate) fn component<E>(
        &self,
        engine: &Engine,
        bytes: &[u8],
        compile: impl FnOnce() -> Result<Component, E>,
    ) -> Result<(Component, Option<CacheWarning>), E> {
        let folder = match PrivateFolder::open(&self.folder) {
            Ok(folder) => folder,
            Err(error) => return Ok((compile()?, self.warning(&self.folder, &error))),
        };
        let entry = entry(engine, bytes);
        let (kept, warning) = match folder.read(&entry).and_then(|it| restore(engine, &it)) {
            Ok(component) => (Some(component), None),
            Err(error) => (None, self.warning(&self.folder.join(&entry), &error)),
        };
        if let Some(component) = kept {
            return Ok((component, None));
        }
        let component = compile()?;
        if let Ok(code) = component.serialize() {
            let written = folder.write(&entry, &[&Sha256::digest(&code)[..], &code].concat());
            // A cache that cannot be written costs time, which is no finding about anybody's architecture.
            drop(written.and_then(|()| folder.keep_newest(ENTRIES)));
        }
        Ok((component, warning))
    }

    /// What is worth telling: that something stands there which nobody may trust.
    fn warning(&self, path: &Path, error: &io::Error) -> Option<CacheWarning> {
        let refused = error.get_ref()?.downcast_ref::<Refused>()?;
        let help = if path == self.folder {
            "make it a folder of your own that nobody else can enter: `chmod 700`"
        } else {
            "it was compiled again and replaced; who else can write to the folder?"
        };
        Some(CacheWarning { path: path.display().to_string(), what: refused.0, help })
    }
}

/// Something that stands where the cache should be and is not trusted.
#[derive(Debug, Error)]
#[error("{0}")]
struct Refused(&'static str);

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> Self {
        io::Error::new(ErrorKind::InvalidData, refused)
    }
}

/// An entry's name: what is compiled, by whom, and for which settings and CPU.
fn entry(engine: &Engine, bytes: &[u8]) -> String {
    let mut compiler = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut compiler);
    // wit-component's part in it changes with archlint's version only.
    env!("CARGO_PKG_VERSION").hash(&mut compiler);
    let digest = Sha256::new().chain_update(bytes).chain_update(compiler.finish().to_le_bytes()).finalize();
    digest.iter().map(|it| format!("{it:02x}")).chain([".cwasm".to_owned()]).collect()
}

/// The component of an entry. The checksum finds damage; who may write to the folder at all is not its matter.
fn restore(engine: &Engine, entry: &[u8]) -> io::Result<Component> {
    let damaged = || io::Error::from(Refused("is damaged"));
    let (checksum, code) = entry.split_at_checked(CHECKSUM).ok_or_else(damaged)?;
    if Sha256::digest(code)[..] != *checksum {
        return Err(damaged());
    }
    deserialize(engine, code).map_err(|_| damaged())
}

#[expect(unsafe_code, reason = "wasmtime cannot know who compiled the bytes; the folder's owner does")]
fn deserialize(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the bytes come unchanged from `Component::serialize`, from a file that only this user can have written.
    unsafe { Component::deserialize(engine, code) }
}
