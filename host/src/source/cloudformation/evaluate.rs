//! Evaluates what the author of a template wrote, in one scenario.

mod lists;
mod texts;

use archlint_schema::{Key, Reason, Unknown, default_port};
use serde_json::Value as Json;

use super::kinds::aurora_postgresql_port;
use super::meter::unknown;
use super::stack::Stack;
use super::template::scalar_text;
use super::unseen;
use crate::source::born;
use crate::source::node::{Evaluated, Node, text_of};
pub(crate) use lists::list;
use texts::concatenate;
pub(crate) use texts::{Part, placeholders};

/// Attributes that name the resource itself rather than something about it.
const IDENTITY: &[&str] = &[
    "Arn",
    "Id",
    "GroupId",
    "AllocationId",
    "InstanceId",
    "InternetGatewayId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "RouteTableId",
    "SubnetId",
    "VpcId",
    "VpcEndpointId",
    "LaunchTemplateId",
    "LoadBalancerArn",
    "TargetGroupArn",
    "ListenerArn",
    "RuleArn",
    "FirewallArn",
    "FirewallId",
    "PrefixListId",
    "TransitGatewayId",
    "VPNGatewayId",
    "DBInstanceArn",
    "DBClusterArn",
    "DBClusterIdentifier",
    "AutoScalingGroupARN",
    "BackupPlanId",
    "VolumeId",
    "FileSystemId",
    "ServiceArn",
    "TaskDefinitionArn",
    "DomainArn",
    "LoadBalancerName",
    "TargetGroupName",
    "StreamArn",
    "ConsumerARN",
];

/// Attributes of a bucket by which others find it.
const DOMAINS: [&str; 4] = ["DomainName", "RegionalDomainName", "DualStackDomainName", "WebsiteURL"];

