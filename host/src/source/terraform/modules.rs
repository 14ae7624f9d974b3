//! Reads the folders of Terraform source: the root module and every module that it calls, each once, and nothing that
//! lies outside of the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::structure::{Block, BlockLabel};
use miette::NamedSource;
use serde::Deserialize;

use super::hcl;
use super::source_code::{Call, Module, SourceCode, Written, lines};
use crate::source::{SourceError, SourceFile, redaction, text};

/// No file of Terraform is as large.
const MAX_FILE_MB: usize = 8;

/// Where `terraform init` writes down which module it put where.
const INSTALLED: &str = ".terraform/modules/modules.json";

/// Reads a root module and all modules below it that are on this machine. What cannot be read is an error beside what
/// could.
pub(super) fn read(root: &Path) -> (SourceCode, Vec<SourceError>) {
    let mut reader = Reader {
        boundary: boundary(root),
        files: Vec::new(),
        modules: BTreeMap::new(),
        calls: Vec::new(),
        errors: Vec::new(),
    };
    let installed = installed(root);
    // The last is read first.
    let mut folders: Vec<PathBuf> = installed.values().rev().cloned().chain([root.to_owned()]).collect();
    while let Some(folder) = folders.pop() {
        folders.extend(reader.add(&folder));
    }
    reader.tell_circles();
    if reader.files.is_empty() && reader.errors.is_empty() {
        reader.errors.push(SourceError::NoTerraform { folder: root.display().to_string() });
    }
    let code = SourceCode {
        lines: reader.files.iter().map(|it| lines(&it.text)).collect(),
        files: Arc::new(reader.files),
        root: identity(root),
        modules: reader.modules,
        installed: installed.into_iter().map(|(path, folder)| (path, identity(&folder))).collect(),
    };
    (code, reader.errors)
}

struct Reader {
    /// What is outside of this folder is not read, whatever leads there.
    boundary: PathBuf,
    files: Vec<SourceFile>,
    modules: BTreeMap<PathBuf, Module>,
    /// Which folder calls which, with the message's place.
    calls: Vec<LocalCall>,
    errors: Vec<SourceError>,
}

/// A call of a module that lies beside its caller.
struct LocalCall {
    from: PathBuf,
    to: PathBuf,
    name: String,
    file: usize,
    at: Option<std::ops::Range<usize>>,
}

impl Reader {
    /// Reads a folder, unless it was read before; the folders that its modules are called from.
    fn add(&mut self, folder: &Path) -> Vec<PathBuf> {
        let own = identity(folder);
        if self.modules.contains_key(&own) || !folder.is_dir() {
            return Vec::new();
        }
        if !own.starts_with(&self.boundary) {
            self.errors.push(self.outside(folder));
            return Vec::new();
        }
        let mut module = Module::default();
        for file in self.terraform_files(folder) {
            if let Err(error) = self.add_file(&file, &mut module) {
                self.errors.push(error);
            }
        }
        let mut called = Vec::new();
        for (name, call) in &mut module.calls {
            let block = &call.written.block;
            let source = block.body.get_attribute("source").and_then(|it| it.value.as_str());
            let Some(source) = source.filter(|it| it.starts_with("./") || it.starts_with("../")) else {
                continue;
            };
            let beside = folder.join(source);
            let to = identity(&beside);
            call.folder = Some(to.clone());
            let (name, file, at) = (name.clone(), call.written.file, block.ident.span());
            self.calls.push(LocalCall { from: own.clone(), to, name, file, at });
            called.push(beside);
        }
        self.modules.insert(own, module);
        // They are taken from the end.
        called.reverse();
        called
    }

