//! Signs of life while something takes long.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Does something in another thread, and gives a sign of life as often as that until it is over.
pub(super) fn while_alive<T: Send>(
    every: Duration,
    sign: &mut dyn FnMut(),
    work: impl FnOnce() -> T + Send,
) -> T {
    thread::scope(|scope| {
        let (over, is_over) = channel::<()>();
        let work = scope.spawn(move || {
            // Is dropped at its end, however that comes.
            let _over = over;
            work()
        });
        while is_over.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
            sign();
        }
        match work.join() {
            Ok(made) => made,
            Err(panic) => resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn signs_are_given_until_it_is_over() {
        let signs = AtomicUsize::new(0);
        let mut sign = || _ = signs.fetch_add(1, Ordering::Relaxed);
        let made = while_alive(Duration::from_millis(1), &mut sign, || {
            while signs.load(Ordering::Relaxed) < 3 {
                thread::yield_now();
            }
            7
        });
        assert_eq!(made, 7);
        assert!(signs.load(Ordering::Relaxed) >= 3);
    }
}
