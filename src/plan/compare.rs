//! Two sets of settings side by side: only what differs.

use serde::Serialize;
use serde_json::Value;

use super::TargetPlan;
use crate::catalog::{Field, SECTIONS, Section};
use crate::config::Desired;

/// One of two sides.
#[derive(Clone, Debug)]
pub struct Side {
    /// The file, or the configuration of the plan.
    pub config: String,
    /// The environment.
    pub environment: Option<String>,
    held: Vec<SideValue>,
    extent: Extent,
}

/// What it means that a side does not hold a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// It does not manage it.
    Whole,
    /// Nothing: a plan holds only what it changes. These are what it says are managed no longer.
    Changes,
}

#[derive(Clone, Debug)]
struct SideValue {
    section: String,
    field: String,
    /// `None` where a plan says that it is managed no longer.
    value: Option<Placed>,
}

/// A value, and where it is set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Placed {
    /// The value.
    pub value: Value,
    /// The file.
    pub file: String,
    /// The key's line.
    pub line: usize,
    /// The key's column.
    pub column: usize,
}

/// A setting that differs.
#[derive(Clone, Debug)]
pub struct SettingDifference {
    /// Its section.
    pub section: &'static Section,
    /// The setting.
    pub field: &'static Field,
    /// Its value on the left; `None` where it is not managed there.
    pub left: Option<Placed>,
    /// Its value on the right; `None` where it is not managed there.
    pub right: Option<Placed>,
}

/// Two sides and what differs between them, in the catalogue's order.
#[derive(Clone, Debug)]
pub struct SideComparison {
    /// The first one.
    pub left: Side,
    /// The second one.
    pub right: Side,
    /// What differs.
    pub differences: Vec<SettingDifference>,
}

impl Side {
    /// How people call it.
    pub fn title(&self) -> String {
        crate::config::title(&self.config, self.environment.as_deref())
    }

    /// What a file asks for.
    pub fn of_file(desired: &Desired) -> Self {
        let held = desired.settings.iter().map(|setting| SideValue {
            section: setting.section.name.to_owned(),
            field: setting.field.name.to_owned(),
            value: Some(Placed {
                value: Value::clone(&setting.value),
                file: setting.set_in(&desired.file).to_owned(),
                line: setting.key.line,
                column: setting.key.column,
            }),
        });
        Self {
            config: desired.file.clone(),
            environment: desired.environment.clone(),
            held: held.collect(),
            extent: Extent::Whole,
        }
    }

    /// What a plan changes.
    pub fn of_plan(plan: &TargetPlan) -> Self {
        let sent = plan.sent().map(|(section, change)| SideValue {
            section: section.name.to_owned(),
            field: change.field.name.to_owned(),
            value: Some(Placed {
                value: Value::clone(&change.after),
                file: change.set_in(&plan.config).to_owned(),
                line: change.at.line,
                column: change.at.column,
            }),
        });
        let released = plan.released.iter().map(|release| SideValue {
            section: release.section.clone(),
            field: release.field.clone(),
            value: None,
        });
        Self {
            config: plan.config.clone(),
            environment: plan.environment.clone(),
            held: sent.chain(released).collect(),
            extent: Extent::Changes,
        }
    }

    /// The value of a field: the outer `None` where nothing is known of it.
    #[expect(clippy::option_option, reason = "not managed, and not known to be")]
    fn value(&self, section: &Section, field: &Field) -> Option<Option<&Placed>> {
        let found =
            self.held.iter().find(|it| it.section == section.name && it.field == field.name);
        match (found, self.extent) {
            (Some(held), _) => Some(held.value.as_ref()),
            (None, Extent::Whole) => Some(None),
            (None, Extent::Changes) => None,
        }
    }
}

/// Compares two sides. A list that means a set is compared as one.
pub fn compare(left: Side, right: Side) -> SideComparison {
    let fields = SECTIONS.into_iter().flat_map(|of| of.fields.iter().map(move |it| (of, it)));
    let differences = fields
        .filter_map(|(section, field)| {
            let (one, other) = (left.value(section, field)?, right.value(section, field)?);
            let is_same = match (one, other) {
                (None, None) => true,
                (Some(one), Some(other)) => field.same(&one.value, &other.value),
                _ => false,
            };
            let (one, other) = (one.cloned(), other.cloned());
            (!is_same).then_some(SettingDifference { section, field, left: one, right: other })
        })
        .collect();
    SideComparison { left, right, differences }
}
