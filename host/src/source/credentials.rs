//! Whether a text holds AWS credentials. The text itself goes nowhere.

/// What access key ids begin with, long-term and temporary ones.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
const PREFIXES: [&str; 2] = ["AKIA", "ASIA"];
const LENGTH: usize = 20;

/// Whether a text has an access key id in it, as it is or encoded in base64.
pub(crate) fn holds_access_key(text: &str) -> bool {
    use base64::Engine as _;
    let is_part = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit();
    let is_id = |word: &str| word.len() == LENGTH && PREFIXES.iter().any(|it| word.starts_with(it));
    let decoded = || {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
        String::from_utf8(bytes).ok()
    };
    text.split(|it| !is_part(it)).any(is_id)
        || decoded().is_some_and(|it| it.split(|it| !is_part(it)).any(is_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_id_is_told_from_other_words() {
        assert!(holds_access_key("aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"));
        assert!(holds_access_key("QUtJQUlPU0ZPRE5ON0VYQU1QTEU="));
        assert!(!holds_access_key("#!/bin/bash\nexport AWS_ACCESS_KEY_ID=$(fetch)"));
        assert!(!holds_access_key("AKIAIOSFODNN7EXAMPLEANDMORE"));
    }
}
