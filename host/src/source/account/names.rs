//! Names that CloudFormation or Terraform made up: nobody gave them, so that they tell no role.

use archlint_schema::{Meta, Value};

/// What CloudFormation tags resources with: their logical id.
const LOGICAL_ID: &str = "aws:cloudformation:logical-id";

/// Takes back a name that was made up.
pub(crate) fn forget_made_up(meta: &mut Meta) {
    let is_made_up = match (&meta.name, meta.tag(LOGICAL_ID)) {
        (Value::Known(Some(name)), Value::Known(Some(id))) => is_of_stack(name, &id) || is_of_terraform(name),
        (Value::Known(Some(name)), _) => is_of_terraform(name),
        _ => false,
    };
    if is_made_up {
        meta.name = Value::Known(None);
    }
}

/// `stack-LogicalId-1A2B3C4D5E6F7`, which is cut where the service wants shorter names, and which some services want
/// in lower case.
fn is_of_stack(name: &str, logical_id: &str) -> bool {
    let mut parts = name.rsplitn(3, '-');
    let (suffix, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_suffix = suffix.len() >= 8 && suffix.bytes().all(|it| it.is_ascii_alphanumeric());
    let is_id = id.len() >= 2 && logical_id.to_ascii_lowercase().starts_with(&id.to_ascii_lowercase());
    is_suffix && is_id && suffix.bytes().any(|it| it.is_ascii_digit())
}

/// `terraform-20201015115018309600000001`, `web-20201015115018309600000001`: after a prefix a time and a count.
fn is_of_terraform(name: &str) -> bool {
    const DIGITS: usize = 26;
    let number = name.rsplit('-').next().unwrap_or_default();
    number.len() == DIGITS && number.starts_with("20") && number.bytes().all(|it| it.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_made_up_is_told_from_one_that_was_given() {
        assert!(is_of_stack("shop-LoadBalancer-1A2B3C4D5E6F7", "LoadBalancer"));
        assert!(is_of_stack("shop-LoadB-1A2B3C4D5E6F", "LoadBalancer"));
        assert!(is_of_stack("shop-database-abc1defg2hij", "Database"));
        assert!(!is_of_stack("shop-production-web", "LoadBalancer"));
        assert!(!is_of_stack("shop-loadbalancer-production", "LoadBalancer"));
        assert!(is_of_terraform("tf-lb-20201015115018309600000001"));
        assert!(is_of_terraform("terraform-20201015115018309600000001"));
        assert!(!is_of_terraform("team-20201015"));
    }
}
