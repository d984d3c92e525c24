//! Counting voices: each person speaks once, and each voice is heard once. Who may speak in
//! several places does so in the one that lets most of all be heard.

/// Gives each speaker at most one of the voices that they hold, and each voice to one speaker, so
/// that as many as possible speak. Earlier speakers and earlier voices come first; who speaks
/// already never falls silent because somebody joins.
pub(super) fn heard<'v>(held: &[Vec<&'v str>]) -> Vec<Option<&'v str>> {
    let mut given: Vec<Option<&'v str>> = vec![None; held.len()];
    for speaker in 0..held.len() {
        let mut seen = Vec::new();
        give(speaker, held, &mut given, &mut seen);
    }
    given
}

/// Finds a voice for a speaker; those who have it now may have to take another one.
fn give<'v>(
    speaker: usize,
    held: &[Vec<&'v str>],
    given: &mut [Option<&'v str>],
    seen: &mut Vec<&'v str>,
) -> bool {
    let voices: &[&'v str] = held.get(speaker).map_or(&[], Vec::as_slice);
    for voice in voices {
        if seen.contains(voice) {
            continue;
        }
        seen.push(voice);
        let holder = given.iter().position(|one| one.as_ref() == Some(voice));
        if holder.is_none_or(|holder| give(holder, held, given, seen)) {
            if let Some(place) = given.get_mut(speaker) {
                *place = Some(voice);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::heard;

    #[test]
    fn a_voice_is_heard_once() {
        assert_eq!(heard(&[vec!["ada"], vec!["ada"]]), [Some("ada"), None]);
        assert_eq!(heard(&[vec!["ada", "bo"], vec!["ada"]]), [Some("bo"), Some("ada")]);
        assert_eq!(heard(&[vec![], vec!["cy"]]), [None, Some("cy")]);
        let chain = [vec!["a", "b"], vec!["a", "c"], vec!["a"]];
        assert_eq!(heard(&chain), [Some("b"), Some("c"), Some("a")]);
    }
}
