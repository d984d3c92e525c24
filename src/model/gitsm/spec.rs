//! The typed spec of gitsm's own kinds, for rules that look at values.

use super::calendar::CalendarSpec;
use super::change_model::ChangeModelSpec;
use super::change_policy::ChangePolicySpec;
use super::change_request::ChangeRequestSpec;
use super::ci_class::CiClassSpec;
use super::configuration_item::ConfigurationItemSpec;
use super::exception::ExceptionSpec;
use super::note::NoteSpec;
use super::person::PersonSpec;
use super::policy::PolicySpec;
use super::runbook::RunbookSpec;
use super::service::ServiceSpec;
use super::service_level_agreement::ServiceLevelAgreementSpec;
use super::target::TargetSpec;
use super::team::TeamSpec;
use crate::model::Kind;
use crate::yaml::Node;
use crate::yaml::de::from_node;

macro_rules! specs {
    ($($(#[$doc:meta])* $variant:ident($type:ty) = $name:literal;)*) => {
        /// The spec of one of gitsm's own documents.
        #[derive(Debug)]
        pub enum Spec {
            $($(#[$doc])* $variant(Box<$type>),)*
        }

        impl Spec {
            /// The kinds that have one.
            pub const KINDS: &[&str] = &[$($name),*];

            /// Reads the spec of a document of a kind; nothing if the kind is another's, or the
            /// document breaks its schema, which is reported elsewhere.
            pub fn of(kind: &Kind, root: Node<'_>) -> Option<Self> {
                if kind.group != &super::GROUP {
                    return None;
                }
                let spec = root.get("spec")?;
                match kind.name {
                    $($name => from_node(spec).ok().map(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

specs! {
    /// Of a Service.
    Service(ServiceSpec) = "Service";
    /// Of a ConfigurationItem.
    ConfigurationItem(ConfigurationItemSpec) = "ConfigurationItem";
    /// Of a CIClass.
    CiClass(CiClassSpec) = "CIClass";
    /// Of a Team.
    Team(TeamSpec) = "Team";
    /// Of a Person.
    Person(PersonSpec) = "Person";
    /// Of a ServiceLevelAgreement.
    ServiceLevelAgreement(ServiceLevelAgreementSpec) = "ServiceLevelAgreement";
    /// Of a Calendar.
    Calendar(CalendarSpec) = "Calendar";
    /// Of a Runbook.
    Runbook(RunbookSpec) = "Runbook";
    /// Of a Policy.
    Policy(PolicySpec) = "Policy";
    /// Of a ChangePolicy.
    ChangePolicy(ChangePolicySpec) = "ChangePolicy";
    /// Of a ChangeModel.
    ChangeModel(ChangeModelSpec) = "ChangeModel";
    /// Of a ChangeRequest.
    ChangeRequest(ChangeRequestSpec) = "ChangeRequest";
    /// Of an Exception.
    Exception(ExceptionSpec) = "Exception";
    /// Of a Note.
    Note(NoteSpec) = "Note";
    /// Of a Target.
    Target(TargetSpec) = "Target";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{KINDS, gitsm};
    use crate::source::{File, Source};
    use crate::yaml::{Limits, parse};

    #[test]
    fn every_own_kind_has_a_typed_spec() {
        for kind in KINDS.iter().filter(|kind| kind.group == &gitsm::GROUP) {
            let source = Source::new(File::local("a.yaml"), "spec: 1\n".to_owned());
            let stream = parse(&source, &Limits::default());
            let root = stream.arena.node(stream.documents[0]);
            assert!(Spec::of(kind, root).is_none());
            assert!(Spec::KINDS.contains(&kind.name), "{}", kind.name);
        }
    }
}
