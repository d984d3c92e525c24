//! Trees for people, drawn with lines. What does not fit is counted where it would stand.

/// An entry of a tree. Its children stand after it in the list of all.
pub(super) struct Branch {
    /// What its line says.
    pub(super) text: String,
    /// The entry that it hangs on; none for a root.
    pub(super) parent: Option<usize>,
}

/// The deepest level that is drawn: beyond it lines would be all indentation.
const DEEPEST: usize = 24;

/// Draws the first `most` entries, nearest first; entries beyond, and all that hangs on them, are
/// counted below what they hang on, with a hint how to see them. A parent stands before its
/// children.
pub(super) fn draw(branches: &[Branch], most: usize, hint: &str) -> String {
    let (children, sizes, depths) = shape(branches);
    let shown = |at: &usize| *at < most && depths.get(*at).is_some_and(|depth| *depth <= DEEPEST);
    let mut text = String::new();
    let roots = branches.iter().enumerate().filter(|(_, branch)| branch.parent.is_none());
    let mut stack: Vec<(usize, String, &str)> =
        roots.map(|(at, _)| (at, String::new(), "")).collect();
    stack.reverse();
    while let Some((at, indent, mark)) = stack.pop() {
        let Some(branch) = branches.get(at) else { continue };
        text.push_str(&format!("{indent}{mark}{}\n", branch.text));
        let indent = match mark {
            "" => indent,
            "└─ " => format!("{indent}   "),
            _ => format!("{indent}│  "),
        };
        let below = children.get(at).map(Vec::as_slice).unwrap_or_default();
        let (visible, hidden): (Vec<usize>, Vec<usize>) =
            below.iter().copied().partition(|at| shown(at));
        let hidden: usize = hidden.iter().filter_map(|at| sizes.get(*at)).sum();
        let last = visible.len().saturating_sub(usize::from(hidden == 0));
        let mut next: Vec<(usize, String, &str)> = Vec::new();
        for (number, at) in visible.iter().enumerate() {
            let mark = if number == last { "└─ " } else { "├─ " };
            next.push((*at, indent.clone(), mark));
        }
        match (hidden, visible.is_empty()) {
            (0, _) => {}
            (_, true) => text.push_str(&more(&indent, hidden, hint)),
            // What is left out is said after all that is shown: below the last of it.
            (_, false) => {
                next.push((usize::MAX, more(&indent, hidden, hint), ""));
            }
        }
        for entry in next.into_iter().rev() {
            stack.push(entry);
        }
        // Counts that wait at the top are next: nothing is left below what they follow.
        while let Some((usize::MAX, line, _)) = stack.last() {
            text.push_str(line);
            stack.pop();
        }
    }
    text
}

fn more(indent: &str, hidden: usize, hint: &str) -> String {
    format!("{indent}└─ … and {hidden} more{hint}\n")
}

/// The children of each entry, how many entries it and all below it are, and how deep it is.
fn shape(branches: &[Branch]) -> (Vec<Vec<usize>>, Vec<usize>, Vec<usize>) {
    let mut children: Vec<Vec<usize>> = branches.iter().map(|_| Vec::new()).collect();
    let mut sizes = vec![1; branches.len()];
    let mut depths: Vec<usize> = Vec::with_capacity(branches.len());
    for (at, branch) in branches.iter().enumerate() {
        let above = branch.parent.and_then(|parent| depths.get(parent));
        depths.push(above.map_or(0, |depth| depth + 1));
        if let Some(siblings) = branch.parent.and_then(|parent| children.get_mut(parent)) {
            siblings.push(at);
        }
    }
    for (at, branch) in branches.iter().enumerate().rev() {
        let own = sizes.get(at).copied().unwrap_or_default();
        if let Some(above) = branch.parent.and_then(|parent| sizes.get_mut(parent)) {
            *above += own;
        }
    }
    (children, sizes, depths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(text: &str, parent: Option<usize>) -> Branch {
        Branch { text: text.to_owned(), parent }
    }

    #[test]
    fn what_does_not_fit_is_counted_where_it_would_stand() {
        let branches = [
            branch("a", None),
            branch("b", Some(0)),
            branch("c", Some(0)),
            branch("d", Some(1)),
            branch("e", Some(1)),
            branch("f", Some(2)),
            branch("g", Some(5)),
        ];
        insta::assert_snapshot!(draw(&branches, 9, ""), @r"
        a
        ├─ b
        │  ├─ d
        │  └─ e
        └─ c
           └─ f
              └─ g
        ");
        insta::assert_snapshot!(draw(&branches, 4, " (--all)"), @r"
        a
        ├─ b
        │  ├─ d
        │  └─ … and 1 more (--all)
        └─ c
           └─ … and 2 more (--all)
        ");
        insta::assert_snapshot!(draw(&branches, 2, ""), @r"
        a
        ├─ b
        │  └─ … and 2 more
        └─ … and 3 more
        ");
    }

    #[test]
    fn a_very_long_chain_ends() {
        let chain: Vec<Branch> =
            (0..50_000).map(|at: usize| branch("x", at.checked_sub(1))).collect();
        let text = draw(&chain, 100_000, "");
        assert_eq!(text.lines().count(), DEEPEST + 2);
        assert!(text.ends_with("… and 49975 more\n"));
    }
}
