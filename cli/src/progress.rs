//! A progress bar on the error stream for anything that takes longer than a second.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How long nothing is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs `work`, which cannot say how far it is, and turns a spinner beside it once it has taken a second.
pub fn wait_for<T>(message: &'static str, wanted: bool, work: impl FnOnce() -> T) -> T {
    if !wanted {
        return work();
    }
    thread::scope(|scope| {
        let (done, is_done) = channel::<()>();
        scope.spawn(move || {
            if is_done.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let spinner = ProgressBar::new_spinner().with_message(message);
            spinner.enable_steady_tick(Duration::from_millis(100));
            // Ends when the other side is dropped.
            let _ = is_done.recv();
            spinner.finish_and_clear();
        });
        let result = work();
        drop(done);
        result
    })
}

/// Shows nothing for the first second, then a bar.
pub struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
    wanted: bool,
    message: &'static str,
}

impl Progress {
    /// A bar for `message`; never shown when `wanted` is false.
    pub fn new(message: &'static str, wanted: bool) -> Self {
        Self { bar: None, started: Instant::now(), wanted, message }
    }

    /// `done` of `total` are through. Call it every few thousand events.
    pub fn update(&mut self, done: u64, total: u64) {
        if !self.wanted || self.started.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}");
            ProgressBar::new(total)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                .with_message(self.message)
        });
        bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
