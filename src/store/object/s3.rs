//! A bucket of Amazon S3, or of a store that speaks like it.

use std::path::PathBuf;

use object_store::aws::{AmazonS3Builder, Checksum};
use url::Url;

use super::aws_config;
use super::environment::{once, variable};
use super::exchange::Exchange;
use super::fault::ObjectFault;
use super::open_bucket::{OpenBucket, StoreHost};
use super::problem::ObjectProblem;
use super::s3_credentials;
use super::s3_place;
use crate::store::object_url::{Addressing, Encryption, ObjectUrl, Payer, endpoint};

/// The variable that names a file of certificates, as the tools of AWS have it.
const BUNDLE: &str = "AWS_CA_BUNDLE";

/// The variables that say where the store is, the more exact one first.
const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

/// The region where nothing names one.
const REGION: &str = "us-east-1";

/// Opens the bucket.
pub(super) async fn open(url: &ObjectUrl) -> Result<OpenBucket, ObjectProblem> {
    let options = &url.options;
    let exchange =
        Exchange::trusting(variable(BUNDLE).map(|bundle| (PathBuf::from(bundle), BUNDLE)));
    let endpoint = place(url)?;
    let region = options.region.clone().or_else(region).unwrap_or_else(|| REGION.to_owned());
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&url.bucket)
        .with_region(&region)
        .with_retry(once())
        .with_http_connector(exchange.clone())
        .with_request_payer(options.payer == Some(Payer::Requester))
        .with_checksum_algorithm(Checksum::SHA256);
    builder = match options.encryption {
        None => builder,
        Some(Encryption::Aes256) => {
            builder.with_config(SSE.parse().map_err(|error| unusable(&error))?, "AES256")
        }
        Some(Encryption::Kms) => builder
            .with_sse_kms_encryption(options.kms_key_id.clone().unwrap_or_default())
            .with_bucket_key(true),
        Some(Encryption::KmsTwice) => {
            builder.with_dsse_kms_encryption(options.kms_key_id.clone().unwrap_or_default())
        }
    };
    let host = if endpoint.is_some() { StoreHost::Custom } else { StoreHost::Platform };
    let addressing = options.addressing.unwrap_or(match endpoint {
        // A name with dots fits no certificate of the platform.
        None if !url.bucket.contains('.') => Addressing::Host,
        _ => Addressing::Path,
    });
    builder = builder.with_virtual_hosted_style_request(addressing == Addressing::Host);
    let endpoint = endpoint.map(|it| it.to_string()).or_else(|| s3_place::s3(&region));
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(address(&endpoint, &url.bucket, addressing));
    }
    let (builder, source) = s3_credentials::found(builder, &region, &exchange).await?;
    let store = Box::new(builder.build().map_err(|error| unusable(&error))?);
    Ok(OpenBucket { store, source, host })
}

/// The setting for keys of the store's own, which the builder has no function for.
const SSE: &str = "aws_server_side_encryption";

fn unusable(error: &object_store::Error) -> ObjectProblem {
    ObjectProblem::new(ObjectFault::Setting, error.to_string())
}

/// Where the store is, if not with the platform.
fn place(url: &ObjectUrl) -> Result<Option<Url>, ObjectProblem> {
    if let Some(endpoint) = &url.options.endpoint {
        return Ok(Some(endpoint.clone()));
    }
    let set = ENDPOINTS.into_iter().find_map(|name| Some((name, variable(name)?)));
    let Some((name, value)) = set else { return Ok(None) };
    let endpoint = endpoint(&value).map_err(|_| {
        let told = format!(
            "`{name}` has to be a URL without user name, password and query, with https or leading \
             to this machine"
        );
        ObjectProblem::new(ObjectFault::Setting, told)
    })?;
    Ok(Some(endpoint))
}

/// The endpoint of a bucket. With the bucket in the host's name it is a part of it.
fn address(endpoint: &str, bucket: &str, addressing: Addressing) -> String {
    let endpoint = endpoint.trim_end_matches('/');
    match addressing {
        Addressing::Path => endpoint.to_owned(),
        Addressing::Host => endpoint.replacen("://", &format!("://{bucket}."), 1),
    }
}

fn region() -> Option<String> {
    let named = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(variable);
    named.or_else(aws_config::region)
}
