//! What a misspelt word was probably meant to be.

/// How many edits a word may be away from what was meant: one in three characters.
pub fn allowed(word: &str) -> usize {
    (word.chars().count() / 3).clamp(1, 3)
}

/// The candidate that a misspelt word was probably meant to be, in any case; of several that are
/// equally near the first by the alphabet.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    let allowed = allowed(&word);
    candidates
        .into_iter()
        // A cheap bound first: there may be very many candidates.
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 4 * allowed)
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_nearly_right_are_recognised() {
        let kinds = ["Component", "Resource", "System"];
        assert_eq!(nearest("component", kinds), Some("Component"));
        assert_eq!(nearest("Componnet", kinds), Some("Component"));
        assert_eq!(nearest("Gadget", kinds), None);
    }
}
