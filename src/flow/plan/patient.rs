//! Looking at a target as patiently as it is changed: again, later each time, and as late as it asks.

use std::thread::sleep;
use std::time::Duration;

use crate::model::gitsm::target::TargetSpec;
use crate::target::{Fault, FaultKind};

/// How often something is tried, as a target's limits say.
pub(in crate::flow) fn attempts(spec: &TargetSpec) -> u32 {
    spec.limits.as_ref().and_then(|one| one.attempts).unwrap_or(5).max(1)
}

/// How long to wait behind so many attempts: longer each time.
pub(in crate::flow) fn pause(made: u32) -> Duration {
    Duration::from_millis(100 << made.min(7))
}

/// Does again what changes nothing when it is done twice. What is refused, or is set up wrongly, is not
/// tried again. `wait` says whether it goes on behind a pause.
pub(in crate::flow) fn patiently<T>(
    attempts: u32,
    wait: &dyn Fn(Duration) -> bool,
    each: &dyn Fn() -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut made = 0;
    loop {
        made += 1;
        let fault = match each() {
            Ok(found) => return Ok(found),
            Err(fault) => fault,
        };
        let asked = match fault.kind {
            FaultKind::Refused | FaultKind::Settings => return Err(fault),
            FaultKind::NotDone { wait } => wait.unwrap_or_default(),
            FaultKind::Unknown => Duration::ZERO,
        };
        if made >= attempts || !wait(asked.max(pause(made))) {
            return Err(fault);
        }
    }
}

/// The same for what nobody ends meanwhile.
pub(super) fn calmly<T>(attempts: u32, each: &dyn Fn() -> Result<T, Fault>) -> Result<T, Fault> {
    let wait = |time| {
        sleep(time);
        true
    };
    patiently(attempts, &wait, each)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_busy_is_asked_again_and_what_is_refused_is_not() {
        let asked = Cell::new(0);
        let waited = Cell::new(Duration::ZERO);
        let wait = |time| {
            waited.set(waited.get() + time);
            true
        };
        let busy = || {
            asked.set(asked.get() + 1);
            match asked.get() {
                3 => Ok(7),
                _ => Err(Fault::not_done("busy", Some(Duration::from_secs(2)))),
            }
        };
        assert_eq!(patiently(5, &wait, &busy), Ok(7));
        assert_eq!(waited.get(), Duration::from_secs(4), "as long as it asks");
        asked.set(3);
        assert!(patiently(2, &wait, &busy).is_err());
        assert_eq!(asked.get(), 5);
        let refused = || -> Result<(), Fault> {
            asked.set(asked.get() + 1);
            Err(Fault::refused("no"))
        };
        assert!(patiently(5, &wait, &refused).is_err());
        assert_eq!(asked.get(), 6);
        assert!(patiently(5, &|_| false, &busy).is_err(), "whoever ends it need not wait");
        assert_eq!(asked.get(), 7);
    }
}
