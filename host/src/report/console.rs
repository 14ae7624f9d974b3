//! The page of a live resource in the AWS Management Console.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::verdict::Subject;

/// The ARN of a live resource.
pub(super) fn arn(subject: &Subject) -> Option<&str> {
    let names = [Some(subject.key.as_str()), subject.id.as_deref()];
    names.into_iter().flatten().find(|it| it.starts_with("arn:"))
}

/// The console finds the page by the ARN, in the partition's own console.
pub(super) fn link(arn: &str) -> String {
    let host = match arn.split(':').nth(1) {
        Some("aws-cn") => "console.amazonaws.cn",
        Some("aws-us-gov") => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    format!("https://{host}/go/view?arn={}", utf8_percent_encode(arn, NON_ALPHANUMERIC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_console() {
        let arn = "arn:aws-cn:ec2:cn-north-1:123456789012:vpc/vpc-1";
        assert_eq!(
            link(arn),
            "https://console.amazonaws.cn/go/view?arn=arn%3Aaws%2Dcn%3Aec2%3Acn%2Dnorth%2D1%3A123456789012%3Avpc%2Fvpc%2D1"
        );
        assert!(link("arn:aws:s3:::b").starts_with("https://console.aws.amazon.com/go/view?arn=arn"));
    }
}
