//! Templates that grow. JSON where the parser is not what is measured, YAML where comments are.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use crate::Result;

/// A template of some resources, checked for a report for people.
fn template(folder: &Path, name: &str, sections: &Value) -> Result<()> {
    Ok(fs::write(folder.join(name), serde_json::to_string_pretty(&sections)?)?)
}

fn check(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|it| (*it).to_owned()).collect()
}

fn numbered(size: usize, resource: impl Fn(usize) -> (String, Value)) -> Map<String, Value> {
    (0..size).map(resource).collect()
}

fn database() -> Value {
    json!({ "Type": "AWS::RDS::DBInstance", "Properties": { "Engine": "mysql", "MultiAZ": false } })
}

/// Two about each database: no standby (DBS001), and backups of one day (DBS006).
pub(super) fn findings(size: usize, folder: &Path) -> Result<Vec<String>> {
    let resources = numbered(size / 2, |at| (format!("Db{at}"), database()));
    template(folder, "t.json", &json!({ "Resources": resources }))?;
    Ok(check(&["t.json", "--format", "human"]))
}

pub(super) fn suppressions(size: usize, folder: &Path) -> Result<Vec<String>> {
    let mut text = "Resources:\n".to_owned();
    for at in 0..size {
        writeln!(
            text,
            "  # archlint: ignore DBS001 reason=\"one zone is enough for it\"\n  Db{at}:\n    Type: \
             AWS::RDS::DBInstance\n    Properties: {{Engine: mysql, MultiAZ: false}}"
        )?;
    }
    fs::write(folder.join("t.yaml"), text)?;
    Ok(check(&["t.yaml", "--format", "human"]))
}

/// Each is an error of its own.
pub(super) fn unreadable_suppressions(size: usize, folder: &Path) -> Result<Vec<String>> {
    let mut text = "Resources:\n".to_owned();
    for at in 0..size {
        writeln!(text, "  # archlint: ignore nothing{at}\n  V{at}: {{Type: AWS::EC2::EIP}}")?;
    }
    fs::write(folder.join("t.yaml"), text)?;
    Ok(check(&["t.yaml"]))
}

pub(super) fn dangling_references(size: usize, folder: &Path) -> Result<Vec<String>> {
    let volume = |at: usize| {
        let properties = json!({ "AvailabilityZone": { "Ref": format!("Nobody{at}") }, "Size": 8 });
        (format!("Volume{at}"), json!({ "Type": "AWS::EC2::Volume", "Properties": properties }))
    };
    template(folder, "t.json", &json!({ "Resources": numbered(size, volume) }))?;
    Ok(check(&["t.json"]))
}

pub(super) fn nested_by_url(size: usize, folder: &Path) -> Result<Vec<String>> {
    let stack = |at: usize| {
        let url = format!("https://bucket.s3.amazonaws.com/release/1/child{at}.json");
        let stack = json!({ "Type": "AWS::CloudFormation::Stack", "Properties": { "TemplateURL": url } });
        (format!("Child{at}"), stack)
    };
    template(folder, "root.json", &json!({ "Resources": numbered(size, stack) }))?;
    for at in 0..size {
        template(folder, &format!("child{at}.json"), &json!({ "Resources": { "Db": database() } }))?;
    }
    Ok(check(&["."]))
}

pub(super) fn joined_by_exports(size: usize, folder: &Path) -> Result<Vec<String>> {
    for at in 0..size {
        let vpc = json!({ "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16" } });
        let subnet = json!({ "Type": "AWS::EC2::Subnet", "Properties": {
            "CidrBlock": "10.0.0.0/24", "VpcId": { "Fn::ImportValue": format!("vpc-{}", at + 1) } } });
        let output = json!({ "Value": { "Ref": "Vpc" }, "Export": { "Name": format!("vpc-{at}") } });
        let sections = json!({ "Resources": { "Vpc": vpc, "Subnet": subnet }, "Outputs": { "Vpc": output } });
        template(folder, &format!("stack{at}.json"), &sections)?;
    }
    Ok(check(&["."]))
}

pub(super) fn constant_conditions(size: usize, folder: &Path) -> Result<Vec<String>> {
    let condition = |at: usize| (format!("C{at}"), json!({ "Fn::Equals": ["a", format!("b{at}")] }));
    let resource = |at: usize| {
        let mut database = database();
        database["Condition"] = format!("C{at}").into();
        (format!("Db{at}"), database)
    };
    let sections = json!({ "Conditions": numbered(size, condition), "Resources": numbered(size, resource) });
    template(folder, "t.json", &sections)?;
    Ok(check(&["t.json"]))
}

