//! What the tests of the command share: running it, its last line, recorded data, and scratch files.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use market_maker::feed::Input;
use serde_json::Value;

/// What a run printed and how it ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The last line of the output, as JSON.
    pub fn json(&self) -> Value {
        let line = self.stdout.lines().last().unwrap_or_else(|| panic!("no output; {}", self.stderr));
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }
}

/// Runs `mm`.
pub fn mm<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(arguments: I) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_mm")).args(arguments).output().expect("mm runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    Run {
        code: output.status.code().expect("mm ends by itself"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A file of the recorded data, or `None` where the data are not installed.
///
/// The folder is `MARKET_MAKER_DATA`, by default `../shared/data` beside the repository. A missing file fails the test
/// when `CI=true`, and is only reported elsewhere.
pub fn data_file(name: &str) -> Option<String> {
    let folder = std::env::var_os("MARKET_MAKER_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if path.is_file() {
        return Some(path.to_str().expect("a readable path").to_owned());
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "{} is missing: set MARKET_MAKER_DATA to the folder of recorded data",
        path.display()
    );
    eprintln!("not checked: {} is missing (MARKET_MAKER_DATA)", path.display());
    None
}

/// Writes a scratch file; its path. The name must be the test's own.
pub fn scratch(name: &str, bytes: &[u8]) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("a scratch file");
    path.to_str().expect("a readable path").to_owned()
}

/// The lines of a recorded text file.
pub fn lines_of(path: &str) -> Vec<String> {
    let input = Input::open(path).expect("recorded data");
    let text = std::str::from_utf8(input.bytes()).expect("text");
    text.lines().map(str::to_owned).collect()
}

/// Lines as a file.
pub fn text(lines: &[String]) -> Vec<u8> {
    let mut text = lines.join("\n");
    text.push('\n');
    text.into_bytes()
}

pub const MESSAGES_50: &str = "lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst";
pub const BOOK_672: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst";
pub const BOOK_TOP: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_top1.csv.zst";
pub const MESSAGES_10: &str = "lobster/AAPL_2012-06-21_34200000_57600000_message_10_first999.csv.zst";
pub const BOOK_999: &str = "lobster/AAPL_2012-06-21_34200000_57600000_orderbook_10_first999.csv.zst";
pub const ARL_MBO: &str = "databento/xnas-itch_ARL_20250717_mbo_until1600z.csv.zst";
pub const ARL_MBP: &str = "databento/xnas-itch_ARL_20250717_mbp10_until1600z.csv.zst";
pub const ES: &str = "databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst";
