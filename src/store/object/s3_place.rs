//! Where the services of AWS are.

/// The domain of a region's services.
fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

/// Who exchanges tokens for credentials.
pub(super) fn sts(region: &str) -> String {
    format!("https://sts.{region}.{}", domain(region))
}

/// Who keeps buckets.
pub(super) fn s3(region: &str) -> String {
    format!("https://s3.{region}.{}", domain(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_regions_have_a_domain_of_their_own() {
        assert_eq!(sts("eu-west-1"), "https://sts.eu-west-1.amazonaws.com");
        assert_eq!(sts("cn-north-1"), "https://sts.cn-north-1.amazonaws.com.cn");
        assert_eq!(s3("eu-west-1"), "https://s3.eu-west-1.amazonaws.com");
        assert_eq!(s3("cn-north-1"), "https://s3.cn-north-1.amazonaws.com.cn");
    }
}
