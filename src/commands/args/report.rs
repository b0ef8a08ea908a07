//! Files that are written beside the output, as they are named on the command line.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::text::slashed_path;

/// A file to write in another format beside the output.
#[derive(Clone, Debug)]
pub struct Report<F> {
    /// How to render it.
    pub format: F,
    /// Where to.
    pub path: PathBuf,
}

/// Reads `FORMAT=PATH`.
pub fn report<F: ValueEnum>(text: &str) -> Result<Report<F>, String> {
    let (format, path) = text.split_once('=').ok_or("write FORMAT=PATH, such as json=plan.json")?;
    if path.is_empty() {
        return Err("the path after the `=` is missing".to_owned());
    }
    if path == "-" {
        return Err("use `--output-format` to write to standard output".to_owned());
    }
    let format = F::from_str(format, false).map_err(|_| {
        let known: Vec<String> = F::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect();
        format!("this command has no format `{format}`; choose one of {}", known.join(", "))
    })?;
    Ok(Report { format, path: slashed_path(PathBuf::from(path)) })
}

/// Reads the path of a plan that is to be saved.
pub fn plan_file(path: PathBuf) -> Result<PathBuf, &'static str> {
    match path.to_str() {
        Some("-") => Err("use `--output-format json` to write to standard output"),
        _ => Ok(path),
    }
}
