//! Every code, in the order in which people meet them. One line each, and a page.

use crate::finding::Severity::{Note, Warning};
use crate::finding::{Code, Scope};

macro_rules! codes {
    ($($(#[$doc:meta])* $id:ident = $name:literal, $summary:literal $(. $method:ident($($arg:expr),*))*;)*) => {
        $($(#[$doc])* pub(super) static $id: Code =
            Code::error($name, $summary, include_str!(concat!("pages/", $name, ".md")))$(.$method($($arg),*))*;)*

        /// Every code.
        pub static CODES: &[&Code] = &[$(&$id),*];
    };
}

codes! {
    /// The text is not YAML.
    YAML_SYNTAX = "yaml-syntax", "the text is not YAML";
    /// One key twice.
    YAML_DUPLICATE_KEY = "yaml-duplicate-key", "a key stands twice in one mapping".unsuppressible();
    /// Nesting, aliases or documents beyond the limits.
    YAML_LIMIT = "yaml-limit", "the text nests deeper, or expands to more, than any catalog needs";
    /// `<<` does not merge in YAML 1.2.
    YAML_MERGE_KEY = "yaml-merge-key", "`<<` is a field like any other in YAML 1.2 and merges nothing".foreign(Warning);
    /// A key that is no string.
    YAML_KEY_TYPE = "yaml-key-type", "a key is a number, a boolean, null or a collection instead of a string".foreign(Warning);
    /// Infinity or not a number.
    YAML_NUMBER = "yaml-number", "a number is infinite or not a number".foreign(Warning);
    /// Not a text in UTF-8.
    FILE_ENCODING = "file-encoding", "the file is not UTF-8 text";
    /// Cannot be opened.
    FILE_UNREADABLE = "file-unreadable", "the file cannot be read";
    /// Over the size limit.
    FILE_TOO_LARGE = "file-too-large", "the file is larger than a catalog file may be";
    /// A Git LFS pointer in place of the file.
    FILE_LFS_POINTER = "file-lfs-pointer", "the file is a Git LFS pointer and not the document itself";
    /// A link out of the tree.
    LINK_OUTSIDE = "link-outside", "a symbolic link leads out of the repository".unsuppressible();
    /// No apiVersion or kind where there must be one.
    ENVELOPE_MISSING = "envelope-missing", "a document lacks `apiVersion` or `kind`";
    /// A Backstage entity in a list.
    ENVELOPE_LIST = "envelope-list", "a Backstage entity stands in a list, which Backstage does not read";
    /// A version of a known group that does not exist.
    API_VERSION_UNKNOWN = "api-version-unknown", "`apiVersion` is none that this kind of document has";
    /// A kind of a known group that does not exist.
    KIND_UNKNOWN = "kind-unknown", "`kind` is none that its `apiVersion` has";
    /// OpenSLO before v1.
    VERSION_RETIRED = "version-retired", "documents are written in a version that is no longer read".at(Note).scope(Scope::Catalog);
    /// A required field is missing.
    FIELD_MISSING = "field-missing", "a required field is missing";
    /// A field that does not exist.
    FIELD_UNKNOWN = "field-unknown", "a field does not exist";
    /// A field that is nearly one that exists.
    FIELD_MISSPELT = "field-misspelt", "a field is nearly one that exists, and is ignored as it stands".at(Warning);
    /// The wrong type.
    FIELD_TYPE = "field-type", "a value has the wrong type";
    /// The right type and a wrong value.
    FIELD_VALUE = "field-value", "a value is not one that the field may have";
    /// A name that breaks the rules.
    NAME_INVALID = "name-invalid", "a name or namespace breaks the rules for names";
    /// A label that breaks the rules.
    LABEL_INVALID = "label-invalid", "a label breaks the rules for keys and values";
    /// An annotation that breaks the rules.
    ANNOTATION_INVALID = "annotation-invalid", "the key of an annotation breaks the rules for keys";
    /// A tag that breaks the rules.
    TAG_INVALID = "tag-invalid", "a tag breaks the rules for tags";
    /// A link that leads nowhere.
    LINK_INVALID = "link-invalid", "a link has no absolute URL, or a blank title or icon";
    /// Not a reference.
    REFERENCE_MALFORMED = "reference-malformed", "a text is not a reference to an entity".foreign(Warning);
    /// Leads nowhere.
    REFERENCE_UNKNOWN = "reference-unknown", "a reference leads to no entity".foreign(Warning).scope(Scope::Catalog);
    /// Leads to the wrong kind.
    REFERENCE_KIND = "reference-kind", "a reference leads to a kind that the field cannot hold".foreign(Warning).scope(Scope::Catalog);
    /// Leads to a kind that is kept elsewhere.
    KIND_ELSEWHERE = "kind-elsewhere", "references lead to a kind of which this catalog defines nothing".at(Note).scope(Scope::Catalog);
    /// Twice the same entity.
    ENTITY_DUPLICATE = "entity-duplicate", "one entity is defined more than once".scope(Scope::Catalog);
    /// Two names that differ in case only.
    ENTITY_CASE = "entity-case", "two names differ in upper and lower case only".scope(Scope::Catalog);
    /// A whole that is part of itself.
    ENTITY_CYCLE = "entity-cycle", "something is part of itself, or a group its own parent".scope(Scope::Catalog);
    /// `extends` of nothing.
    EXTENDS_INVALID = "extends-invalid", "a document extends what is not there, or sets a field that is set already".scope(Scope::Catalog);
    /// A relation that the class does not have.
    RELATION_NOT_ALLOWED = "relation-not-allowed", "a configuration item declares a relation that its class does not have, or to a class that it cannot lead to".scope(Scope::Catalog);
    /// An attribute that breaks the class's schema.
    ATTRIBUTE_INVALID = "attribute-invalid", "an attribute of a configuration item breaks the schema of its class".scope(Scope::Catalog);
    /// A class that only groups others.
    CLASS_ABSTRACT = "class-abstract", "a configuration item is of a class that only groups other classes".scope(Scope::Catalog);
    /// A class that cannot be used as it is written.
    CLASS_INVALID = "class-invalid", "a class has no valid JSON Schema, or names relations or classes that do not exist".scope(Scope::Catalog);
    /// One thing recorded twice.
    CI_DUPLICATE = "ci-duplicate", "two configuration items of a class are one by the fields that tell them apart".scope(Scope::Catalog);
    /// More members than there are.
    QUORUM_IMPOSSIBLE = "quorum-impossible", "a cluster needs more members than it has".scope(Scope::Catalog);
    /// A calendar of another purpose.
    CALENDAR_TYPE = "calendar-type", "a field leads to a calendar of a type that it has no use for".scope(Scope::Catalog);
    /// Nobody is there.
    OWNER_INACTIVE = "owner-inactive", "the owner is disbanded or has left, or is a team without members".foreign(Warning).scope(Scope::Catalog);
    /// It is gone.
    REFERENCE_RETIRED = "reference-retired", "something in use refers to what is retired or gone".foreign(Warning).scope(Scope::Catalog);
    /// The state says two things.
    LIFECYCLE_CONTRADICTION = "lifecycle-contradiction", "states or dates contradict each other".scope(Scope::Catalog);
    /// Not complete for being live.
    SERVICE_INCOMPLETE = "service-incomplete", "a live service has no agreement, support hours or criticality".at(Warning).scope(Scope::Catalog);
    /// Promises that rest on weaker ones.
    SLA_UNSUPPORTED = "sla-unsupported", "an agreement promises more than those that it rests on".scope(Scope::Catalog);
    /// A calendar that cannot be read.
    CALENDAR_INVALID = "calendar-invalid", "a calendar names no time zone that exists, or a rule that cannot be read";
    /// A calendar without a day.
    CALENDAR_EMPTY = "calendar-empty", "an event of a calendar never occurs";
    /// Working time in days.
    DURATION_DAYS = "duration-days", "working time is given in days, weeks, months or years";
    /// Parameters that do not match.
    RUNBOOK_PARAMETER = "runbook-parameter", "a runbook uses a parameter that it does not declare, or declares one that it does not use";
    /// Steps that do not match.
    RUNBOOK_STEP = "runbook-step", "a step of a runbook leads nowhere, or two have one id";
    /// A template that makes nothing.
    TEMPLATE_INVALID = "template-invalid", "a template does not parse, or names what it is not given".unsuppressible();
    /// A target that does not fit its driver.
    TARGET_INVALID = "target-invalid", "a target says what its driver, or the rest of it, does not know".unsuppressible();
    /// A secret where the name of its file belongs.
    TARGET_SECRET = "target-secret", "a target holds a secret, and not the name of the file that holds it".private().unsuppressible();
    /// Nobody looked at it again.
    REVIEW_OVERDUE = "review-overdue", "the time for which something was agreed to is over".dated();
    /// An expression that cannot be used.
    EXPRESSION_INVALID = "expression-invalid", "an expression names what does not exist, or does not parse".scope(Scope::Catalog).unsuppressible();
    /// A policy that cannot be evaluated for an entity.
    POLICY_FAILED = "policy-failed", "a policy cannot say of an entity whether it holds".scope(Scope::Catalog).unsuppressible();
    /// A policy that does not hold.
    POLICY_VIOLATED = "policy-violated", "a policy of this catalog does not hold for an entity".scope(Scope::Catalog).unsuppressible();
    /// A policy that holds no longer, because time went by.
    POLICY_OVERDUE = "policy-overdue", "a policy that depends on the day does not hold for an entity".dated().scope(Scope::Catalog).unsuppressible();
    /// The exception is over.
    EXCEPTION_EXPIRED = "exception-expired", "an exception has expired".dated();
    /// The fox guards the hens.
    EXCEPTION_SELF_APPROVED = "exception-self-approved", "an exception is allowed by whoever has the benefit".scope(Scope::Catalog).unsuppressible();
    /// Private matters in Git.
    PERSON_DATA = "person-data", "a person's document holds personal data".private().unsuppressible();
    /// A key that proves nothing.
    KEY_INVALID = "key-invalid", "a key cannot be read, or is too weak to prove anything".unsuppressible();
    /// A name that selects nothing.
    SELECTOR_UNKNOWN = "selector-unknown", "a selector names a kind or class that does not exist, or an exception a rule that does not".scope(Scope::Catalog);
    /// Files that do not exist.
    SOURCE_UNMATCHED = "source-unmatched", "a glob of `sources` matches no file".foreign(Warning).scope(Scope::Catalog);
    /// Files of two entities.
    SOURCE_SHARED = "source-shared", "files are claimed as sources by two entities".foreign(Warning).scope(Scope::Catalog);
    /// An old name that lives.
    FORMERLY_LIVING = "formerly-living", "`formerly` names an entity that exists, or that two entities were".foreign(Warning).scope(Scope::Catalog);
    /// A reference by an old name.
    REFERENCE_RENAMED = "reference-renamed", "a reference uses a name from before a rename".at(Warning).scope(Scope::Catalog);
    /// Markdown that names what does not exist.
    MENTION_UNKNOWN = "mention-unknown", "a text names an entity with its kind that does not exist".at(Warning).scope(Scope::Catalog);
    /// A placeholder's file is missing.
    PLACEHOLDER_MISSING = "placeholder-missing", "a placeholder names a file that is not in the repository".scope(Scope::Catalog);
    /// A Location's target is missing.
    LOCATION_MISSING = "location-missing", "a Location names a file that is not in the repository".foreign(Warning).scope(Scope::Catalog);
    /// Indicator or reference.
    OPENSLO_INDICATOR = "openslo-indicator", "an SLO needs exactly one of `indicator` and `indicatorRef`";
    /// The parts of a ratio.
    OPENSLO_METRIC = "openslo-metric", "an SLI needs one metric, and a ratio its parts";
    /// The targets.
    OPENSLO_OBJECTIVE = "openslo-objective", "an objective needs exactly one target, and what its budgeting method asks for";
    /// The time window.
    OPENSLO_WINDOW = "openslo-window", "a time window either rolls or follows a calendar";
    /// Alerts by name or in place.
    OPENSLO_ALERT = "openslo-alert", "an alert is given by name or in place, and not by both or neither";
    /// A secret in Git.
    SECRET_FOUND = "secret-found", "a secret is written into the repository".unsuppressible();
    /// Nothing to validate.
    CATALOG_EMPTY = "catalog-empty", "there is no entity at all".scope(Scope::Catalog).unsuppressible();
    /// An ignore without a reason.
    IGNORE_REASON = "ignore-reason", "an ignore comment gives no reason".scope(Scope::Configuration).unsuppressible();
    /// An ignore that does nothing.
    IGNORE_UNUSED = "ignore-unused", "an ignore comment matches no finding".at(Warning).scope(Scope::Configuration).unsuppressible();
    /// An ignore of what cannot be ignored.
    IGNORE_REFUSED = "ignore-refused", "an ignore comment names a code that no comment can silence".scope(Scope::Configuration).unsuppressible();
    /// A mistake in gitsm.yaml.
    CONFIG_INVALID = "config-invalid", "`gitsm.yaml` says something that it cannot say".scope(Scope::Configuration).unsuppressible();
}

/// The code of a name.
pub fn code_named(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name).copied()
}
