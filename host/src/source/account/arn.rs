//! The ARN of a resource, which is what a report names it by, and the region that the ARN tells.

use super::item::{Item, field};

/// Kinds whose describe call tells no ARN, with the service and what stands before the id.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-resources-for-iam-policies>
const FORMS: &[(&str, &str, &str)] = &[
    ("AWS::EC2::VPC", "ec2", "vpc/"),
    ("AWS::EC2::Subnet", "ec2", "subnet/"),
    ("AWS::EC2::RouteTable", "ec2", "route-table/"),
    ("AWS::EC2::InternetGateway", "ec2", "internet-gateway/"),
    ("AWS::EC2::EgressOnlyInternetGateway", "ec2", "egress-only-internet-gateway/"),
    ("AWS::EC2::CarrierGateway", "ec2", "carrier-gateway/"),
    ("AWS::EC2::NatGateway", "ec2", "natgateway/"),
    ("AWS::EC2::EIP", "ec2", "eip-allocation/"),
    ("AWS::EC2::NetworkInterface", "ec2", "network-interface/"),
    ("AWS::EC2::SecurityGroup", "ec2", "security-group/"),
    ("AWS::EC2::NetworkAcl", "ec2", "network-acl/"),
    ("AWS::EC2::VPCEndpoint", "ec2", "vpc-endpoint/"),
    ("AWS::EC2::VPCBlockPublicAccessExclusion", "ec2", "vpc-block-public-access-exclusion/"),
    ("AWS::EC2::FlowLog", "ec2", "flow-log/"),
    ("AWS::EC2::Instance", "ec2", "instance/"),
    ("AWS::EC2::Volume", "ec2", "volume/"),
    ("AWS::EC2::LaunchTemplate", "ec2", "launch-template/"),
    ("AWS::EC2::VPCPeeringConnection", "ec2", "vpc-peering-connection/"),
    ("AWS::EC2::TransitGatewayAttachment", "ec2", "transit-gateway-attachment/"),
    ("AWS::EC2::TransitGatewayRouteTable", "ec2", "transit-gateway-route-table/"),
    ("AWS::EC2::VPNGateway", "ec2", "vpn-gateway/"),
    ("AWS::EC2::VPNConnection", "ec2", "vpn-connection/"),
    ("AWS::EC2::CustomerGateway", "ec2", "customer-gateway/"),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "elasticloadbalancing", "loadbalancer/"),
    ("AWS::Redshift::Cluster", "redshift", "cluster:"),
    ("AWS::Redshift::ClusterSubnetGroup", "redshift", "subnetgroup:"),
];

/// The region of what is in none.
pub(crate) const GLOBAL: &str = "global";

/// Gives an item the ARN that it has somewhere, or that follows from its id, and the region that the ARN tells.
pub(crate) fn complete(item: &mut Item) {
    item.arn = item.arn.take().or_else(|| written(item)).or_else(|| made(item));
    let Some(arn) = item.arn.as_deref().filter(|it| it.starts_with("arn:")) else { return };
    let mut parts = arn.split(':').skip(2).map(str::to_owned);
    let (service, region, account) = (parts.next(), parts.next(), parts.next());
    match (service.as_deref(), region.as_deref()) {
        // A bucket stands in a region, whatever its ARN says.
        (Some("s3"), Some("")) | (_, None) => {}
        (_, Some("")) => item.region = Some(GLOBAL.to_owned()),
        (_, Some(_)) => item.region = region,
    }
    let is_account = |it: &String| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    item.account = item.account.take().or_else(|| account.filter(is_account));
}

/// The field of the configuration that holds the ARN: `DBInstanceArn` of a `DBInstance`.
fn written(item: &Item) -> Option<String> {
    let own = item.kind.rsplit("::").next()?;
    let text = |name: &str| field(&item.configuration, name)?.as_str().filter(|it| it.starts_with("arn:"));
    let id = Some(item.id.as_str()).filter(|it| it.starts_with("arn:"));
    let arn = id.or_else(|| text(&format!("{own}Arn"))).or_else(|| text("Arn"));
    arn.map(str::to_owned)
}

fn made(item: &Item) -> Option<String> {
    let (_, service, prefix) = FORMS.iter().find(|it| it.0 == item.kind)?;
    let (region, account) = (item.region.as_deref()?, item.account.as_deref()?);
    let partition = match region {
        it if it.starts_with("cn-") => "aws-cn",
        it if it.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    Some(format!("arn:{partition}:{service}:{region}:{account}:{prefix}{}", item.id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::item::tests::item;
    use super::*;

    #[test]
    fn an_arn_is_found_or_made() {
        let arn = |mut it: Item, account: Option<&str>, region: Option<&str>| {
            (it.account, it.region) = (account.map(Into::into), region.map(Into::into));
            complete(&mut it);
            (it.arn.unwrap_or_default(), it.region.unwrap_or_default())
        };
        let vpc = || item("AWS::EC2::VPC", "vpc-1", json!({}));
        assert_eq!(
            arn(vpc(), Some("1"), Some("us-gov-west-1")),
            ("arn:aws-us-gov:ec2:us-gov-west-1:1:vpc/vpc-1".into(), "us-gov-west-1".into())
        );
        assert_eq!(arn(vpc(), None, Some("eu-west-1")), (String::new(), "eu-west-1".into()));
        let cluster = json!({ "globalClusterArn": "arn:aws:rds::1:global-cluster:g" });
        assert_eq!(
            arn(item("AWS::RDS::GlobalCluster", "g", cluster), None, Some("eu-west-1")),
            ("arn:aws:rds::1:global-cluster:g".into(), GLOBAL.into())
        );
    }
}
