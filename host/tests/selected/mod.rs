//! Tests of how archlint works hold whatever rules there are: only these run in their folders.

use crate::folder::Folder;

const SETTINGS: &str = r#"select = ["ASG001", "DBS001", "LBL001", "LBL003", "LBL006", "NET002", "NET006"]
"#;

/// A folder of that name, which must be the test's alone, with settings and nothing else in it.
pub(crate) fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("archlint.toml", SETTINGS);
    folder
}
