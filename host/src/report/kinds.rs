//! What a path calls a resource.

/// The words that AWS uses for a kind, before the label; a load balancer and the like need none.
pub(super) fn name(kind: &str, label: &str) -> String {
    let word = match kind {
        "AWS::EC2::VPC" => "VPC",
        "AWS::EC2::InternetGateway" => "internet gateway",
        "AWS::EC2::EgressOnlyInternetGateway" => "egress-only internet gateway",
        "AWS::EC2::Subnet" => "subnet",
        "AWS::EC2::RouteTable" => "route table",
        "AWS::EC2::NatGateway" => "NAT gateway",
        "AWS::EC2::NetworkInterface" => "network interface",
        "AWS::EC2::Instance" => "instance",
        "AWS::EC2::SecurityGroup" => "security group",
        "AWS::EC2::VPCEndpoint" => "endpoint",
        "AWS::ElasticLoadBalancingV2::TargetGroup" => "target group",
        "AWS::ElasticLoadBalancingV2::Listener" => "listener",
        "AWS::AutoScaling::AutoScalingGroup" => "group",
        "AWS::RDS::DBInstance" => "database",
        "AWS::RDS::DBCluster" => "cluster",
        "AWS::RDS::DBSubnetGroup" => "subnet group",
        _ => return label.to_owned(),
    };
    format!("{word} {label}")
}
