//! The layers of a file, and how one is merged over another: field by field, with a list as one
//! value.

use std::sync::Arc;

use serde_json::Value;

use super::place::{joined, unescaped};
use super::yaml::node::{Content, Mapping, Node};
use super::yaml::scalar::Typed;
use super::{Configuration, Desired, ExtendedPath, Layer, RunScope, Setting, Target};
use crate::catalog::schema::{
    ENVIRONMENT_TYPE, ENVIRONMENTS, EXTENDS, INSTANCE_ID, SECRET_KEY_ENV, TARGET,
};
use crate::catalog::{EnvironmentType, Field, Kind, SECTIONS};

/// The part of a target that its checks read.
pub(super) struct Merged<'c> {
    pub environment_type: Option<EnvironmentType>,
    pub settings: Vec<&'c Setting>,
}

/// The base and the overlays, as far as they fit.
pub(super) fn configuration(file: &str, root: Option<&Node>) -> Configuration {
    let root = root.and_then(Node::as_map);
    let overlays = root
        .and_then(|root| root.get(ENVIRONMENTS)?.value.as_map())
        .into_iter()
        .flat_map(Mapping::iter)
        .map(|entry| {
            let pointer = joined(&joined("", ENVIRONMENTS), &entry.key.text);
            (entry.key.text.clone(), layer(entry.value.as_map(), &pointer))
        })
        .collect();
    Configuration { file: file.to_owned(), base: layer(root, ""), overlays }
}

/// The paths of the files that a file extends, as far as they are texts.
pub(super) fn extends(root: Option<&Node>) -> Vec<ExtendedPath> {
    let node = root.and_then(|root| root.child(EXTENDS));
    let path = |node: &Node, pointer: String| {
        let path = node.as_text().filter(|path| !path.is_empty())?.to_owned();
        Some(ExtendedPath { path, at: node.span, pointer })
    };
    let pointer = joined("", EXTENDS);
    let Some(node) = node else { return Vec::new() };
    match node.as_list() {
        None => path(node, pointer).into_iter().collect(),
        Some(items) => {
            let items = items.iter().enumerate();
            items.filter_map(|(index, it)| path(it, joined(&pointer, &index.to_string()))).collect()
        }
    }
}

fn layer(mapping: Option<&Mapping>, pointer: &str) -> Layer {
    let Some(mapping) = mapping else { return Layer::default() };
    let settings = SECTIONS
        .into_iter()
        .filter_map(|section| Some((section, mapping.get(section.name)?.value.as_map()?)))
        .flat_map(|(section, fields)| {
            let pointer = joined(pointer, section.name);
            section.fields.iter().filter_map(move |field| {
                let entry = fields.get(field.name)?;
                Some(Arc::new(Setting {
                    section,
                    field,
                    value: Arc::new(value_of(field, &entry.value)?),
                    file: None,
                    key: entry.key.span,
                    at: entry.value.span,
                    is_unwritten: entry.value.as_scalar().is_some_and(|scalar| scalar.absent),
                    pointer: joined(&pointer, field.name),
                }))
            })
        })
        .collect();
    let target = mapping.get(TARGET).and_then(|entry| entry.value.as_map()).map(target);
    Layer { target: target.unwrap_or_default(), settings }
}

fn target(mapping: &Mapping) -> Target {
    let text = |name| mapping.get(name).and_then(|entry| entry.value.as_text());
    Target {
        instance_id: text(INSTANCE_ID).map(str::to_owned),
        environment_type: text(ENVIRONMENT_TYPE).and_then(EnvironmentType::from_word),
        secret_key_env: text(SECRET_KEY_ENV).map(str::to_owned),
    }
}

/// The value, where its type is the field's. Entries of a list that are no texts are left out: a
/// file that has any is refused.
fn value_of(field: &Field, node: &Node) -> Option<Value> {
    match (field.kind, &*node.content) {
        (_, Content::Scalar(scalar)) if scalar.typed == Typed::Null => {
            field.nullable.then_some(Value::Null)
        }
        (Kind::Set(_), Content::List(items)) => {
            Some(items.iter().filter_map(Node::as_text).collect())
        }
        (Kind::Boolean, Content::Scalar(scalar)) => match scalar.typed {
            Typed::Boolean(value) => Some(value.into()),
            _ => None,
        },
        (Kind::Integer { .. }, Content::Scalar(scalar)) => match scalar.typed {
            Typed::Integer(value) => Some(value.into()),
            _ => None,
        },
        (Kind::Text(_), _) => node.as_text().map(Value::from),
        _ => None,
    }
}

/// The node of a setting, for checks that need the places inside a value.
pub(super) fn node_of<'n>(root: &'n Node, setting: &Setting) -> Option<&'n Node> {
    let path: Vec<String> = setting.pointer.split('/').skip(1).map(unescaped).collect();
    path.iter().try_fold(root, |node, name| node.as_map()?.get(name).map(|entry| &entry.value))
}

