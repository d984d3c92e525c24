//! Backstage's Template: a form, and the steps that make a new component from it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SCAFFOLDER;
use crate::model::format;
use crate::model::kind::{of, to};
use crate::model::practice::{column, wide};
use crate::model::{FieldClass, Kind, Metadata, Practice};

/// What a Template asks for and what it does, as `@backstage/plugin-scaffolder-common` 2.3 defines
/// it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateSpec {
    /// What the template makes: `service`, `website`, `library`.
    #[schemars(length(min = 1))]
    pub r#type: String,
    /// The group or user who is accountable for it.
    #[schemars(length(min = 1))]
    pub owner: Option<String>,
    /// How far it is: `experimental`, `production`, `deprecated`.
    #[schemars(length(min = 1))]
    pub lifecycle: Option<String>,
    /// The form: one JSON Schema, or a list of them for a form of several pages.
    pub parameters: Option<Parameters>,
    /// Secrets that a task is given.
    pub secrets: Option<Secrets>,
    /// How the form looks.
    pub presentation: Option<Presentation>,
    /// What happens when a task is interrupted.
    #[serde(rename = "EXPERIMENTAL_recovery")]
    pub recovery: Option<Recovery>,
    /// What runs before the form is submitted.
    pub form_decorators: Option<Vec<FormDecorator>>,
    /// The old name of `formDecorators`.
    #[serde(rename = "EXPERIMENTAL_formDecorators")]
    #[schemars(extend("deprecated" = true))]
    pub experimental_form_decorators: Option<Vec<FormDecorator>>,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// What the person gets to see at the end.
    pub output: Option<Output>,
}

/// One page of a form, or several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Parameters {
    /// One page.
    One(Page),
    /// Several pages.
    Many(Vec<Page>),
}

impl JsonSchema for Parameters {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Parameters".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// `oneOf` by hand: the derived `anyOf` lets a page that breaks its schema look like none.
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<Page>();
        let many = generator.subschema_for::<Vec<Page>>();
        schemars::json_schema!({ "oneOf": [one, many] })
    }
}

/// The JSON Schema of one page of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// Who may see the page.
    #[serde(rename = "backstage:permissions")]
    pub permissions: Option<Permissions>,
    /// The schema itself.
    #[serde(flatten)]
    pub schema: Map<String, Value>,
}

/// Tags that permission rules look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Permissions {
    /// The tags.
    pub tags: Option<Vec<String>>,
}

/// Secrets that a task is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Secrets {
    /// Their JSON Schema.
    pub schema: Option<Map<String, Value>>,
}

/// How the form looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Presentation {
    /// What stands on its buttons.
    pub button_labels: Option<ButtonLabels>,
}

/// What stands on the buttons of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ButtonLabels {
    /// The button that goes a page back.
    pub back_button_text: Option<String>,
    /// The button that starts the task.
    pub create_button_text: Option<String>,
    /// The button that shows what was filled in.
    pub review_button_text: Option<String>,
}

/// What happens when a task is interrupted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recovery {
    /// `none` or `startOver`.
    #[serde(rename = "EXPERIMENTAL_strategy")]
    pub strategy: Option<String>,
}

/// What runs before the form is submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FormDecorator {
    /// Which decorator.
    pub id: Option<String>,
    /// What it is given.
    pub input: Option<Map<String, Value>>,
}

/// A condition: an expression, or a plain boolean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// Always or never.
    Plain(bool),
    /// Such as `${{ parameters.publish }}`.
    Expression(String),
}

impl JsonSchema for Condition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Condition".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "boolean"] })
    }
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// A name for other steps to refer to its output by.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// The action: `fetch:template`, `publish:github`.
    pub action: String,
    /// What the action is given.
    pub input: Option<Map<String, Value>>,
    /// Whether it is done at all.
    pub r#if: Option<Condition>,
    /// Who may run it.
    #[serde(rename = "backstage:permissions")]
    pub permissions: Option<Permissions>,
}

/// What the person gets to see at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Output {
    /// Pages to go to.
    pub links: Option<Vec<OutputLink>>,
    /// Texts to read, in Markdown.
    pub text: Option<Vec<OutputText>>,
    /// Anything else, as text.
    #[serde(flatten)]
    pub other: BTreeMap<String, String>,
}

/// A page to go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutputLink {
    /// Whether it is shown.
    pub r#if: Option<Condition>,
    /// Its address.
    #[schemars(length(min = 1))]
    pub url: Option<String>,
    /// The entity that it leads to.
    #[schemars(length(min = 1))]
    pub entity_ref: Option<String>,
    /// What stands on it.
    #[schemars(length(min = 1))]
    pub title: Option<String>,
    /// The key of a picture.
    #[schemars(length(min = 1))]
    pub icon: Option<String>,
}

/// A text to read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutputText {
    /// Whether it is shown.
    pub r#if: Option<Condition>,
    /// Its title.
    #[schemars(length(min = 1))]
    pub title: Option<String>,
    /// The key of a picture.
    #[schemars(length(min = 1))]
    pub icon: Option<String>,
    /// The text, in Markdown.
    pub content: Option<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Template",
    group: &SCAFFOLDER,
    versions: &["v1beta3"],
    family: "template",
    plural: "templates",
    summary: "A form, and the steps that make something new from it.",
    metadata: of::<Metadata>,
    spec: of::<TemplateSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "owner"], "Group", &["team", "person"], "ownedBy")],
    practice: Practice {
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("OWNER", &["spec", "owner"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            wide("STEPS", &["spec", "steps", "*", "id"]),
        ],
        fields: &[(&["spec"], FieldClass::Governance)],
        ..Practice::FOREIGN
    },
};
