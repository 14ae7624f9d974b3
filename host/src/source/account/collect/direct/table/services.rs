//! The services, and how each is spoken to.

use std::sync::LazyLock;

use super::super::protocol::words::{self, Words};
use super::super::throttle::Rate;

/// A service, as its API is reached.
#[derive(Debug)]
pub(crate) struct Service {
    /// What its IAM actions begin with.
    pub(crate) prefix: &'static str,
    /// What its host begins with.
    pub(crate) host: &'static str,
    /// For which service requests are signed.
    pub(crate) signing: &'static str,
    pub(crate) protocol: Protocol,
    /// Whether it has one endpoint for all regions.
    pub(crate) global: bool,
    pub(crate) rate: Rate,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    /// Of EC2 too, whose replies have no envelope.
    Query {
        version: &'static str,
        words: &'static LazyLock<Words>,
    },
    Json {
        version: &'static str,
        target: &'static str,
    },
    RestJson,
    RestXml {
        words: &'static LazyLock<Words>,
    },
}

/// Well below what services allow, so that others in the account are not throttled because of a scan.
const USUAL: Rate = Rate { per_second: 10.0, burst: 20.0 };
/// EC2 refills 20 tokens a second for calls that describe, of a bucket of 100.
/// <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>
const OF_EC2: Rate = Rate { per_second: 20.0, burst: 50.0 };
/// Five requests per second and account.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests>
const OF_ROUTE_53: Rate = Rate { per_second: 4.0, burst: 4.0 };

const fn query(
    name: &'static str,
    version: &'static str,
    words: &'static LazyLock<Words>,
    rate: Rate,
) -> Service {
    let protocol = Protocol::Query { version, words };
    Service { prefix: name, host: name, signing: name, protocol, global: false, rate }
}

const fn json(name: &'static str, version: &'static str, target: &'static str) -> Service {
    let protocol = Protocol::Json { version, target };
    Service { prefix: name, host: name, signing: name, protocol, global: false, rate: USUAL }
}

const fn rest_json(name: &'static str) -> Service {
    Service {
        prefix: name,
        host: name,
        signing: name,
        protocol: Protocol::RestJson,
        global: false,
        rate: USUAL,
    }
}

const fn rest_xml(name: &'static str, words: &'static LazyLock<Words>, rate: Rate) -> Service {
    let protocol = Protocol::RestXml { words };
    Service { prefix: name, host: name, signing: name, protocol, global: false, rate }
}

impl Service {
    const fn global(mut self) -> Self {
        self.global = true;
        self
    }

    const fn at(mut self, host: &'static str) -> Self {
        self.host = host;
        self
    }

    const fn signed_as(mut self, signing: &'static str) -> Self {
        self.signing = signing;
        self
    }
}

pub(crate) static EC2: Service = query("ec2", "2016-11-15", &words::EC2, OF_EC2);
pub(crate) static STS: Service = query("sts", "2011-06-15", &words::IAM, USUAL);
pub(crate) static IAM: Service = query("iam", "2010-05-08", &words::IAM, USUAL).global();
pub(super) static ELB: Service = query("elasticloadbalancing", "2012-06-01", &words::ELB, USUAL);
pub(super) static ELB_V2: Service = query("elasticloadbalancing", "2015-12-01", &words::ELB_V2, USUAL);
pub(super) static AUTO_SCALING: Service = query("autoscaling", "2011-01-01", &words::AUTO_SCALING, USUAL);
pub(super) static RDS: Service = query("rds", "2014-10-31", &words::RDS, USUAL);
pub(super) static REDSHIFT: Service = query("redshift", "2012-12-01", &words::REDSHIFT, USUAL);
pub(super) static ELASTICACHE: Service = query("elasticache", "2015-02-02", &words::ELASTICACHE, USUAL);

pub(super) static NETWORK_FIREWALL: Service = json("network-firewall", "1.0", "NetworkFirewall_20201112");
pub(super) static MEMORYDB: Service = json("memorydb", "1.1", "AmazonMemoryDB").at("memory-db");
pub(super) static DMS: Service = json("dms", "1.1", "AmazonDMSv20160101");
pub(super) static DYNAMODB: Service = json("dynamodb", "1.0", "DynamoDB_20120810");
pub(super) static GLUE: Service = json("glue", "1.1", "AWSGlue");
pub(super) static KINESIS: Service = json("kinesis", "1.1", "Kinesis_20131202");
pub(super) static ECS: Service = json("ecs", "1.1", "AmazonEC2ContainerServiceV20141113");
pub(super) static DIRECT_CONNECT: Service = json("directconnect", "1.1", "OvertureService");
pub(super) static CLOUDTRAIL: Service =
    json("cloudtrail", "1.1", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101");
pub(super) static FIREHOSE: Service = json("firehose", "1.1", "Firehose_20150804");
pub(crate) static CLOUDWATCH: Service =
    json("cloudwatch", "1.0", "GraniteServiceVersion20100801").at("monitoring").signed_as("monitoring");
pub(super) static FSX: Service = json("fsx", "1.1", "AWSSimbaAPIService_v20180301");

pub(super) static EKS: Service = rest_json("eks");
pub(super) static EFS: Service = rest_json("elasticfilesystem");
pub(super) static OPENSEARCH: Service = rest_json("es");
pub(super) static MQ: Service = rest_json("mq");
pub(super) static MSK: Service = rest_json("kafka");
pub(super) static BACKUP: Service = rest_json("backup");
pub(super) static DLM: Service = rest_json("dlm");
pub(super) static IOT: Service = rest_json("iot");
pub(super) static PIPES: Service = rest_json("pipes");
pub(super) static LAMBDA: Service = rest_json("lambda");

pub(crate) static S3: Service = rest_xml("s3", &words::S3, USUAL);
pub(crate) static S3_EXPRESS: Service = rest_xml("s3express", &words::S3, USUAL).at("s3express-control");
pub(crate) static ROUTE_53: Service = rest_xml("route53", &words::ROUTE_53, OF_ROUTE_53).global();
pub(super) static CLOUDFRONT: Service = rest_xml("cloudfront", &words::CLOUDFRONT, USUAL).global();
