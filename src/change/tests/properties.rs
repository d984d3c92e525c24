//! What holds for every change: a further edit never makes it less risky or reach less, and the
//! order in which it is told does not matter.

use proptest::prelude::*;

use super::builder::*;
use crate::change::ChangeSet;
use crate::change::assessment::assess;

/// Names of items and services, and who may depend on whom.
const NAMES: [&str; 6] = ["a", "b", "c", "d", "s", "t"];

fn document(at: usize, needs: &[usize], version: u32) -> (String, String) {
    let needs: Vec<String> = needs
        .iter()
        .map(|to| format!("{}:{}", if *to >= 4 { "service" } else { "ci" }, NAMES[*to]))
        .collect();
    let needs = needs.join(", ");
    match at {
        4.. => {
            let tier = if at == 4 { "tier1" } else { "tier4" };
            let more = format!(
                ", dependsOn: [{needs}], serviceType: {}",
                ["business", "technical"][version as usize % 2]
            );
            service(NAMES[at], tier, "x", &more)
        }
        _ => ci(
            NAMES[at],
            "compute.vm",
            &format!(", version: '{version}', relations: {{dependsOn: [{needs}]}}"),
        ),
    }
}

fn graphs() -> impl Strategy<Value = Vec<Vec<usize>>> {
    let one = prop::collection::btree_set(0..NAMES.len(), 0..3);
    prop::collection::vec(one.prop_map(|set| set.into_iter().collect()), NAMES.len())
}

fn tree(needs: &[Vec<usize>], versions: &[u32]) -> Tree {
    let files: Vec<(String, String)> = needs
        .iter()
        .enumerate()
        .map(|(at, needs)| {
            let others: Vec<usize> = needs.iter().copied().filter(|to| *to != at).collect();
            document(at, &others, versions[at])
        })
        .collect();
    Tree::new(&files)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_further_edit_never_makes_a_change_less(
        before in graphs(),
        after in graphs(),
        edited in prop::collection::vec(any::<bool>(), NAMES.len()),
        further in 0..NAMES.len(),
    ) {
        let choose = |edited: &[bool]| -> Vec<Vec<usize>> {
            (0..NAMES.len()).map(|at| if edited[at] { after[at].clone() } else { before[at].clone() }).collect()
        };
        let versions = |edited: &[bool]| edited.iter().map(|one| u32::from(*one)).collect::<Vec<_>>();
        let mut more = edited.clone();
        more[further] = true;
        let none = [false; NAMES.len()];
        let base = tree(&before, &versions(&none));
        // Only edits that take no relation away: what is cut off is affected no more, by design.
        let adds = |edited: &[bool]| -> Vec<Vec<usize>> {
            let chosen = choose(edited);
            chosen.iter().zip(&before).map(|(new, old)| {
                let mut all: Vec<usize> = new.iter().chain(old).copied().collect();
                all.sort();
                all.dedup();
                all
            }).collect()
        };
        let less = between(&base, &tree(&adds(&edited), &versions(&edited)), &[], &facts());
        let more = between(&base, &tree(&adds(&more), &versions(&more)), &[], &facts());
        prop_assert!(more.impact.blast_radius >= less.impact.blast_radius);
        prop_assert!(more.risk.score >= less.risk.score, "{:?} {:?}", points(&less), points(&more));
        prop_assert!(more.risk.band >= less.risk.band);
    }

    #[test]
    fn the_order_of_a_change_set_does_not_matter(
        before in graphs(),
        after in graphs(),
    ) {
        let base = tree(&before, &[0; 6]);
        let merged = tree(&after, &[1; 6]);
        with_sides(&base, &merged, |before, after| {
            let set = compare(before, after);
            let mut turned = ChangeSet { entities: set.entities.clone(), ..ChangeSet::default() };
            turned.entities.reverse();
            let told = |set: &ChangeSet| {
                serde_json::to_string(&assess(set, before, after, &facts())).unwrap()
            };
            prop_assert_eq!(told(&set), told(&turned));
            Ok(())
        })?;
    }
}