    fn terraform_files(&mut self, folder: &Path) -> Vec<PathBuf> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.errors.push(SourceError::read(folder, error));
                return Vec::new();
            }
        };
        let is_code = |it: &PathBuf| it.extension().is_some_and(|it| it == "tf" || it == "tofu");
        let mut files: Vec<PathBuf> =
            entries.filter_map(|it| Some(it.ok()?.path())).filter(is_code).collect();
        files.sort();
        files
    }

    fn add_file(&mut self, path: &Path, module: &mut Module) -> Result<(), SourceError> {
        // `./main.tf` is `main.tf` to its reader.
        let name = path.strip_prefix(".").unwrap_or(path).display().to_string();
        let failed = |error| SourceError::read(path, error);
        if !path.canonicalize().map_err(failed)?.starts_with(&self.boundary) {
            return Err(self.outside(path));
        }
        if !path.metadata().map_err(failed)?.is_file() {
            return Err(SourceError::Special { file: name, what: "no file" });
        }
        let text = text::read(&name, File::open(path).map_err(failed)?, MAX_FILE_MB)?;
        let file = SourceFile { name, text };
        // The parser refuses what nests too deep for it.
        let body = hcl_edit::parser::parse_body(&file.text).map_err(|error| syntax(&file, &error))?;
        let text = redaction::hidden_in_hcl(&file.text, &body);
        for block in body.into_blocks() {
            module.add(self.files.len(), block);
        }
        self.files.push(SourceFile { text, ..file });
        Ok(())
    }

    fn outside(&self, path: &Path) -> SourceError {
        SourceError::Outside {
            file: path.display().to_string(),
            boundary: self.boundary.display().to_string(),
        }
    }

    /// Tells of modules that call themselves, or each other. Terraform would never end with them.
    fn tell_circles(&mut self) {
        let mut by_caller: BTreeMap<&Path, Vec<&LocalCall>> = BTreeMap::new();
        for call in &self.calls {
            by_caller.entry(&call.from).or_default().push(call);
        }
        let none = Vec::new();
        let calls_of = |folder: &Path| by_caller.get(folder).unwrap_or(&none).iter();
        let (mut done, mut open) = (BTreeSet::new(), BTreeSet::new());
        let mut circles: Vec<&LocalCall> = Vec::new();
        for from in by_caller.keys() {
            if !done.insert(*from) {
                continue;
            }
            open.insert(*from);
            let mut way = vec![(*from, calls_of(from))];
            while let Some((folder, calls)) = way.last_mut() {
                match calls.next() {
                    Some(call) if open.contains(call.to.as_path()) => circles.push(call),
                    Some(call) if done.insert(call.to.as_path()) => {
                        open.insert(call.to.as_path());
                        way.push((call.to.as_path(), calls_of(&call.to)));
                    }
                    Some(_) => {}
                    None => {
                        open.remove(*folder);
                        way.pop();
                    }
                }
            }
        }
        let error = |call: &&LocalCall| {
            let file = &self.files[call.file];
            SourceError::ModuleCircle {
                name: call.name.clone(),
                text: NamedSource::new(&file.name, file.text.clone()),
                at: call.at.clone().map(Into::into),
            }
        };
        let errors: Vec<SourceError> = circles.iter().map(error).collect();
        self.errors.extend(errors);
    }
}

impl Module {
    fn add(&mut self, file: usize, block: Block) {
        let labels: Vec<&str> = block.labels.iter().map(BlockLabel::as_str).collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => {
                self.blocks.insert(format!("{kind}.{name}"), Written { file, block });
            }
            ("data", [kind, name]) => {
                self.blocks.insert(format!("data.{kind}.{name}"), Written { file, block });
            }
            ("module", [name]) => {
                let name = (*name).to_owned();
                self.calls.insert(name, Call { written: Written { file, block }, folder: None });
            }
            ("output", [name]) => {
                self.outputs.insert((*name).to_owned(), block);
            }
            ("locals", []) => {
                let locals = block.body.attributes();
                let told = locals.map(|it| (it.key.as_str().to_owned(), hcl::expression(&it.value)));
                Arc::make_mut(&mut self.locals).extend(told);
            }
            _ => {}
        }
    }
}

/// What tells a folder from others: where it really is.
fn identity(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

/// The folder that source code may lie in: the repository that a root module is part of, else the working directory if
/// that is above it, else the root module's folder.
fn boundary(root: &Path) -> PathBuf {
    let root = identity(root);
    let repository = root.ancestors().find(|it| it.join(".git").exists()).map(Path::to_owned);
    let working = || {
        let it = std::env::current_dir().ok()?.canonicalize().ok()?;
        // Whoever works at the top of the machine did not mean all of it.
        (root.starts_with(&it) && it.parent().is_some()).then_some(it)
    };
    repository.or_else(working).unwrap_or(root)
}

/// The folders of the modules that `terraform init` fetched, by the dotted path of their call. Without the
/// list, or with one that cannot be read, those modules are places that cannot be shown.
fn installed(root: &Path) -> BTreeMap<String, PathBuf> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Installed {
        modules: Vec<Entry>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Entry {
        key: String,
        dir: PathBuf,
    }
    let list = root.join(INSTALLED);
    // Opening a pipe would wait for somebody who writes.
    let file = list.is_file().then(|| File::open(&list).ok()).flatten();
    let text = file.and_then(|it| text::read(INSTALLED, it, MAX_FILE_MB).ok()).unwrap_or_default();
    let modules = serde_json::from_str(&text).map_or_else(|_| Vec::new(), |it: Installed| it.modules);
    modules.into_iter().map(|it| (it.key, root.join(it.dir))).collect()
}

fn syntax(file: &SourceFile, error: &hcl_edit::parser::Error) -> SourceError {
    SourceError::Hcl {
        file: file.name.clone(),
        message: error.message().to_owned(),
        text: NamedSource::new(&file.name, redaction::hidden_by_names(&file.text)),
        at: Some((error.location().offset().min(file.text.len()), 0).into()),
    }
}