impl Stack<'_> {
    /// Evaluates an authored value that stands at `path`.
    pub(crate) fn evaluate(&self, json: &Json, path: &str) -> Node {
        if let Err(value) = self.meter.enter(self.index, path) {
            return Node { value, path: path.to_owned() };
        }
        let node = match intrinsic(json) {
            Some((name, argument)) => self.intrinsic(name, argument, path),
            None => Node { value: self.written(json, path), path: path.to_owned() },
        };
        self.meter.leave();
        node
    }

    /// Evaluates what is no intrinsic function.
    fn written(&self, json: &Json, path: &str) -> Evaluated {
        match json {
            Json::Null => Evaluated::Absent,
            Json::Array(items) => Evaluated::List(self.items(items, path)),
            Json::Object(_) if unseen::is_rewritten(json) => unknown("Fn::Transform"),
            Json::Object(fields) => Evaluated::Map(
                fields
                    .iter()
                    .map(|(name, it)| (name.clone(), self.evaluate(it, &format!("{path}/{name}"))))
                    .filter(|(_, it)| it.value != Evaluated::Absent)
                    .collect(),
            ),
            scalar => scalar_text(scalar).map_or(Evaluated::Absent, Evaluated::Text),
        }
    }

    /// Items of a list; one that is absent in this scenario drops out, and a list within joins in (an
    /// `Fn::If` may give one).
    fn items(&self, items: &[Json], path: &str) -> Vec<Node> {
        let nodes = items.iter().enumerate().map(|(at, it)| self.evaluate(it, &format!("{path}/{at}")));
        nodes.filter(|it| it.value != Evaluated::Absent).collect()
    }

    fn intrinsic(&self, name: &str, argument: &Json, path: &str) -> Node {
        let value = match name {
            "Ref" => match self.name(argument, path) {
                Some(name) => self.reference(&name),
                None => unknown("Ref"),
            },
            "Fn::If" => return self.choose(argument, path),
            "Fn::GetAtt" => self.attribute(argument, path),
            "Fn::Sub" => self.meter.text(self.substitute(argument, path), self.index, path),
            "Fn::Join" => self.meter.text(self.join(argument, path), self.index, path),
            "Fn::Select" => self.select(argument, path),
            "Fn::Split" => self.split(argument, path),
            "Fn::FindInMap" => self.find_in_map(argument, path),
            "Fn::GetAZs" => self.zones(argument, path),
            "Fn::Cidr" => self.cidr(argument, path),
            "Fn::ImportValue" => self.import(argument, path),
            "Fn::Base64" => Evaluated::Unknown(Reason::Redacted.into()),
            other => unknown(other),
        };
        Node { value, path: path.to_owned() }
    }

    /// A name that a function takes: written out, or put together where `AWS::LanguageExtensions` lets it be.
    fn name(&self, argument: &Json, path: &str) -> Option<String> {
        match argument {
            Json::String(name) => Some(name.clone()),
            other => text_of(&self.evaluate(other, path).value),
        }
    }

    /// `Ref`: a parameter, a pseudo parameter or a resource. A reference to nothing is told by the stack.
    pub(crate) fn reference(&self, name: &str) -> Evaluated {
        if let Some(value) = self.parameters.get(name) {
            return self.copied(value, "Parameters");
        }
        if name == "AWS::NoValue" {
            return Evaluated::Absent;
        }
        if let Some(pseudo) = name.strip_prefix("AWS::") {
            return self.pseudo.get(pseudo).map_or_else(
                || Evaluated::External {
                    key: Key::from(format!("pseudo:{name}")),
                    why: Unknown::new(Reason::Computed, name),
                },
                |it| Evaluated::Text(it.clone()),
            );
        }
        if self.template.resource(name).is_none() {
            return self.out_of_sight(name);
        }
        if self.exists(name) { Evaluated::Edge(self.key(name)) } else { Evaluated::Absent }
    }

    /// What a name stands for that the template does not declare: a macro or a module may, or nothing does. It is none of
    /// the resources in sight.
    fn out_of_sight(&self, name: &str) -> Evaluated {
        Evaluated::External { key: self.key(name), why: Unknown::new(Reason::NotCollected, name) }
    }

    fn attribute(&self, argument: &Json, path: &str) -> Evaluated {
        if let Some((resource, attribute)) = argument.as_str().and_then(|it| it.split_once('.')) {
            return self.attribute_of(resource, attribute);
        }
        match [0, 1].map(|at| self.name(&argument[at], path)) {
            [Some(resource), Some(attribute)] => self.attribute_of(&resource, &attribute),
            _ => unknown("Fn::GetAtt"),
        }
    }

    fn attribute_of(&self, resource: &str, attribute: &str) -> Evaluated {
        if self.template.resource(resource).is_none() || !self.exists(resource) {
            return self.out_of_sight(resource);
        }
        let kind = self.template.kind(resource);
        if let Some(output) = attribute.strip_prefix("Outputs.")
            && let Some(nested) = self.nested.get(resource)
        {
            return nested.output(output);
        }
        match (kind, attribute) {
            ("AWS::NetworkFirewall::Firewall", "EndpointIds") => {
                Evaluated::FirewallEndpoints(self.key(resource))
            }
            ("AWS::NetworkFirewall::VpcEndpointAssociation", "EndpointId") => {
                Evaluated::Edge(self.key(resource))
            }
            ("AWS::EC2::VPC", "DefaultSecurityGroup") => {
                Evaluated::Edge(born::default_security_group(&self.key(resource)))
            }
            ("AWS::EC2::VPC", "DefaultNetworkAcl") => {
                Evaluated::Edge(born::default_network_acl(&self.key(resource)))
            }
            ("AWS::EC2::VPC", _) | (_, "VpcId" | "AvailabilityZone")
                if attribute != "VpcId" || kind != "AWS::EC2::VPC" =>
            {
                self.property_of(resource, attribute)
            }
            ("AWS::S3::Bucket", it) if DOMAINS.contains(&it) => Evaluated::Edge(self.key(resource)),
            _ if attribute == "Port" || attribute.ends_with(".Port") => self.port(resource, attribute),
            _ if IDENTITY.contains(&attribute) => Evaluated::Edge(self.key(resource)),
            _ => self.computed(resource, attribute),
        }
    }

    /// An attribute that repeats a property of its resource: `!GetAtt Subnet.AvailabilityZone`.
    fn property_of(&self, resource: &str, attribute: &str) -> Evaluated {
        match self.property(resource, attribute) {
            Evaluated::Absent => self.computed(resource, attribute),
            property => property,
        }
    }

    fn property(&self, resource: &str, name: &str) -> Evaluated {
        let path = format!("Resources/{resource}/Properties/{name}");
        let property = self.template.resource(resource).and_then(|it| it["Properties"].get(name));
        property.map_or(Evaluated::Absent, |it| self.once(&path, || self.evaluate(it, &path).value))
    }

    /// The port of an endpoint: as its database says, else the default.
    fn port(&self, resource: &str, attribute: &str) -> Evaluated {
        match self.property(resource, "Port") {
            Evaluated::Absent => {
                let default = self.default_port(resource).map(|it| Evaluated::Text(it.to_string()));
                default.unwrap_or_else(|| self.computed(resource, attribute))
            }
            own => own,
        }
    }

    /// What a database of RDS listens on where it does not say. One that is part of another, or comes of one, listens
    /// where that does.
    fn default_port(&self, resource: &str) -> Option<u16> {
        const OTHERS: [&str; 4] = [
            "DBSnapshotIdentifier",
            "SnapshotIdentifier",
            "SourceDBClusterIdentifier",
            "SourceDBInstanceIdentifier",
        ];
        let is_absent = |name: &str| self.property(resource, name) == Evaluated::Absent;
        let is_independent = match self.template.kind(resource) {
            "AWS::RDS::DBCluster" => true,
            "AWS::RDS::DBInstance" => is_absent("DBClusterIdentifier"),
            _ => false,
        };
        if !is_independent || !OTHERS.into_iter().all(is_absent) {
            return None;
        }
        let text = |name: &str| text_of(&self.property(resource, name));
        match text("Engine")?.as_str() {
            "aurora-postgresql" if is_absent("EngineMode") => Some(aurora_postgresql_port(None)),
            "aurora-postgresql" => Some(aurora_postgresql_port(Some(&text("EngineMode")?))),
            engine => default_port(engine),
        }
    }

    fn computed(&self, resource: &str, attribute: &str) -> Evaluated {
        let name = format!("{resource}.{attribute}");
        Evaluated::External { key: self.key(&name), why: Unknown::new(Reason::Computed, name) }
    }

    fn choose(&self, argument: &Json, path: &str) -> Node {
        let branch = if self.holds(&argument[0]) { 1 } else { 2 };
        self.evaluate(&argument[branch], &format!("{path}/Fn::If/{branch}"))
    }

    fn find_in_map(&self, argument: &Json, path: &str) -> Evaluated {
        let keys = [0, 1, 2].map(|at| self.evaluate(&argument[at], path).value);
        let [Some(map), Some(top), Some(second)] = keys.each_ref().map(text_of) else {
            // The detail tells one entry from another: two that are not known are not the same one.
            let entry = keys.each_ref().map(|key| name_of(key, path)).join(", ");
            return Evaluated::Unknown(Unknown::new(Reason::Computed, format!("Fn::FindInMap [{entry}]")));
        };
        let mapping = self.template.section("Mappings").and_then(|it| it.get(&map)?.get(&top)?.get(&second));
        match mapping.or_else(|| argument.get(3).map(|it| &it["DefaultValue"])) {
            Some(it) if mapping.is_some() => {
                self.once(&format!("Mappings/{map}/{top}/{second}"), || self.evaluate(it, path).value)
            }
            Some(default) => self.evaluate(default, path).value,
            None => Evaluated::Unknown(Unknown::new(Reason::NotCollected, format!("{map}.{top}.{second}"))),
        }
    }

    fn import(&self, argument: &Json, path: &str) -> Evaluated {
        let name = match self.evaluate(argument, path).value {
            Evaluated::Text(it) | Evaluated::Pattern(it) => it,
            Evaluated::External { why, .. } => why.to_string(),
            _ => return Evaluated::Unknown(Reason::Import.into()),
        };
        self.imports.get(&name).cloned().unwrap_or_else(|| Evaluated::External {
            key: Key::from(format!("import:{name}")),
            why: Unknown::new(Reason::Import, name),
        })
    }
}

/// What an argument is called that nobody knows, so that no two are called the same; `path` is where it stands.
fn name_of(argument: &Evaluated, path: &str) -> String {
    match argument {
        Evaluated::Text(it) | Evaluated::Pattern(it) => it.clone(),
        Evaluated::External { why, .. } | Evaluated::Unknown(why) if why.detail.is_some() => why.to_string(),
        Evaluated::Zones(region) => format!("Fn::GetAZs {region}"),
        _ => path.to_owned(),
    }
}

/// The one intrinsic function that an object is, with its argument.
pub(crate) fn intrinsic(json: &Json) -> Option<(&str, &Json)> {
    let fields = json.as_object()?;
    let (name, argument) = fields.iter().next()?;
    let is_one = fields.len() == 1 && (name == "Ref" || name == "Condition" || name.starts_with("Fn::"));
    is_one.then_some((name.as_str(), argument))
}
