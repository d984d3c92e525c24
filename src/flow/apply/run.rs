//! Carrying a plan out: wave by wave, some steps at a time, again what may be done again.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::gitsm::target::TargetSpec;
use crate::plan::{Action, Fields, Observed, Step};
use crate::target::{Act, Driver, Fault, FaultKind, Traits};

use crate::flow::plan::{attempts, length, patience, pause};

/// How fast a target is changed, and how patiently.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    at_once: usize,
    batch: usize,
    attempts: u32,
    /// How long one answer may take.
    pub(super) timeout: Duration,
    /// How long a run may be silent before another may take over.
    pub(super) time_to_live: Duration,
    /// How often it says how far it is.
    pub(super) checkpoint: Duration,
}

impl Pace {
    /// What a target's limits say.
    pub(super) fn of(spec: &TargetSpec, traits: Traits) -> Self {
        let limits = spec.limits.as_ref();
        let number = |given: Option<u32>, own: usize| given.map_or(own, |given| given as usize);
        let time = |given: Option<_>, own| length(given, Duration::from_secs(own));
        Self {
            at_once: number(limits.and_then(|one| one.at_once), 8).clamp(1, traits.at_once.max(1)),
            batch: number(limits.and_then(|one| one.batch), 100).max(1),
            attempts: attempts(spec),
            timeout: patience(spec),
            time_to_live: time(limits.and_then(|one| one.time_to_live.as_ref()), 120),
            checkpoint: time(limits.and_then(|one| one.checkpoint.as_ref()), 30),
        }
    }
}

/// How a step went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Went {
    /// It is done.
    Done,
    /// It was refused, or could not be done however often it was tried.
    Failed(String),
    /// Nobody knows whether it was done, and doing it again might do it twice.
    Unknown(String),
    /// It was not begun.
    NotBegun,
}

/// How a step of a plan went, and how often it was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Result {
    /// How it went.
    pub went: Went,
    /// How often it was tried.
    pub attempts: u32,
}

/// What happens while a run is under way.
pub(super) enum Happened<'a> {
    /// A step is begun.
    Begun(&'a Step),
    /// A step is over.
    Over(&'a Step, &'a Result),
    /// It is time to give a sign of life: how many steps are done.
    Alive(usize),
}

/// What keeps a run from beginning more steps.
pub(super) struct Reins<'a> {
    /// Somebody wants it to end.
    pub(super) stop: &'a AtomicBool,
    /// Until when nobody else may take the target; for ever without it.
    pub(super) lease: Mutex<Option<Instant>>,
    /// The target was lost to another.
    pub(super) lost: AtomicBool,
    /// When one of the changes may no longer happen; never without it.
    pub(super) until: Option<Instant>,
}

impl Reins<'_> {
    /// Whether a step that takes at most so long may begin.
    fn may_begin(&self, longest: Duration) -> bool {
        if self.stop.load(Ordering::Relaxed) || self.lost.load(Ordering::Relaxed) {
            return false;
        }
        if self.is_closed() {
            return false;
        }
        let lease = self.lease.lock().map(|lease| *lease).unwrap_or_default();
        lease.is_none_or(|until| Instant::now() + longest < until)
    }

    /// Whether one of the changes may no longer happen.
    pub(super) fn is_closed(&self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }

    /// Waits, but not longer than the run goes on. Whether it does.
    pub(super) fn wait(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while Instant::now() < until {
            if self.stop.load(Ordering::Relaxed) || self.lost.load(Ordering::Relaxed) {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            thread::sleep(left.min(Duration::from_millis(50)));
        }
        true
    }
}