/// Each condition names the three after it.
pub(super) fn layered_conditions(size: usize, folder: &Path) -> Result<Vec<String>> {
    let holds = json!({ "Fn::Equals": [{ "Ref": "P" }, "x"] });
    let condition = |at: usize| {
        let next: Vec<Value> =
            (at + 1..(at + 4).min(size)).map(|next| json!({ "Condition": format!("C{next}") })).collect();
        let expression = if next.len() < 2 { holds.clone() } else { json!({ "Fn::And": next }) };
        (format!("C{at}"), expression)
    };
    let mut database = database();
    database["Condition"] = "C0".into();
    let parameters = json!({ "P": { "Type": "String", "Default": "x" } });
    let sections = json!({ "Parameters": parameters, "Conditions": numbered(size, condition),
        "Resources": { "Db": database } });
    template(folder, "t.json", &sections)?;
    Ok(check(&["t.json"]))
}

/// Each subnet's zone is written of the next one's, twice.
pub(super) fn joined_attributes(size: usize, folder: &Path) -> Result<Vec<String>> {
    let subnet = |at: usize| {
        let next = json!({ "Fn::GetAtt": [format!("S{}", at + 1), "AvailabilityZone"] });
        let zone =
            if at + 1 == size { "eu-west-1a".into() } else { json!({ "Fn::Join": ["", [next, next]] }) };
        let properties = json!({ "CidrBlock": "10.0.0.0/24", "AvailabilityZone": zone });
        (format!("S{at}"), json!({ "Type": "AWS::EC2::Subnet", "Properties": properties }))
    };
    template(folder, "t.json", &json!({ "Resources": numbered(size, subnet) }))?;
    Ok(check(&["t.json"]))
}

pub(super) fn subnets_in_unknown_zones(size: usize, folder: &Path) -> Result<Vec<String>> {
    let parameter = |at: usize| (format!("Zone{at}"), json!({ "Type": "String" }));
    let subnet = |at: usize| {
        let properties = json!({ "CidrBlock": format!("10.0.{at}.0/24"), "VpcId": { "Ref": "Vpc" },
            "AvailabilityZone": { "Ref": format!("Zone{at}") } });
        (format!("Subnet{at}"), json!({ "Type": "AWS::EC2::Subnet", "Properties": properties }))
    };
    let mut resources = numbered(size, subnet);
    let subnets: Vec<Value> = (0..size).map(|at| json!({ "Ref": format!("Subnet{at}") })).collect();
    resources.insert(
        "Vpc".into(),
        json!({ "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16" } }),
    );
    resources.insert(
        "Lb".into(),
        json!({ "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": { "Scheme": "internet-facing", "Subnets": subnets } }),
    );
    let sections = json!({ "Parameters": numbered(size, parameter), "Resources": resources });
    template(folder, "t.json", &sections)?;
    Ok(check(&["t.json"]))
}

/// A load balancer and its target, with an ACL of many entries in each direction between them.
pub(super) fn network_acl_entries(size: usize, folder: &Path) -> Result<Vec<String>> {
    let entry = |at: usize| {
        let (number, egress) = (at / 2 + 1, at % 2 == 1);
        let port = 1024 + 37 * number % 60_000;
        let properties = json!({ "NetworkAclId": { "Ref": "Acl" }, "RuleNumber": number, "Protocol": 6,
            "RuleAction": if number % 3 == 0 { "deny" } else { "allow" }, "Egress": egress,
            "CidrBlock": format!("10.0.{}.0/25", number % 256), "PortRange": { "From": port, "To": port + 400 } });
        (format!("Entry{at}"), json!({ "Type": "AWS::EC2::NetworkAclEntry", "Properties": properties }))
    };
    let mut resources = numbered(2 * size, entry);
    let base = json!({
        "Vpc": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16" } },
        "A": { "Type": "AWS::EC2::Subnet", "Properties": { "VpcId": { "Ref": "Vpc" }, "CidrBlock": "10.0.1.0/24" } },
        "B": { "Type": "AWS::EC2::Subnet", "Properties": { "VpcId": { "Ref": "Vpc" }, "CidrBlock": "10.0.2.0/24" } },
        "Acl": { "Type": "AWS::EC2::NetworkAcl", "Properties": { "VpcId": { "Ref": "Vpc" } } },
        "InB": { "Type": "AWS::EC2::SubnetNetworkAclAssociation",
            "Properties": { "SubnetId": { "Ref": "B" }, "NetworkAclId": { "Ref": "Acl" } } },
        "Lb": { "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": { "Scheme": "internal", "Subnets": [{ "Ref": "A" }, { "Ref": "B" }] } },
        "Group": { "Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": { "VpcId": { "Ref": "Vpc" },
            "Port": 8080, "Protocol": "HTTP", "Targets": [{ "Id": { "Ref": "Web" } }] } },
        "Listener": { "Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": { "LoadBalancerArn": { "Ref": "Lb" },
            "Port": 80, "Protocol": "HTTP", "DefaultActions": [{ "Type": "forward", "TargetGroupArn": { "Ref": "Group" } }] } },
        "Web": { "Type": "AWS::EC2::Instance", "Properties": { "SubnetId": { "Ref": "B" }, "ImageId": "ami-1" } },
    });
    if let Value::Object(base) = base {
        resources.extend(base);
    }
    template(folder, "t.json", &json!({ "Resources": resources }))?;
    Ok(check(&["t.json"]))
}

