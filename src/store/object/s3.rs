//! A bucket of Amazon S3, or of a store that speaks like it.

use std::path::PathBuf;

use object_store::aws::{AmazonS3Builder, Checksum};
use url::{Host, Url};

use super::aws_config;
use super::environment::{once, variable};
use super::exchange::Exchange;
use super::fault::ObjectFault;
use super::open_bucket::{OpenBucket, StoreHost};
use super::problem::ObjectProblem;
use super::s3_credentials;
use super::s3_place;
use crate::store::object_url::{
    Addressing, Encryption, ObjectUrl, Payer, endpoint, is_address, is_plain_name,
};

/// The variable that names a file of certificates, as the tools of AWS have it.
const BUNDLE: &str = "AWS_CA_BUNDLE";

/// The variables that say where the store is, the more exact one first.
const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

/// The variables that name the region, the more exact one first.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The region where nothing names one.
const REGION: &str = "us-east-1";

/// Opens the bucket.
pub(super) async fn open(url: &ObjectUrl) -> Result<OpenBucket, ObjectProblem> {
    let options = &url.options;
    let exchange =
        Exchange::trusting(variable(BUNDLE).map(|bundle| (PathBuf::from(bundle), BUNDLE)));
    let endpoint = place(url)?;
    let region = region(url)?;
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&url.bucket)
        .with_region(&region)
        .with_retry(once())
        .with_http_connector(exchange.clone())
        .with_request_payer(options.payer == Some(Payer::Requester))
        .with_checksum_algorithm(Checksum::SHA256);
    builder = match options.encryption {
        None => builder,
        Some(Encryption::Aes256) => set(builder, SSE, "AES256")?,
        Some(Encryption::Kms) => set(builder, SSE, "aws:kms")?.with_bucket_key(true),
        Some(Encryption::KmsTwice) => set(builder, SSE, "aws:kms:dsse")?,
    };
    // Without a key the store takes the one that the bucket names.
    if let Some(key) = &options.kms_key_id {
        builder = set(builder, KMS_KEY, key)?;
    }
    let host = if endpoint.is_some() { StoreHost::Custom } else { StoreHost::Platform };
    let addressing = options.addressing.unwrap_or(match endpoint {
        // A name with dots fits no certificate of the platform.
        None if !url.bucket.contains('.') => Addressing::Host,
        _ => Addressing::Path,
    });
    let address = match addressing {
        Addressing::Path => in_path(endpoint.as_ref(), &region)?,
        Addressing::Host => in_host(endpoint.as_ref(), &region, &url.bucket)?,
    };
    let builder = builder
        .with_virtual_hosted_style_request(addressing == Addressing::Host)
        .with_endpoint(address);
    let (builder, source) = s3_credentials::found(builder, &region, &exchange).await?;
    let store = Box::new(builder.build().map_err(|error| unusable(&error))?);
    Ok(OpenBucket { store, source, host })
}

/// The settings that the builder has no functions for, or none that leave out the key.
const SSE: &str = "aws_server_side_encryption";
const KMS_KEY: &str = "aws_sse_kms_key_id";

fn set(
    builder: AmazonS3Builder,
    name: &str,
    value: &str,
) -> Result<AmazonS3Builder, ObjectProblem> {
    Ok(builder.with_config(name.parse().map_err(|error| unusable(&error))?, value))
}

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

/// Where a store is asked for any bucket, which stands in the path.
fn in_path(endpoint: Option<&Url>, region: &str) -> Result<String, ObjectProblem> {
    let address = match endpoint {
        Some(endpoint) => endpoint.as_str().trim_end_matches('/').to_owned(),
        None => s3_place::s3(region),
    };
    if is_address(&address) { Ok(address) } else { Err(not_a_region("the region", region)) }
}

/// Where it is asked for one bucket, with which the host's name begins.
fn in_host(endpoint: Option<&Url>, region: &str, bucket: &str) -> Result<String, ObjectProblem> {
    if let Some(host @ (Host::Ipv4(_) | Host::Ipv6(_))) = endpoint.and_then(Url::host) {
        let told = format!(
            "the endpoint {host} is an address, which has no names below it for a bucket: leave out \
             `path_style=false`"
        );
        return Err(ObjectProblem::setting(told));
    }
    let address = in_path(endpoint, region)?.replacen("://", &format!("://{bucket}."), 1);
    if is_address(&address) {
        return Ok(address);
    }
    let told = format!(
        "the bucket `{bucket}` cannot stand in a host's name: correct it, or put it into the path \
         with `path_style=true`"
    );
    Err(ObjectProblem::setting(told))
}

/// The region by the URL, a variable or the profile.
fn region(url: &ObjectUrl) -> Result<String, ObjectProblem> {
    if let Some(region) = &url.options.region {
        return Ok(region.clone());
    }
    let named = REGIONS.into_iter().find_map(|name| Some((format!("`{name}`"), variable(name)?)));
    let of_profile = || Some(("the profile's region".to_owned(), aws_config::region()?));
    match named.or_else(of_profile) {
        Some((_, region)) if is_plain_name(&region) => Ok(region),
        Some((name, region)) => Err(not_a_region(&name, &region)),
        None => Ok(REGION.to_owned()),
    }
}

fn not_a_region(name: &str, region: &str) -> ObjectProblem {
    ObjectProblem::setting(format!(
        "{name} is `{region}`, which is not a region such as `eu-west-1`"
    ))
}
