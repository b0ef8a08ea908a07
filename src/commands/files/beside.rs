//! What is written beside a configuration that a command has written: the schema that editors read,
//! and lines for git.

use std::fs;
use std::path::Path;

use super::{ignored, write};
use crate::commands::failure::Failure;
use crate::failure::FailureCode;
use crate::render::text::escape::name;
use crate::{catalog, render};

/// Where the first line of a file that is written tells editors to find the schema.
pub const SCHEMA_FILE: &str = "clerkform.schema.json";

/// Writes what belongs beside a configuration whose first line names `schema`, over nothing that is
/// there, and tells of it in a sentence each.
pub fn add(config: &Path, schema: Option<&str>) -> Result<Vec<String>, Failure> {
    let mut told = Vec::new();
    if let Some(schema) = schema {
        told.extend(add_schema(&config.with_file_name(schema))?);
    }
    if let Some(path) = ignored::add(config)? {
        let path = path.display().to_string();
        told.push(format!("Added what runs leave behind to {}.", name(&path)));
    }
    Ok(told)
}

/// Writes the schema; one that is there already is left alone.
fn add_schema(path: &Path) -> Result<Option<String>, Failure> {
    let text = render::document(&catalog::schema::configuration());
    let shown = path.display().to_string();
    let shown = name(&shown);
    match write::fresh(path, &text) {
        Ok(()) => Ok(Some(format!("Wrote {shown}: your editor reads it."))),
        Err(failure) if failure.code == FailureCode::FileExists => {
            let is_the_same = fs::read(path).is_ok_and(|there| there == text.as_bytes());
            Ok((!is_the_same).then(|| {
                format!(
                    "{shown} already exists and was left alone; `clerkform schema` prints this \
                     version's."
                )
            }))
        }
        Err(failure) => Err(failure),
    }
}
