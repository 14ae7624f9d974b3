//! Templates out of functions within functions: conditions, loops, references that lead anywhere. Each is read, within
//! its budget, or it is told what cannot be.

#![no_main]

mod document;

use document::{Json, Text, map, read};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

const WORDS: &[&str] = &[
    "A", "B", "C", "P", "Q", "Ref", "Fn::If", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Condition", "Fn::GetAtt",
    "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::GetAZs", "Fn::FindInMap", "Fn::ImportValue", "Fn::Cidr",
    "Fn::Length", "Fn::ToJsonString", "Fn::Base64", "Fn::ForEach::Loop", "AWS::Region", "AWS::NoValue", "AWS::AccountId",
    "${P}", "${A.Arn}", "${AWS::Region}a", "M", "VpcId", "SubnetId", "SubnetIds", "CidrBlock", "10.0.0.0/16",
    "AvailabilityZone", "SecurityGroupIngress", "IpProtocol", "FromPort", "-1", "Tags", "Key", "Value", "MultiAZ",
    "RouteTableId", "GatewayId", "Subnets", "Parameters", "TemplateURL", "./t.yaml", "", ",",
];

const KINDS: &[&str] = &[
    "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SecurityGroup",
    "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::NatGateway", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::AutoScaling::AutoScalingGroup",
    "AWS::RDS::DBInstance", "AWS::CloudFormation::Stack", "AWS::S3::Bucket", "AWS::Serverless::Function", "Custom::X",
];

#[derive(Debug, Arbitrary)]
struct Template<'a> {
    parameters: Vec<(Text<'a>, Json<'a>)>,
    mappings: Json<'a>,
    conditions: Vec<(Text<'a>, Json<'a>)>,
    resources: Vec<(Text<'a>, Resource<'a>)>,
    outputs: Json<'a>,
}

#[derive(Debug, Arbitrary)]
enum Resource<'a> {
    Declared { kind: Text<'a>, condition: Option<Text<'a>>, properties: Vec<(Text<'a>, Json<'a>)> },
    Any(Json<'a>),
}

impl Resource<'_> {
    fn write(&self, into: &mut String) {
        match self {
            Self::Declared { kind, condition, properties } => {
                into.push_str(&format!("{{\"Type\":{},", kind.text(KINDS)));
                if let Some(it) = condition {
                    into.push_str(&format!("\"Condition\":{},", it.text(WORDS)));
                }
                into.push_str("\"Properties\":");
                map(into, properties, WORDS);
                into.push('}');
            }
            Self::Any(it) => it.write(WORDS, into),
        }
    }
}

fuzz_target!(|template: Template<'_>| {
    let mut text = "{\"Transform\":\"AWS::LanguageExtensions\",\"Parameters\":".to_owned();
    map(&mut text, &template.parameters, WORDS);
    text.push_str(&format!(",\"Mappings\":{},\"Conditions\":", template.mappings.text(WORDS)));
    map(&mut text, &template.conditions, WORDS);
    text.push_str(",\"Resources\":{");
    for (at, (name, it)) in template.resources.iter().enumerate() {
        text.push_str(if at > 0 { "," } else { "" });
        text.push_str(&format!("{}:", name.text(WORDS)));
        it.write(&mut text);
    }
    text.push_str(&format!("}},\"Outputs\":{}}}", template.outputs.text(WORDS)));
    read("template.json", &text);
});
