//! What the book in docs/ keeps to.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use crate::root;

    fn pages(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pages(&path, into);
            } else if path.extension().is_some_and(|it| it == "md") {
                into.push(path.canonicalize().unwrap());
            }
        }
    }

    /// What a page links to within the repository.
    fn links(page: &Path) -> Vec<PathBuf> {
        let text = fs::read_to_string(page).unwrap();
        let targets = text.split("](").skip(1).filter_map(|it| it.split(')').next());
        let local = targets.filter(|it| !it.contains("://") && !it.starts_with('#'));
        local.map(|it| page.parent().unwrap().join(it.split('#').next().unwrap())).collect()
    }

    #[test]
    fn every_page_is_in_the_summary_and_every_link_leads_somewhere() {
        let docs = root().join("docs");
        let summary = docs.join("SUMMARY.md");
        let listed: Vec<PathBuf> = links(&summary).iter().map(|it| it.canonicalize().unwrap()).collect();
        let mut all = Vec::new();
        pages(&docs, &mut all);
        for page in all {
            for link in links(&page) {
                assert!(link.exists(), "{}: {} is not there", page.display(), link.display());
            }
            assert!(
                page.ends_with("SUMMARY.md") || listed.contains(&page),
                "{} is not in SUMMARY.md",
                page.display()
            );
        }
    }
}
