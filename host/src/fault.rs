//! Faults of archlint itself: a panic is caught around the unit of work that it happens in, and told like any other
//! error, so that one input that archlint cannot bear does not take the others with it.
//!
//! Memory that runs out and a stack that overflows end the process: Rust cannot catch either.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use miette::Diagnostic;
use thiserror::Error;

/// A panic, and what archlint was doing.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("archlint {} failed at {work}: {message}{place}", env!("CARGO_PKG_VERSION"))]
#[diagnostic(
    code(archlint::fault),
    help(
        "this is a fault of archlint, not of the input; what else there is was reported. Please report it at {}/issues \
         with this message and, where you can, the part of the input that shows it",
        env!("CARGO_PKG_REPOSITORY")
    )
)]
pub struct Fault {
    work: String,
    message: String,
    /// ` (FILE:LINE:COLUMN)` of archlint's source; empty: nobody knows.
    place: String,
}

thread_local! {
    /// How many units of work the thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Where the last panic of the thread was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does a unit of work; a panic in it is the error. `work` says what it is, as in "reading `main.yaml`". What the
/// work was changing when it panicked must not be used afterwards.
pub fn caught<T>(work: &str, run: impl FnOnce() -> T) -> Result<T, Fault> {
    tell_places();
    DEPTH.set(DEPTH.get() + 1);
    let done = panic::catch_unwind(AssertUnwindSafe(run));
    DEPTH.set(DEPTH.get() - 1);
    done.map_err(|payload| Fault::of(work, payload))
}

/// Goes on with a panic that was caught on another thread; an outer [`caught`] gives it as it is.
pub(crate) fn resume(fault: Fault) -> ! {
    panic::resume_unwind(Box::new(fault))
}

impl Fault {
    /// What archlint was doing, as in "reading `main.yaml`".
    pub fn work(&self) -> &str {
        &self.work
    }

    fn of(work: &str, payload: Box<dyn Any + Send>) -> Self {
        let payload = match payload.downcast::<Self>() {
            Ok(fault) => return *fault,
            Err(payload) => payload,
        };
        let text = payload.downcast_ref::<&str>().map(|it| (*it).to_owned());
        let message = text.or_else(|| payload.downcast_ref::<String>().cloned());
        Self {
            work: work.to_owned(),
            message: message.unwrap_or_else(|| "a panic without a message".to_owned()),
            place: PLACE.take().map(|it| format!(" ({it})")).unwrap_or_default(),
        }
    }
}

/// Within a unit of work a panic is told once, as a [`Fault`], and not by the panic hook beside it.
fn tell_places() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if DEPTH.get() == 0 {
                return before(panic);
            }
            PLACE.set(panic.location().map(ToString::to_string));
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_the_error_of_its_unit_of_work() {
        let fault = caught("reading `a.yaml`", || panic!("no {}", 1)).unwrap_err();
        assert_eq!(fault.message, "no 1");
        assert!(fault.place.contains("fault.rs:"), "{fault}");
        assert!(fault.to_string().contains("failed at reading `a.yaml`: no 1"), "{fault}");
        assert_eq!(caught("reading `b.yaml`", || 2), Ok(2));
    }

    #[test]
    fn a_fault_of_another_thread_keeps_its_words() {
        let other = std::thread::spawn(|| caught("drawing", || panic!("inner")).unwrap_err());
        let inner = other.join().unwrap();
        let outer = caught::<()>("reporting", || resume(inner.clone())).unwrap_err();
        assert_eq!(outer, inner);
    }
}