/// Subnets, a quarter as many route tables, and one line of JSON.
pub(super) fn subnets_by_route_tables(size: usize, folder: &Path) -> Result<Vec<String>> {
    let mut resources = Map::new();
    resources.insert(
        "Vpc".into(),
        json!({ "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/8" } }),
    );
    for at in 0..size / 4 {
        let vpc = json!({ "VpcId": { "Ref": "Vpc" } });
        resources.insert(format!("Table{at}"), json!({ "Type": "AWS::EC2::RouteTable", "Properties": vpc }));
    }
    for at in 0..size {
        let block = format!("10.{}.{}.0/24", at / 256, at % 256);
        let subnet = json!({ "VpcId": { "Ref": "Vpc" }, "CidrBlock": block });
        resources.insert(format!("Subnet{at}"), json!({ "Type": "AWS::EC2::Subnet", "Properties": subnet }));
        let ends = json!({ "SubnetId": { "Ref": format!("Subnet{at}") },
            "RouteTableId": { "Ref": format!("Table{}", at % (size / 4)) } });
        let association = json!({ "Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": ends });
        resources.insert(format!("Association{at}"), association);
    }
    fs::write(folder.join("t.json"), json!({ "Resources": resources }).to_string())?;
    Ok(check(&["t.json"]))
}

/// Each template nests the next one twice.
pub(super) fn nested_twice(size: usize, folder: &Path) -> Result<Vec<String>> {
    for at in 0..size {
        let url = format!("t{}.json", (at + 1) % size);
        let stack = json!({ "Type": "AWS::CloudFormation::Stack", "Properties": { "TemplateURL": url } });
        let resources = json!({ "Left": stack, "Right": stack, "Db": database() });
        template(folder, &format!("t{at}.json"), &json!({ "Resources": resources }))?;
    }
    Ok(check(&["."]))
}

/// Each template gives the next one its text twice.
pub(super) fn doubling_text(size: usize, folder: &Path) -> Result<Vec<String>> {
    for at in 0..size {
        let twice = json!({ "P": { "Fn::Sub": "${P}${P}" } });
        let stack = json!({ "TemplateURL": format!("t{}.json", at + 1), "Parameters": twice });
        let stack = json!({ "Type": "AWS::CloudFormation::Stack", "Properties": stack });
        let vpc = json!({ "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": { "Ref": "P" } } });
        let parameters = json!({ "P": { "Type": "String", "Default": "aaaaaaaa" } });
        let sections = json!({ "Parameters": parameters, "Resources": { "Next": stack, "Vpc": vpc } });
        template(folder, &format!("t{at}.json"), &sections)?;
    }
    Ok(check(&["."]))
}

/// Megabytes of one byte, in a file of a thousandth of that.
pub(super) fn gzip_bomb(size: usize, folder: &Path) -> Result<Vec<String>> {
    let mut encoder = GzEncoder::new(File::create(folder.join("t.yaml.gz"))?, Compression::fast());
    let megabyte = vec![b' '; 1 << 20];
    for _ in 0..size {
        encoder.write_all(&megabyte)?;
    }
    encoder.finish()?;
    Ok(check(&["t.yaml.gz"]))
}
