//! Whether anything of a request left this machine: before that nothing can have been done.

use std::cell::Cell;

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

thread_local! {
    /// Whether the request that this thread makes was sent, or a part of it. The client works in the
    /// thread that calls it.
    static SENT: Cell<bool> = const { Cell::new(false) };
}

/// Runs a call, and says besides whether anything was sent.
pub(super) fn watched<T>(call: impl FnOnce() -> T) -> (T, bool) {
    SENT.set(false);
    let answer = call();
    (answer, SENT.get())
}

/// Watches the connections that those before it make. They are ready when it gets them: what TLS
/// settles at first is over.
#[derive(Debug)]
pub(super) struct Watch;

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        Ok(chained.map(Watched))
    }
}

/// A connection that is watched.
#[derive(Debug)]
pub(super) struct Watched<In>(In);

impl<In: Transport> Transport for Watched<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        SENT.set(true);
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
