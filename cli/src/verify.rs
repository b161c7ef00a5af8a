//! `mm verify-book`: a book rebuilt from order messages against the book that the venue published.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args as ClapArgs, ValueEnum};
use market_maker::feed::Input;
use market_maker::sim::verify::{
    Interrupted, LobsterVerifyConfig, VerifyReport, verify_databento, verify_lobster_rows,
};
use serde_json::json;

use crate::{Failure, progress};

#[derive(Clone, Copy, ValueEnum)]
enum PairFormat {
    /// LOBSTER message and orderbook files.
    Lobster,
    /// Databento CSV, schemas mbo and mbp-10.
    DatabentoCsv,
}

/// Which files to compare.
#[derive(ClapArgs)]
pub struct Args {
    /// Format of the pair.
    #[arg(long, value_enum)]
    format: PairFormat,
    /// LOBSTER message file (.csv, .csv.zst, .csv.gz).
    #[arg(long, required_if_eq("format", "lobster"))]
    messages: Option<PathBuf>,
    /// LOBSTER orderbook file; its first row seeds the book.
    #[arg(long, required_if_eq("format", "lobster"))]
    orderbook: Option<PathBuf>,
    /// Seed the book from this orderbook file instead (its first row), for example one with more levels.
    #[arg(long)]
    seed_book: Option<PathBuf>,
    /// Databento mbo file.
    #[arg(long, required_if_eq("format", "databento-csv"))]
    mbo: Option<PathBuf>,
    /// Databento mbp-10 file.
    #[arg(long, required_if_eq("format", "databento-csv"))]
    mbp10: Option<PathBuf>,
    /// The message file that the orderbook rows belong to, when that is a part of --messages (the file of fewer
    /// levels): rows are compared where its messages turn up.
    #[arg(long)]
    aligned: Option<PathBuf>,
    /// Levels a side to compare; all that the orderbook file has when absent.
    #[arg(long)]
    levels: Option<NonZeroUsize>,
    /// Compare rows before this one only (the first is row 0).
    #[arg(long)]
    until_row: Option<u64>,
    /// Print the JSON line only, and no progress.
    #[arg(long)]
    json: bool,
}

/// Exit 0 only if no row differs and no file breaks off.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let compared = progress::wait_for("comparing", !args.json, || compare(args))?;
    let (report, error) = match compared {
        Ok(report) => (report, None),
        Err(Interrupted { error, report }) => (report, Some(error)),
    };
    if let Some(error) = &error {
        eprintln!("mm: {error}");
    }
    if !args.json {
        println!(
            "{} rows, {} compared, {} differ{}",
            report.rows,
            report.compared,
            report.mismatched_rows,
            report.first_mismatch_row.map_or(String::new(), |row| format!("; the first is row {row}")),
        );
    }
    println!(
        "{}",
        json!({
            "rows": report.rows,
            "compared": report.compared,
            "mismatched_rows": report.mismatched_rows,
            "first_mismatch_row": report.first_mismatch_row,
        })
    );
    let agrees = error.is_none() && report.mismatched_rows == 0 && report.compared > 0;
    Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Fails when a file cannot be opened; what comes of open files is the inner result.
fn compare(args: &Args) -> Result<Result<VerifyReport, Interrupted>, Failure> {
    let open = |path: &Option<PathBuf>| -> Result<Input, Failure> {
        Ok(Input::open(path.as_deref().ok_or("a file argument is missing")?)?)
    };
    let optional = |path: &Option<PathBuf>| path.as_ref().map(Input::open).transpose();
    Ok(match args.format {
        PairFormat::Lobster => verify_lobster_rows(&LobsterVerifyConfig {
            messages: open(&args.messages)?,
            orderbook: open(&args.orderbook)?,
            seed: optional(&args.seed_book)?,
            aligned: optional(&args.aligned)?,
            levels: args.levels.map(NonZeroUsize::get),
            until_row: args.until_row,
        }),
        PairFormat::DatabentoCsv => verify_databento(open(&args.mbo)?, open(&args.mbp10)?),
    })
}