/// Carries steps out; gives how each went, in their order. `told` is called in this thread.
pub(super) fn run(
    driver: &dyn Driver,
    steps: &[Step],
    pace: Pace,
    reins: &Reins<'_>,
    told: &mut dyn FnMut(Happened<'_>),
) -> Vec<Result> {
    let mut results: Vec<Result> =
        steps.iter().map(|_| Result { went: Went::NotBegun, attempts: 0 }).collect();
    let mut alive = Instant::now();
    let mut at = 0;
    for wave in steps.chunk_by(|a, b| a.wave == b.wave) {
        for batch in wave.chunks(pace.batch) {
            let range = at..at + batch.len();
            at = range.end;
            let done = range.start;
            let Some(slots) = results.get_mut(range) else { continue };
            one_batch(driver, batch, (pace, reins), &mut alive, done, slots, told);
            let went_wrong = slots.iter().any(|result| result.went != Went::Done);
            if went_wrong {
                return results;
            }
        }
    }
    results
}

/// What a worker says.
enum Message {
    Begun(usize),
    Over(usize, Result),
}

fn one_batch(
    driver: &dyn Driver,
    steps: &[Step],
    (pace, reins): (Pace, &Reins<'_>),
    alive: &mut Instant,
    before: usize,
    slots: &mut [Result],
    told: &mut dyn FnMut(Happened<'_>),
) {
    let next = AtomicUsize::new(0);
    let worker = |out: Sender<Message>| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(step) = steps.get(at) else { break };
            if !reins.may_begin(pace.timeout) {
                break;
            }
            let _ = out.send(Message::Begun(at));
            let result = Attempts { driver, pace, reins, made: 0 }.carry_out(step);
            let _ = out.send(Message::Over(at, result));
        }
    };
    thread::scope(|scope| {
        let (send, receive) = channel();
        for _ in 0..pace.at_once.min(steps.len()) {
            let send = send.clone();
            scope.spawn(|| worker(send));
        }
        drop(send);
        let mut done = before;
        while let Some(message) = next_message(&receive, pace, alive, &mut || {
            told(Happened::Alive(done));
        }) {
            match message {
                Message::Begun(at) => {
                    if let Some(step) = steps.get(at) {
                        told(Happened::Begun(step));
                    }
                }
                Message::Over(at, result) => {
                    done += usize::from(result.went == Went::Done);
                    if let (Some(step), Some(slot)) = (steps.get(at), slots.get_mut(at)) {
                        told(Happened::Over(step, &result));
                        *slot = result;
                    }
                }
            }
        }
    });
}

/// What a worker says next; nothing once all are at their end. Signs of life are given meanwhile.
fn next_message(
    from: &Receiver<Message>,
    pace: Pace,
    alive: &mut Instant,
    sign: &mut dyn FnMut(),
) -> Option<Message> {
    loop {
        let left = pace.checkpoint.saturating_sub(alive.elapsed());
        if left.is_zero() {
            sign();
            *alive = Instant::now();
            continue;
        }
        match from.recv_timeout(left) {
            Ok(message) => return Some(message),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// One step, tried as often as it may be.
struct Attempts<'a> {
    driver: &'a dyn Driver,
    pace: Pace,
    reins: &'a Reins<'a>,
    made: u32,
}

/// What is known after something went wrong.
enum Known {
    Done,
    NotDone,
    Never(String),
    Unknown(String),
}

impl Attempts<'_> {
    fn carry_out(mut self, step: &Step) -> Result {
        let went = self.tried(step);
        Result { went, attempts: self.made }
    }

    fn tried(&mut self, step: &Step) -> Went {
        loop {
            self.made += 1;
            let fault = match act(self.driver, step) {
                Ok(()) => return Went::Done,
                Err(fault) => fault,
            };
            let wait = match fault.kind {
                FaultKind::Refused | FaultKind::Settings => return Went::Failed(fault.message),
                FaultKind::NotDone { wait } => wait,
                FaultKind::Unknown => match self.find_out(step, &fault) {
                    Known::Done => return Went::Done,
                    Known::NotDone => None,
                    Known::Never(why) => return Went::Failed(why),
                    Known::Unknown(why) => return Went::Unknown(why),
                },
            };
            if !self.again(wait) {
                return Went::Failed(format!("{} (tried {} times)", fault.message, self.made));
            }
        }
    }

    /// Waits for the next attempt: longer each time, and as long as the target asks. Whether there is
    /// one.
    fn again(&self, asked: Option<Duration>) -> bool {
        if self.made >= self.pace.attempts {
            return false;
        }
        let own = pause(self.made);
        self.reins.wait(asked.unwrap_or_default().max(own))
            && self.reins.may_begin(self.pace.timeout)
    }

    /// Looks whether something was done of which the target said nothing that helps.
    fn find_out(&mut self, step: &Step, fault: &Fault) -> Known {
        let handle = step.observed.as_ref().map(|observed| observed.handle.as_str());
        let mut looked = 0;
        let found = loop {
            looked += 1;
            match self.driver.look(&step.id, handle) {
                Ok(found) => break found,
                Err(why) if looked >= self.pace.attempts => {
                    let told = format!("{}; and it cannot be looked at: {why}", fault.message);
                    return Known::Unknown(told);
                }
                Err(why) => {
                    let wait = match why.kind {
                        FaultKind::NotDone { wait } => wait.unwrap_or_default(),
                        _ => Duration::ZERO,
                    };
                    let own = pause(looked);
                    if !self.reins.wait(wait.max(own)) {
                        return Known::Unknown(fault.message.clone());
                    }
                }
            }
        };
        match (step.action, found) {
            (Action::Delete, None) => Known::Done,
            (Action::Delete, Some(_)) => Known::NotDone,
            (_, Some(found)) if is_as_wanted(step, &found) => Known::Done,
            // It is there as this run asked for it. What the target made of that is told by the look behind
            // the run: making it again would not change it, and might make it twice.
            (Action::Create, Some(found)) if is_made(step, &found) => Known::Done,
            // Whoever made it meanwhile, it was not this run.
            (Action::Create, Some(found)) if !is_own(step, &found) => {
                Known::Never(format!("{}: it is there now, and gitsm did not make it", step.id))
            }
            (Action::Create, None) if !self.driver.traits().has_names => {
                let why = format!(
                    "{}; the target knows no names, so making it again might make it twice",
                    fault.message
                );
                Known::Unknown(why)
            }
            (Action::Create, Some(_)) if !self.driver.traits().has_names => Known::Unknown(
                format!("{}; it is there, and not as it was to be made", fault.message),
            ),
            _ => Known::NotDone,
        }
    }
}

/// Whether an object has the very mark that a step was to leave.
fn is_made(step: &Step, found: &Observed) -> bool {
    step.mark.as_ref().zip(found.mark.as_ref()).is_some_and(|(wanted, left)| {
        (&wanted.target, &wanted.id, &wanted.fields) == (&left.target, &left.id, &left.fields)
            && !left.pending
    })
}

fn is_own(step: &Step, found: &Observed) -> bool {
    let target = step.mark.as_ref().map(|mark| mark.target.as_str());
    found.mark.as_ref().is_some_and(|mark| Some(mark.target.as_str()) == target)
}

/// Whether an object is as a step was to leave it.
fn is_as_wanted(step: &Step, found: &Observed) -> bool {
    let object = step.object.iter().flat_map(|object| &object.fields);
    let fields = found.fields.as_ref();
    let mut set = object.filter(|(name, _)| step.changes.iter().any(|one| one.name == **name));
    is_made(step, found)
        && set.all(|(name, wanted)| {
            fields
                .and_then(|fields| fields.get(name))
                .is_some_and(|it| crate::plan::same(it, wanted))
        })
}

/// Does a step, once.
fn act(driver: &dyn Driver, step: &Step) -> std::result::Result<(), Fault> {
    let changed = || -> Fields {
        let of = step.changes.iter();
        of.map(|one| (one.name.clone(), one.after.clone().unwrap_or_default())).collect()
    };
    let nothing = || Fault::refused("the step says nothing to do");
    match (step.action, &step.object, &step.mark, &step.observed) {
        (Action::Create, Some(object), Some(mark), _) => {
            driver.carry_out(&Act::Create { object, mark })
        }
        (Action::Update | Action::Adopt, Some(object), Some(mark), Some(observed)) => {
            driver.carry_out(&Act::Update { observed, object, fields: &changed(), mark })
        }
        (Action::Delete, _, _, Some(observed)) => driver.carry_out(&Act::Delete { observed }),
        _ => Err(nothing()),
    }
}
