//! Security groups of which only single rules are in sight.

use archlint_schema::{Key, Meta, Reason, Scope, SecurityGroup, Unknown, Value};

/// A group that is elsewhere, as a rule shows it that names it: whatever else the group has, this rule holds. The rule
/// is yet to be put into it.
pub(crate) fn of_one_rule(rule: Meta) -> SecurityGroup {
    let why = Unknown::new(Reason::NotCollected, format!("the security group of {}", rule.label));
    SecurityGroup {
        meta: rule,
        vpc: Value::Unknown(why),
        ingress: Value::Known(Vec::new()),
        egress: Value::Known(Vec::new()),
    }
}

/// Says that a group of which one rule is in sight may have any others.
pub(crate) fn leave_open(rule: &Key, scope: &mut Scope) {
    let why = Unknown::new(Reason::NotCollected, format!("the other rules of the group of {rule}"));
    for kind in ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"] {
        scope.open_within(kind, [rule], &why);
    }
}
