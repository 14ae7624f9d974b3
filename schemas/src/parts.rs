//! Types of CloudFormation that a snapshot holds as part of another resource.

/// Each type and what it is a part of. AWS's describe calls list a part with its whole, so that its list is as whole as
/// theirs, unless something says otherwise.
const PARTS: &[(&str, &str)] = &[
    ("AWS::AutoScaling::LifecycleHook", "AWS::AutoScaling::AutoScalingGroup"),
    ("AWS::EC2::EIPAssociation", "AWS::EC2::EIP"),
    ("AWS::EC2::GatewayRouteTableAssociation", "AWS::EC2::RouteTable"),
    ("AWS::EC2::NetworkAclEntry", "AWS::EC2::NetworkAcl"),
    ("AWS::EC2::NetworkInterfaceAttachment", "AWS::EC2::NetworkInterface"),
    ("AWS::EC2::Route", "AWS::EC2::RouteTable"),
    ("AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroup"),
    ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroup"),
    ("AWS::EC2::SubnetCidrBlock", "AWS::EC2::Subnet"),
    ("AWS::EC2::SubnetNetworkAclAssociation", "AWS::EC2::NetworkAcl"),
    ("AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::RouteTable"),
    ("AWS::EC2::VPCGatewayAttachment", "AWS::EC2::InternetGateway"),
    ("AWS::EC2::VPNGatewayRoutePropagation", "AWS::EC2::RouteTable"),
    ("AWS::EC2::VolumeAttachment", "AWS::EC2::Volume"),
    ("AWS::EFS::MountTarget", "AWS::EFS::FileSystem"),
    ("AWS::S3::BucketPolicy", "AWS::S3::Bucket"),
];

/// The types that are a part of another, and its.
pub fn parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    PARTS.iter().copied()
}

/// What a type is a part of; nothing for a kind of its own.
pub fn whole_of(kind: &str) -> Option<&'static str> {
    let at = PARTS.binary_search_by_key(&kind, |(part, _)| part).ok()?;
    Some(PARTS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Resources;

    #[test]
    fn every_part_is_found_and_is_of_a_kind_with_a_struct() {
        for (part, whole) in PARTS {
            assert_eq!(whole_of(part), Some(*whole));
            assert!(Resources::KINDS.contains(whole), "{whole}");
        }
    }
}
