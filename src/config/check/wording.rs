//! Messages about a value of the wrong type, or one that cannot be.

use super::placeholder;
use crate::catalog::Kind;
use crate::config::place::SchemaNode;
use crate::config::quote::quote;
use crate::config::yaml::node::{Content, Node, Scalar};
use crate::config::yaml::scalar::{self, Typed};
use crate::finding::{Code, Finding};

/// The type that a place takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExpectedType {
    Boolean,
    Integer,
    Text,
    List,
    Paths,
    Mapping,
}

impl ExpectedType {
    fn at(place: SchemaNode) -> Self {
        match place {
            SchemaNode::Field(field) => match field.kind {
                Kind::Boolean => Self::Boolean,
                Kind::Integer { .. } => Self::Integer,
                Kind::Text(_) => Self::Text,
                Kind::Set(_) => Self::List,
            },
            SchemaNode::Item(_) | SchemaNode::Member(_) | SchemaNode::ExtendedPath => Self::Text,
            SchemaNode::Extends => Self::Paths,
            _ => Self::Mapping,
        }
    }

    const fn phrase(self) -> &'static str {
        match self {
            Self::Boolean => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Text => "a string",
            Self::List => "a list of strings",
            Self::Paths => "a path or a list of paths",
            Self::Mapping => "a mapping of names to values",
        }
    }
}

/// What is told about a value whose type does not fit its place.
pub(super) fn wrong_type(node: &Node, place: SchemaNode, pointer: &str) -> Finding {
    let expected = ExpectedType::at(place);
    let typed = node.as_scalar().map(|scalar| scalar.typed);
    if expected == ExpectedType::Integer && typed == Some(Typed::Huge) {
        return Finding::new("", node.span, Code::InvalidValue, too_large(node, place))
            .help("write a smaller number")
            .path(pointer);
    }
    if expected == ExpectedType::Integer
        && let Some(number) = old_octal(node)
    {
        let message =
            "some YAML readers treat a number with a leading zero as octal, others do not";
        return Finding::new("", node.span, Code::InvalidValue, message)
            .help(format!("write `{number}`"))
            .path(pointer);
    }
    let phrase = match place {
        SchemaNode::Field(field) if field.nullable && expected == ExpectedType::Boolean => {
            "`true`, `false` or `null`".to_owned()
        }
        SchemaNode::Field(field) if field.nullable => format!("{} or `null`", expected.phrase()),
        _ => expected.phrase().to_owned(),
    };
    let message = format!("{} takes {phrase}, not {}", place.title(), found(node));
    let finding = Finding::new("", node.span, Code::WrongType, message).path(pointer);
    match help(node, place, expected) {
        None => finding,
        Some(help) => finding.help(help),
    }
}

/// A number in decimal digits whose leading zero makes it octal in YAML 1.1.
fn old_octal(node: &Node) -> Option<i64> {
    let scalar = node.as_scalar().filter(|scalar| scalar.typed == Typed::Ambiguous)?;
    match scalar::integer(&scalar.text) {
        Some(Typed::Integer(number)) => Some(number),
        _ => None,
    }
}

fn too_large(node: &Node, place: SchemaNode) -> String {
    let text = node.as_scalar().map(|scalar| quote(&scalar.text)).unwrap_or_default();
    format!("{} must fit in 64 bits, and {text} does not", place.title())
}

/// The type of a value, in words.
fn found(node: &Node) -> String {
    match &*node.content {
        Content::List(items) if items.is_empty() => "an empty list".to_owned(),
        Content::List(_) => "a list".to_owned(),
        Content::Map(_) => "a mapping".to_owned(),
        Content::Hole => "this".to_owned(),
        Content::Scalar(scalar) if scalar.absent => "nothing (which is `null`)".to_owned(),
        Content::Scalar(scalar) => match scalar.typed {
            Typed::Null => "`null`".to_owned(),
            Typed::Boolean(value) => format!("`{value}`"),
            Typed::Integer(_) | Typed::Huge | Typed::Float => {
                format!("the number {}", quote(&scalar.text))
            }
            Typed::Text => format!("the string {}", quote(&scalar.text)),
            Typed::Ambiguous => format!("a bare {}", quote(&scalar.text)),
        },
    }
}

fn help(node: &Node, place: SchemaNode, expected: ExpectedType) -> Option<String> {
    let scalar = match &*node.content {
        Content::Scalar(scalar) => scalar,
        Content::List(_) if expected == ExpectedType::Text => {
            return Some("take one of them".into());
        }
        Content::List(_) if expected == ExpectedType::Mapping => {
            return Some("write `name: value` lines, without dashes".into());
        }
        _ => return None,
    };
    if scalar.typed == Typed::Null {
        return Some(null_help(scalar, place).to_owned());
    }
    if let Some(placeholder) = placeholder::find(&scalar.text) {
        return Some(placeholder::help(placeholder));
    }
    match expected {
        ExpectedType::Boolean => boolean_help(scalar),
        ExpectedType::Integer => integer_help(&scalar.text),
        ExpectedType::Text if scalar.typed == Typed::Ambiguous => Some(format!(
            "YAML readers disagree about it; put it in quotes to make it a string: {}",
            quote(&format!("\"{}\"", scalar.text))
        )),
        ExpectedType::Text | ExpectedType::Paths => {
            Some(format!("write {}", quote(&format!("\"{}\"", scalar.text))))
        }
        ExpectedType::List if scalar.typed == Typed::Text => {
            Some(format!("write a list in brackets: {}", quote(&format!("[\"{}\"]", scalar.text))))
        }
        ExpectedType::List => None,
        ExpectedType::Mapping => Some("indent its fields below its name".into()),
    }
}

fn null_help(scalar: &Scalar, place: SchemaNode) -> &'static str {
    match place {
        SchemaNode::Root => "a file that sets nothing is empty or has only comments",
        SchemaNode::Overlay => "write `{}` if nothing is different in it",
        SchemaNode::Section(_) | SchemaNode::Target | SchemaNode::Environments if scalar.absent => {
            "add fields, indented below it, or comment it out with `#`"
        }
        SchemaNode::Field(_) => "remove the field to leave it unmanaged",
        _ => "remove it, or give it a value",
    }
}

fn boolean_help(scalar: &Scalar) -> Option<String> {
    let word = match scalar.text.to_lowercase().as_str() {
        "yes" | "y" | "on" | "true" | "1" | "enabled" | "enable" => "true",
        "no" | "n" | "off" | "false" | "0" | "disabled" | "disable" => "false",
        _ => return None,
    };
    Some(match scalar.typed {
        Typed::Ambiguous => {
            format!("write `{word}`: a bare {} is a string in YAML 1.2", quote(&scalar.text))
        }
        Typed::Text => format!("write `{word}`, without quotes"),
        _ => format!("write `{word}`"),
    })
}

/// The text to write where a number is quoted, or written as a fraction that is none.
fn integer_help(text: &str) -> Option<String> {
    let plain = text.trim().replace('_', "");
    let whole = match plain.split_once('.') {
        Some((whole, zeros)) if zeros.chars().all(|digit| digit == '0') => whole,
        Some(_) => return Some("write a whole number".to_owned()),
        None => &plain,
    };
    let number: i64 = whole.parse().ok()?;
    Some(format!("write `{number}`, without quotes or a fraction"))
}
