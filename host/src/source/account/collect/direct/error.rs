//! Why a call told nothing.

use std::fmt;

use thiserror::Error;

use crate::source::account::journal::Failure;

/// Why a call told nothing. All of them leave what it asks for not collected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum CallError {
    /// The credentials lack a permission.
    #[error("not allowed: {action} ({answer})")]
    AccessDenied { action: String, answer: Answer },
    /// AWS still throttles after all retries.
    #[error("throttled: {action} ({answer})")]
    Throttled { action: String, answer: Answer },
    /// The service answers with errors of its own, too late, or not at all.
    #[error("no answer: {action} ({reason})")]
    Unavailable { action: String, reason: String },
    /// The region is disabled for the account, or the account has not signed up for the service.
    #[error("not enabled: {action} ({answer})")]
    Disabled { action: String, answer: Answer },
    /// The service does not know the operation here.
    #[error("not supported: {action} ({answer})")]
    Unsupported { action: String, answer: Answer },
    /// The credentials expired, and their provider has no others.
    #[error("expired credentials: {action} ({answer})")]
    Expired { action: String, answer: Answer },
    /// There are no credentials.
    #[error("no credentials: {reason}")]
    NoCredentials { reason: String },
    /// What was asked for is not there, any more perhaps.
    #[error("not found: {action} ({answer})")]
    NotFound { action: String, answer: Answer },
    /// AWS refuses the request for another reason.
    #[error("refused: {action} ({answer})")]
    Refused { action: String, answer: Answer },
    /// The reply is not what the service's protocol allows.
    #[error("unreadable reply: {action} ({reason})")]
    Malformed { action: String, reason: String },
}

/// An error in AWS's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => f.write_str(&self.code),
            message => write!(f, "{}: {message}", self.code),
        }
    }
}

/// Codes by which services say "too many requests". Kinesis says `LimitExceededException` of its own requests; for
/// a call that only reads, no other limit can be meant.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
const THROTTLED: [&str; 13] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Beside every code that has `AccessDenied` in it.
const DENIED: [&str; 5] = [
    "AuthorizationError",
    "ForbiddenException",
    "NotAuthorized",
    "UnauthorizedAccess",
    "UnauthorizedOperation",
];

const EXPIRED: [&str; 4] =
    ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];

/// A region that is disabled for the account does not know its credentials.
const DISABLED: [&str; 6] = [
    "AuthFailure",
    "InvalidClientTokenId",
    "NotSignedUp",
    "OptInRequired",
    "SubscriptionRequiredException",
    "UnrecognizedClientException",
];

const UNSUPPORTED: [&str; 6] = [
    "InvalidAction",
    "NotImplemented",
    "UnknownOperationException",
    "UnsupportedOperation",
    "UnsupportedOperationException",
    "UnsupportedUserEdition",
];

/// Errors of a service that it may not make the next time, whatever HTTP status it gives them.
const PASSING: [&str; 6] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
];

impl CallError {
    /// What an error reply means.
    pub(crate) fn of_reply(action: &str, status: u16, mut answer: Answer) -> Self {
        let action = action.to_owned();
        if answer.code.is_empty() {
            answer.code = format!("HTTP {status}");
        }
        let says = |codes: &[&str]| codes.contains(&answer.code.as_str());
        let is_denied = says(&DENIED)
            || answer.code.contains("AccessDenied")
            || matches!(answer.code.as_str(), "HTTP 401" | "HTTP 403");
        let not_found = || answer.code.contains("NotFound") || answer.code.starts_with("NoSuch");
        if says(&THROTTLED) || status == 429 {
            Self::Throttled { action, answer }
        } else if says(&EXPIRED) {
            Self::Expired { action, answer }
        } else if says(&DISABLED) {
            Self::Disabled { action, answer }
        } else if says(&UNSUPPORTED) {
            Self::Unsupported { action, answer }
        } else if says(&PASSING) || status >= 500 {
            Self::Unavailable { action, reason: answer.to_string() }
        } else if is_denied {
            Self::AccessDenied { action, answer }
        } else if not_found() || status == 404 {
            Self::NotFound { action, answer }
        } else {
            Self::Refused { action, answer }
        }
    }

    /// Whether the same call may succeed later.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Unavailable { .. } | Self::Malformed { .. })
    }

    /// What asking again would do.
    pub(crate) fn failure(&self) -> Failure {
        match self {
            Self::Expired { .. } | Self::NoCredentials { .. } => Failure::Credentials,
            _ if self.is_passing() => Failure::Passing,
            _ => Failure::Lasting,
        }
    }

    /// AWS's own code, where it gave one.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::AccessDenied { answer, .. }
            | Self::Throttled { answer, .. }
            | Self::Disabled { answer, .. }
            | Self::Unsupported { answer, .. }
            | Self::Expired { answer, .. }
            | Self::NotFound { answer, .. }
            | Self::Refused { answer, .. } => Some(&answer.code),
            Self::Unavailable { .. } | Self::NoCredentials { .. } | Self::Malformed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, code: &str) -> String {
        let answer = Answer { code: code.to_owned(), message: "Rate exceeded".to_owned() };
        let error = CallError::of_reply("ec2:DescribeVpcs", status, answer);
        format!("{error:?}").split(' ').next().unwrap().to_owned()
    }

    #[test]
    fn every_spelling_of_throttling_is_throttling() {
        for code in THROTTLED {
            assert_eq!(kind(400, code), "Throttled");
        }
        assert_eq!(kind(503, "SlowDown"), "Throttled");
        assert_eq!(kind(429, ""), "Throttled");
    }

    #[test]
    fn codes_decide_before_the_status() {
        let cases = [
            (403, "UnauthorizedOperation", "AccessDenied"),
            (400, "AccessDeniedException", "AccessDenied"),
            (403, "ExpiredToken", "Expired"),
            (400, "ExpiredTokenException", "Expired"),
            (401, "AuthFailure", "Disabled"),
            (403, "OptInRequired", "Disabled"),
            (403, "InvalidClientTokenId", "Disabled"),
            (400, "UnknownOperationException", "Unsupported"),
            (501, "NotImplemented", "Unsupported"),
            (400, "LoadBalancerNotFound", "NotFound"),
            (404, "NoSuchBucket", "NotFound"),
            (404, "PolicyNotFound", "NotFound"),
            (500, "", "Unavailable"),
            (400, "InternalFailure", "Unavailable"),
            (400, "ValidationError", "Refused"),
            (403, "", "AccessDenied"),
            (403, "SignatureDoesNotMatch", "Refused"),
        ];
        for (status, code, expected) in cases {
            assert_eq!(kind(status, code), expected, "{status} {code}");
        }
    }

    #[test]
    fn an_error_says_the_action_and_what_aws_said() {
        let answer = Answer { code: "AccessDenied".to_owned(), message: "no".to_owned() };
        let error = CallError::of_reply("ec2:DescribeVpcs", 403, answer);
        assert_eq!(error.to_string(), "not allowed: ec2:DescribeVpcs (AccessDenied: no)");
    }
}
