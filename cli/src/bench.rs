//! `mm bench`: nanoseconds per operation on this machine.

use std::error::Error;
use std::process::ExitCode;

use clap::Args as ClapArgs;

/// How long to measure.
#[derive(ClapArgs)]
pub struct Args {
    /// Print the JSON line only.
    #[arg(long)]
    json: bool,
}

/// Measures.
pub fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let _ = args.json;
    Ok(ExitCode::SUCCESS)
}
