//! Where a service is reached, and for which region a request is signed.

use super::table::Service;

/// Regions that belong together and share nothing with others.
struct Partition {
    name: &'static str,
    /// What its regions begin with.
    regions: &'static str,
    domain: &'static str,
    /// For which region requests to global services are signed.
    global_region: &'static str,
}

/// The last one takes every region that no other does.
const PARTITIONS: [Partition; 6] = [
    partition("aws-cn", "cn-", "amazonaws.com.cn", "cn-northwest-1"),
    partition("aws-us-gov", "us-gov-", "amazonaws.com", "us-gov-west-1"),
    partition("aws-iso", "us-iso-", "c2s.ic.gov", "us-iso-east-1"),
    partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "us-isob-east-1"),
    partition("aws-eusc", "eusc-", "amazonaws.eu", "eusc-de-east-1"),
    partition("aws", "", "amazonaws.com", "us-east-1"),
];

/// Global services whose host is not the service's name and the domain, and for which region they are signed.
const ELSEWHERE: [(&str, &str, &str, &str); 7] = [
    ("cloudfront", "aws-cn", "cloudfront.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
    ("iam", "aws-cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    ("iam", "aws-us-gov", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
    ("route53", "aws-us-gov", "route53.us-gov.amazonaws.com", "us-gov-west-1"),
    ("iam", "aws-iso", "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
    ("iam", "aws-iso-b", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
    ("iam", "aws-eusc", "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
];

const fn partition(
    name: &'static str,
    regions: &'static str,
    domain: &'static str,
    global_region: &'static str,
) -> Partition {
    Partition { name, regions, domain, global_region }
}

fn of_region(region: &str) -> &'static Partition {
    let found = PARTITIONS.iter().find(|it| region.starts_with(it.regions));
    found.expect("the last partition takes every region")
}

/// What the ARNs of a region have after `arn:`.
pub(super) fn partition_of(region: &str) -> &'static str {
    of_region(region).name
}

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// With its scheme, without a slash at the end.
    pub(super) url: String,
    pub(super) signing_region: String,
}

/// The endpoint of a service in a region; `instead` answers for all services.
pub(super) fn endpoint(service: &Service, region: &str, instead: Option<&str>) -> Endpoint {
    let (host, signing_region) = host(service, region);
    let url = instead.map_or_else(|| format!("https://{host}"), |it| it.trim_end_matches('/').to_owned());
    Endpoint { url, signing_region }
}

fn host(service: &Service, region: &str) -> (String, String) {
    let partition = of_region(region);
    if !service.global {
        return (format!("{}.{region}.{}", service.host, partition.domain), region.to_owned());
    }
    let is_it = |it: &&(&str, &str, &str, &str)| (it.0, it.1) == (service.host, partition.name);
    match ELSEWHERE.iter().find(is_it) {
        Some((_, _, host, region)) => ((*host).to_owned(), (*region).to_owned()),
        None => (format!("{}.{}", service.host, partition.domain), partition.global_region.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{EC2, IAM, ROUTE_53};
    use super::*;

    fn check(service: &Service, region: &str, url: &str, signing_region: &str) {
        let expected = Endpoint { url: url.to_owned(), signing_region: signing_region.to_owned() };
        assert_eq!(endpoint(service, region, None), expected);
    }

    #[test]
    fn regions_have_endpoints_in_the_domain_of_their_partition() {
        check(&EC2, "eu-west-1", "https://ec2.eu-west-1.amazonaws.com", "eu-west-1");
        check(&EC2, "cn-north-1", "https://ec2.cn-north-1.amazonaws.com.cn", "cn-north-1");
        check(&EC2, "us-gov-east-1", "https://ec2.us-gov-east-1.amazonaws.com", "us-gov-east-1");
    }

    #[test]
    fn global_services_have_one_endpoint_in_a_partition() {
        check(&IAM, "eu-west-1", "https://iam.amazonaws.com", "us-east-1");
        check(&ROUTE_53, "cn-north-1", "https://route53.amazonaws.com.cn", "cn-northwest-1");
        check(&IAM, "cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1");
        check(&ROUTE_53, "us-gov-east-1", "https://route53.us-gov.amazonaws.com", "us-gov-west-1");
    }

    #[test]
    fn an_endpoint_of_the_users_own_answers_for_all() {
        let endpoint = endpoint(&IAM, "eu-west-1", Some("http://127.0.0.1:5000/"));
        assert_eq!(
            (endpoint.url.as_str(), endpoint.signing_region.as_str()),
            ("http://127.0.0.1:5000", "us-east-1")
        );
    }
}
