//! The generated catalog as text: which entity stands at which index, and its YAML.
//!
//! Every document depends only on the seed, the size of the catalog and its own index, so the
//! same arguments give the same bytes on every platform, and one document can be written again
//! alone. References always resolve, and `dependsOn` only points to smaller indexes, so there
//! are no cycles. Begin at [`Catalog::text`]; words, labels and links are in
//! `prose`, files and Git in `generate`.

use std::fmt::Write;

use crate::prose::{self, Random};

/// The size that documents are filled up to, in bytes.
const SIZE: usize = 1520;
/// How many files differ between the two revisions.
pub(crate) const CHANGED: usize = 10;
/// The smallest catalog in which every kind that is referred to exists more than once.
pub(crate) const SMALLEST: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Group,
    Domain,
    System,
    User,
    Resource,
    Api,
    Component,
}

impl Kind {
    /// Of a hundred entities 80 are Components.
    fn at(index: usize) -> Self {
        match index % 100 {
            0 | 1 => Self::Group,
            2 => Self::Domain,
            3 | 53 => Self::System,
            4 | 24 | 44 | 64 => Self::User,
            5 | 15 | 25 | 35 | 45 => Self::Resource,
            6 | 22 | 38 | 54 | 70 | 86 => Self::Api,
            _ => Self::Component,
        }
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Group => ("Group", "group"),
            Self::Domain => ("Domain", "domain"),
            Self::System => ("System", "system"),
            Self::User => ("User", "user"),
            Self::Resource => ("Resource", "resource"),
            Self::Api => ("API", "api"),
            Self::Component => ("Component", "component"),
        }
    }
}

/// The two tagged states of the repository.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revision {
    Base,
    Head,
}

/// A catalog that can write any of its documents.
pub(crate) struct Catalog {
    seed: u64,
    size: usize,
    /// Indexes of the entities of each kind, in the order of `Kind`.
    members: [Vec<usize>; 7],
    /// Components whose file differs at `Head`; the first one changes its owner.
    changed: Vec<usize>,
}

