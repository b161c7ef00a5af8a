//! The `mm` command: replay a recorded day through the whole pipeline, verify a book against a published one, measure
//! this machine.
//!
//! Results for machines are the last line, one JSON object; everything else is for people and goes before it.

mod bench;
mod predictor;
mod progress;
mod replay;
mod verify;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What ends a command with exit code 2: bad usage, or files that cannot be read at all.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

#[derive(Parser)]
#[command(name = "mm", version, about = "Market-making core: replay, verification, benchmarks")]
#[command(
    after_help = "Exit codes: 0 done; 1 a book differs or a file breaks off (everything before it is counted); \
2 bad usage or an unreadable file. The last line printed is one JSON object."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a recorded day (or synthetic flow) through book, strategy, risk checks and simulated fills.
    Replay(Box<replay::Args>),
    /// Rebuild a book from order messages and compare it, row by row, with the published one.
    VerifyBook(verify::Args),
    /// Nanoseconds per operation on this machine.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Replay(args) => replay::run(&args),
        Command::VerifyBook(args) => verify::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("mm: {error}");
            ExitCode::from(2)
        }
    }
}