impl Layer {
    /// This layer with another one merged over it.
    pub(super) fn under(&self, over: &Self) -> Self {
        let mut settings = self.settings.clone();
        for setting in &over.settings {
            let same = |other: &&mut Arc<Setting>| std::ptr::eq(other.field, setting.field);
            match settings.iter_mut().find(same) {
                Some(place) => *place = Arc::clone(setting),
                None => settings.push(Arc::clone(setting)),
            }
        }
        if !over.settings.is_empty() {
            settings.sort_by_cached_key(|setting| order(setting));
        }
        Self { target: self.target.under(&over.target), settings }
    }

    /// The same, as a part of another file than the one that sets it.
    fn set_in(&self, file: &Arc<str>) -> Self {
        let settings = self.settings.iter().map(|setting| {
            let mut setting = Setting::clone(setting);
            setting.file.get_or_insert_with(|| Arc::clone(file));
            Arc::new(setting)
        });
        Self { target: self.target.clone(), settings: settings.collect() }
    }
}

impl Target {
    fn under(&self, over: &Self) -> Self {
        Self {
            instance_id: over.instance_id.clone().or_else(|| self.instance_id.clone()),
            environment_type: over.environment_type.or(self.environment_type),
            secret_key_env: over.secret_key_env.clone().or_else(|| self.secret_key_env.clone()),
        }
    }
}

impl<'c> Merged<'c> {
    fn of(base: &'c Layer, over: Option<&'c Layer>) -> Self {
        let environment_type = over.and_then(|over| over.target.environment_type);
        let over = over.map_or(&[][..], |over| &over.settings);
        let is_kept = |setting: &&Arc<Setting>| {
            !over.iter().any(|other| std::ptr::eq(other.field, setting.field))
        };
        let settings = base.settings.iter().filter(is_kept).chain(over);
        Self {
            environment_type: environment_type.or(base.target.environment_type),
            settings: settings.map(AsRef::as_ref).collect(),
        }
    }
}

/// Where a setting stands in the catalogue.
fn order(setting: &Setting) -> (usize, usize) {
    let section = SECTIONS.iter().position(|section| **section == *setting.section);
    let field = setting.section.fields.iter().position(|f| std::ptr::eq(f, setting.field));
    (section.unwrap_or_default(), field.unwrap_or_default())
}

impl Configuration {
    /// This file's layers with those of another one merged over them, environments by name.
    pub(super) fn under(&self, over: &Self) -> Self {
        let find = |name: &str| over.overlays.iter().find(|(other, _)| other == name);
        let shared = self.overlays.iter().map(|(name, layer)| {
            let layer = find(name).map_or_else(|| layer.clone(), |(_, over)| layer.under(over));
            (name.clone(), layer)
        });
        let is_new = |(name, _): &&(String, Layer)| !self.environments().any(|it| it == name);
        Self {
            file: over.file.clone(),
            base: self.base.under(&over.base),
            overlays: shared.chain(over.overlays.iter().filter(is_new).cloned()).collect(),
        }
    }

    /// The same layers as a part of a file that extends this one.
    pub(super) fn extended(&self) -> Self {
        let file = Arc::from(self.file.as_str());
        let overlays = self.overlays.iter().map(|(name, it)| (name.clone(), it.set_in(&file)));
        Self {
            file: self.file.clone(),
            base: self.base.set_in(&file),
            overlays: overlays.collect(),
        }
    }

    /// The settings that one target is to have: the base, or the base with an overlay over it.
    /// `None` where no overlay has that name.
    pub fn desired(&self, environment: Option<&str>) -> Option<Desired> {
        let layer = match environment {
            None => self.base.clone(),
            Some(name) => {
                let (_, overlay) = self.overlays.iter().find(|(known, _)| known == name)?;
                self.base.under(overlay)
            }
        };
        Some(Desired {
            file: self.file.clone(),
            environment: environment.map(str::to_owned),
            target: layer.target,
            settings: layer.settings,
            scope: RunScope::Whole,
        })
    }

    /// What each of the file's targets is to be, as far as can be told: only borrowed, since there
    /// may be many overlays over a base that is large.
    pub(super) fn targets(&self) -> impl Iterator<Item = Merged<'_>> {
        let base = self.overlays.is_empty().then(|| Merged::of(&self.base, None));
        let overlays = self.overlays.iter();
        base.into_iter().chain(overlays.map(|(_, over)| Merged::of(&self.base, Some(over))))
    }

    /// Every layer by itself.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Layer> {
        std::iter::once(&self.base).chain(self.overlays.iter().map(|(_, overlay)| overlay))
    }
}