impl Catalog {
    pub(crate) fn new(size: usize, seed: u64) -> Self {
        let mut members: [Vec<usize>; 7] = Default::default();
        for index in 0..size {
            members[Kind::at(index) as usize].push(index);
        }
        let components = &members[Kind::Component as usize];
        let step = components.len() / CHANGED;
        let changed = (0..CHANGED).map(|turn| components[turn * step + step / 2]).collect();
        Self { seed, size, members, changed }
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn changed(&self) -> &[usize] {
        &self.changed
    }

    /// The path inside the repository; a hundred files a folder.
    pub(crate) fn path(&self, index: usize) -> String {
        format!("{:04}/{}.yaml", index / 100, name(index))
    }

    /// The whole document at this index in this revision.
    pub(crate) fn text(&self, index: usize, revision: Revision) -> String {
        let mut random = Random::new(self.seed, index);
        let (kind, name) = (Kind::at(index), name(index));
        let edit = match revision {
            Revision::Base => None,
            Revision::Head => self.changed.iter().position(|&changed| changed == index),
        };
        let spec = self.spec(index, edit == Some(0), &mut random);
        let mut details = prose::details(&name, &mut random);
        let mut turn = random.below(8);
        prose::link(&mut details, &name, turn);
        while details.len() + spec.len() < SIZE - 330 {
            turn += 1;
            prose::link(&mut details, &name, turn);
        }
        let room = SIZE.saturating_sub(details.len() + spec.len() + 190);
        let mut story = prose::sentence(&mut random);
        if edit.is_some_and(|turn| turn > 0) {
            story.insert_str(0, "Rewritten for the new platform. ");
        }
        while story.len() < room {
            story.push(' ');
            story.push_str(&prose::sentence(&mut random));
        }
        let mut text = prose::head(kind.names().0, &name, &mut random);
        prose::describe(&mut text, &story, &mut random);
        text + &details + &spec
    }

    fn any(&self, kind: Kind, random: &mut Random) -> usize {
        random.of(&self.members[kind as usize])
    }

    fn spec(&self, index: usize, new_owner: bool, random: &mut Random) -> String {
        let kind = Kind::at(index);
        let mut spec = String::from("spec:\n");
        let position = self.members[kind as usize].partition_point(|&member| member < index);
        match kind {
            Kind::Component => self.component(&mut spec, position, new_owner, random),
            Kind::Api => {
                field(&mut spec, "type", "openapi");
                field(&mut spec, "lifecycle", lifecycle(random));
                self.placed(&mut spec, false, random);
                prose::definition(&mut spec, &name(index), random);
            }
            Kind::Resource => {
                field(&mut spec, "type", random.of(&["database", "s3-bucket", "queue", "cache"]));
                self.placed(&mut spec, false, random);
                self.depends(&mut spec, &[(Kind::Resource, position); 3], random);
            }
            Kind::System => {
                let owner = reference(self.any(Kind::Group, random), random);
                field(&mut spec, "owner", &owner);
                let domain = reference(self.any(Kind::Domain, random), random);
                field(&mut spec, "domain", &domain);
            }
            Kind::Domain => {
                let owner = reference(self.any(Kind::Group, random), random);
                field(&mut spec, "owner", &owner);
            }
            Kind::Group => {
                field(&mut spec, "type", random.of(&["team", "squad", "department"]));
                if position > 0 {
                    let parent = self.members[kind as usize][(position - 1) / 6];
                    field(&mut spec, "parent", &name(parent));
                }
                field(&mut spec, "children", "[]");
            }
            Kind::User => {
                let _ = writeln!(spec, "  profile:\n    displayName: {}", prose::title(random));
                let _ = writeln!(spec, "    email: {}@example.com\n  memberOf:", name(index));
                let groups = &self.members[Kind::Group as usize];
                let first = random.below(groups.len());
                for step in 0..=random.below(groups.len().min(3)) {
                    let _ = writeln!(spec, "    - {}", name(groups[(first + step) % groups.len()]));
                }
            }
        }
        spec
    }

    /// Exactly five references: owner, system, two dependencies, one API.
    fn component(&self, spec: &mut String, position: usize, new_owner: bool, random: &mut Random) {
        field(spec, "type", random.of(&["service", "service", "website", "library"]));
        field(spec, "lifecycle", lifecycle(random));
        self.placed(spec, new_owner, random);
        let resources = self.members[Kind::Resource as usize].len();
        let first = match position {
            0 => (Kind::Resource, resources),
            _ => (Kind::Component, position),
        };
        self.depends(spec, &[first, (Kind::Resource, resources)], random);
        let apis = &self.members[Kind::Api as usize];
        let (list, api) = match apis.get(position) {
            Some(&api) => ("providesApis", api),
            None => ("consumesApis", random.of(apis)),
        };
        let _ = writeln!(spec, "  {list}:\n    - {}", reference(api, random));
    }

    fn placed(&self, spec: &mut String, new_owner: bool, random: &mut Random) {
        let groups = &self.members[Kind::Group as usize];
        let owner = random.below(groups.len()) + usize::from(new_owner);
        field(spec, "owner", &reference(groups[owner % groups.len()], random));
        let system = reference(self.any(Kind::System, random), random);
        field(spec, "system", &system);
    }

    /// One dependency for each pair, among the first so many of that kind, none twice.
    fn depends(&self, spec: &mut String, choices: &[(Kind, usize)], random: &mut Random) {
        let mut taken: Vec<usize> = Vec::new();
        for &(kind, limit) in choices {
            let start = random.below(limit);
            let members = &self.members[kind as usize];
            let found = (0..limit).map(|step| members[(start + step) % limit]);
            if let Some(target) = found.into_iter().find(|target| !taken.contains(target)) {
                taken.push(target);
            }
        }
        if !taken.is_empty() {
            spec.push_str("  dependsOn:\n");
        }
        for target in taken {
            let prefix = Kind::at(target).names().1;
            let space = if random.percent(10) { "default/" } else { "" };
            let _ = writeln!(spec, "    - {prefix}:{space}{}", name(target));
        }
    }
}

fn name(index: usize) -> String {
    format!("{}-{index:06}", Kind::at(index).names().1)
}

/// Most people write the bare name where the field has a default kind.
fn reference(index: usize, random: &mut Random) -> String {
    let (prefix, name) = (Kind::at(index).names().1, name(index));
    match random.below(100) {
        0..78 => name,
        78..96 => format!("{prefix}:{name}"),
        _ => format!("{prefix}:default/{name}"),
    }
}

fn field(spec: &mut String, key: &str, value: &str) {
    let _ = writeln!(spec, "  {key}: {value}");
}

fn lifecycle(random: &mut Random) -> &'static str {
    if random.percent(85) { "production" } else { "experimental" }
}
