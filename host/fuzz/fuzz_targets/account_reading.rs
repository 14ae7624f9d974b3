//! What an account might tell and does not: items of AWS Config and replies of describe calls of any shape.

#![no_main]

mod document;

use document::{Json, Text, list, read};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

const KINDS: &[&str] = &[
    "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup", "AWS::EC2::Instance",
    "AWS::EC2::NatGateway", "AWS::EC2::NetworkInterface", "AWS::EC2::NetworkAcl", "AWS::EC2::VPCPeeringConnection",
    "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::AutoScaling::AutoScalingGroup", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::DBSubnetGroup",
    "AWS::S3::Bucket", "AWS::Kinesis::Stream", "AWS::NetworkFirewall::Firewall", "AWS::Lambda::Function",
    "AWS::IAM::InstanceProfile", "AWS::EC2::TransitGatewayAttachment",
];

const WORDS: &[&str] = &[
    "vpcId", "VpcId", "vpc-0000000a", "subnetId", "subnet-0000000a", "subnets", "availabilityZone", "eu-west-1a",
    "routes", "destinationCidrBlock", "0.0.0.0/0", "gatewayId", "natGatewayId", "associations", "main", "state",
    "deleted", "ipPermissions", "ipRanges", "cidrIp", "fromPort", "ipProtocol", "-1", "groupId", "securityGroups",
    "tags", "key", "value", "Tags", "Name", "$unknown", "dBInstanceIdentifier", "multiAZ", "loadBalancerArn",
    "targetGroupArn", "targets", "entries", "networkInterfaces", "arn:aws:ec2:eu-west-1:1:vpc/vpc-0000000a",
    "LaunchTemplateVersions", "configuration", "supplementaryConfiguration", "vpcZoneIdentifier",
];

const MEMBERS: &[&str] = &[
    "Vpcs", "Subnets", "RouteTables", "SecurityGroups", "Reservations", "Instances", "NetworkAcls", "LoadBalancers",
    "LaunchTemplateVersions", "DistributionList", "AutoScalingGroups", "DBInstances", "Firewall", "Buckets", "Rules",
];

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Snapshot(Vec<Item<'a>>),
    History(Vec<Item<'a>>),
    Reply(Vec<(Text<'a>, Json<'a>)>),
}

#[derive(Debug, Arbitrary)]
struct Item<'a> {
    kind: Text<'a>,
    id: Text<'a>,
    region: Text<'a>,
    configuration: Json<'a>,
    supplementary: Json<'a>,
    tags: Json<'a>,
    /// Whether its configuration is JSON in a text.
    is_packed: bool,
}

impl Item<'_> {
    fn write(&self, into: &mut String) {
        let configuration = self.configuration.text(WORDS);
        let packed = serde_json::Value::from(configuration.as_str()).to_string();
        let configuration = if self.is_packed { packed } else { configuration };
        let [id, region] = [&self.id, &self.region].map(|it| it.text(WORDS));
        let [supplementary, tags] = [&self.supplementary, &self.tags].map(|it| it.text(WORDS));
        into.push_str(&format!(
            "{{\"resourceType\":{},\"resourceId\":{id},\"awsRegion\":{region},\"awsAccountId\":\"1\",\
             \"configuration\":{configuration},\"supplementaryConfiguration\":{supplementary},\"tags\":{tags}}}",
            self.kind.text(KINDS)
        ));
    }
}

fuzz_target!(|input: Input<'_>| {
    let mut text = String::new();
    match &input {
        Input::Snapshot(items) => {
            text.push_str("{\"configSnapshotId\":\"s\",\"configurationItems\":");
            list(&mut text, items, Item::write);
            text.push('}');
        }
        Input::History(items) => list(&mut text, items, Item::write),
        Input::Reply(members) => {
            text.push('{');
            for (at, (name, it)) in members.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                text.push_str(&format!("{}:{}", name.text(MEMBERS), it.text(WORDS)));
            }
            text.push('}');
        }
    }
    read("account.json", &text);
});
