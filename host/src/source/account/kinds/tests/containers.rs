//! ECS and EKS.

use serde_json::{Value as Json, json};

use super::{NETWORK, first, with};

#[test]
fn containers_in_both_dialects() {
    let others = [
        NETWORK,
        &[("AWS::ECS::TaskDefinition", "arn:td"), ("AWS::ElasticLoadBalancingV2::TargetGroup", "arn:tg")],
    ]
    .concat();
    let described = json!({
        "serviceName": "web", "taskDefinition": "arn:td", "desiredCount": 2,
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-a"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED" } },
        "loadBalancers": [{ "targetGroupArn": "arn:tg", "containerName": "app", "containerPort": 80 }],
    });
    let expected = json!({
        "task_definition": "arn:td", "desired_count": 2, "subnets": ["subnet-a"], "security_groups": ["sg-1"], "assign_public_ip": true,
        "load_balancers": [{ "target_group": "arn:tg", "classic_load_balancer": null, "container": "app", "container_port": 80 }],
    });
    for service in [described.clone(), pascal(&described)] {
        assert_eq!(first(&with("AWS::ECS::Service", service, &others), |it| &it.ecs_services), expected);
    }
    let definition = json!({
        "networkMode": "awsvpc",
        "containerDefinitions": [{ "name": "app", "portMappings": [{ "containerPort": 80, "hostPort": 8080, "protocol": "tcp" }] }, { "name": "log" }],
    });
    let expected = json!({ "network_mode": "awsvpc", "port_mappings": [{ "container": "app", "container_port": 80, "host_port": 8080 }] });
    for definition in [definition.clone(), pascal(&definition)] {
        assert_eq!(
            first(&with("AWS::ECS::TaskDefinition", definition, &[]), |it| &it.task_definitions),
            expected
        );
    }
    let nodes = json!({ "subnets": ["subnet-a"], "launchTemplate": { "id": "lt-1", "name": "n" }, "scalingConfig": { "minSize": 0, "maxSize": 3, "desiredSize": 1 } });
    let others = [NETWORK, &[("AWS::EC2::LaunchTemplate", "lt-1")]].concat();
    for nodes in [nodes.clone(), pascal(&nodes)] {
        let expected =
            json!({ "subnets": ["subnet-a"], "launch_template": "lt-1", "min_size": 0, "desired_size": 1 });
        assert_eq!(first(&with("AWS::EKS::Nodegroup", nodes, &others), |it| &it.node_groups), expected);
    }
}

/// Field names as CloudFormation writes them.
fn pascal(json: &Json) -> Json {
    match json {
        Json::Object(fields) => {
            let upper = |(name, it): (&String, &Json)| (name[..1].to_uppercase() + &name[1..], pascal(it));
            Json::Object(fields.iter().map(upper).collect())
        }
        Json::Array(items) => items.iter().map(pascal).collect(),
        other => other.clone(),
    }
}
