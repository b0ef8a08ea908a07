//! `schema`: the JSON Schema of a configuration, a plan or a state.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;

use super::args::{SchemaArgs, SchemaOf};
use super::console::Console;
use super::failure::{Exit, Failure};
use crate::plan::document::PlanDocument;
use crate::state::State;
use crate::{catalog, render};

/// Runs the command.
#[expect(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub fn run(args: &SchemaArgs, console: &Console) -> Result<Exit, Failure> {
    let generator = || {
        SchemaSettings::draft07()
            .for_serialize()
            .with_transform(RecursiveTransform(without_own_formats))
            .into_generator()
    };
    let schema = match args.of {
        SchemaOf::Config => catalog::schema::configuration(),
        SchemaOf::Plan => generator().into_root_schema_for::<PlanDocument>().to_value(),
        SchemaOf::State => generator().into_root_schema_for::<State>().to_value(),
    };
    console.result(&render::document(&schema));
    Ok(Exit::Done)
}

/// `uint64` and the like are no formats of JSON Schema, and strict validators refuse them.
fn without_own_formats(schema: &mut Schema) {
    schema.remove("format");
}
