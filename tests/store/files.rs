//! Files that cannot be opened or made, and what an attempt leaves behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use market_maker::mem::mapped_region::RegionError;
use market_maker::position::store::{
    Applied, Durability, Recovery, Store, StoreConfig, StoreError, StoreReader, SyncPolicy,
};

use crate::events::{apply, hashes, register, small, stream};

/// A file name of its own, removed in the end with what may stand beside it.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        Self::within(&std::env::temp_dir(), name)
    }

    pub fn within(folder: &Path, name: &str) -> Self {
        let scratch = Self(folder.join(format!("mm-store-{}-{name}", std::process::id())));
        scratch.remove();
        scratch
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn beside(&self) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(".new");
        name.into()
    }

    fn remove(&self) {
        let _ = fs::remove_file(&self.0);
        let _ = fs::remove_file(self.beside());
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A store with some events in it; its bytes.
fn filled(scratch: &Scratch, config: &StoreConfig) -> Vec<u8> {
    let mut store = Store::create(scratch.path(), config).unwrap();
    register(&mut store);
    for (at, event) in stream(2, 30).iter().enumerate() {
        apply(&mut store, at as u64 + 1, event).unwrap();
    }
    drop(store);
    fs::read(scratch.path()).unwrap()
}

/// Opening these bytes is refused with `error` and leaves them as they are.
fn refused(scratch: &Scratch, config: &StoreConfig, bytes: &[u8]) -> StoreError {
    fs::write(scratch.path(), bytes).unwrap();
    let error = Store::open_or_create(scratch.path(), config).unwrap_err();
    assert_eq!(fs::read(scratch.path()).unwrap(), bytes);
    assert!(!scratch.beside().exists());
    error
}

#[test]
fn a_file_of_another_version_layout_size_or_byte_order_is_refused_and_stays_as_it_is() {
    let scratch = Scratch::new("foreign");
    let config = small(Durability::Process);
    let bytes = filled(&scratch, &config);
    let with = |at: usize, word: u64| {
        let mut other = bytes.clone();
        other[at * 8..][..8].copy_from_slice(&word.to_ne_bytes());
        // The checksum is right: it is the version and the layout that differ.
        let header: Vec<u64> =
            other[..56].chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap())).collect();
        let crc = u64::from(market_maker::mem::crc32c::words(0, &header));
        other[56..64].copy_from_slice(&crc.to_ne_bytes());
        other
    };
    let swapped: Vec<u8> = bytes.chunks_exact(8).flat_map(|word| word.iter().rev().copied()).collect();
    assert_eq!(refused(&scratch, &config, &swapped), StoreError::Endianness);
    assert_eq!(refused(&scratch, &config, &with(0, 7)), StoreError::NotAStore);
    assert_eq!(refused(&scratch, &config, &with(1, 2)), StoreError::Version { found: 2, expected: 1 });
    assert_eq!(refused(&scratch, &config, &with(2, 2)), StoreError::Layout);
    let size = bytes.len() as u64;
    let longer = [&bytes[..], &[0; 8]].concat();
    assert_eq!(refused(&scratch, &config, &longer), StoreError::Size { found: size + 8, expected: size });
    assert_eq!(refused(&scratch, &config, &[b'x'; 100_000]), StoreError::NotAStore);
    let mut damaged = bytes.clone();
    damaged[30] ^= 1;
    assert_eq!(refused(&scratch, &config, &damaged), StoreError::Corrupt("the header"));

    for (other, what) in [
        (StoreConfig { instruments: 4, ..config }, "instruments"),
        (StoreConfig { orders: 5, ..config }, "orders"),
        (StoreConfig { latches: 3, ..config }, "latches"),
        (StoreConfig { fill_window: 4, ..config }, "fill ids"),
        (StoreConfig { history: 6, ..config }, "trades"),
        (small(Durability::Disk(SyncPolicy::default())), "checkpoints"),
    ] {
        let error = refused(&scratch, &other, &bytes);
        assert!(matches!(error, StoreError::Capacity { what: of, .. } if of == what), "{error}");
    }
    let found = Store::config_of(scratch.path()).unwrap();
    assert_eq!(StoreConfig { capital: config.capital, limits: config.limits, ..found }, config);
    assert_eq!(Store::create(scratch.path(), &config).unwrap_err(), StoreError::Exists);
    assert_eq!(Store::open(scratch.path(), &config).unwrap().recovery(), Recovery::Reopened);
}

#[test]
fn a_file_cut_at_any_length_is_a_typed_error() {
    let scratch = Scratch::new("cut");
    let config = small(Durability::Disk(SyncPolicy::default()));
    let bytes = filled(&scratch, &config);
    for length in
        (0..bytes.len()).step_by(509).chain([1, 7, 8, 4095, 4096, 4097, bytes.len() - 8, bytes.len() - 1])
    {
        fs::write(scratch.path(), &bytes[..length]).unwrap();
        let error = Store::open(scratch.path(), &config).unwrap_err();
        let fits = |found| found == length as u64;
        assert!(matches!(error, StoreError::Size { found, .. } if fits(found)), "{length}: {error}");
        assert!(StoreReader::open(scratch.path()).is_err());
        assert_eq!(fs::read(scratch.path()).unwrap(), &bytes[..length]);
    }
}

#[test]
fn a_second_writer_is_refused_in_this_process_and_in_another() {
    let scratch = Scratch::new("second");
    let config = small(Durability::Process);
    filled(&scratch, &config);
    let mut store = Store::open(scratch.path(), &config).unwrap();
    let before = store.state().hash();
    let locked = StoreError::Region(RegionError::Locked);
    assert_eq!(Store::open(scratch.path(), &config).unwrap_err(), locked);
    assert_eq!(Store::create(scratch.path(), &config).unwrap_err(), StoreError::Exists);
    assert_eq!(run_child("second", scratch.path(), ""), "Region(Locked)");
    assert_eq!(store.state().hash(), before);
    store.reload().unwrap();
    assert_eq!(store.state().hash(), before);
    drop(store);
    assert_eq!(run_child("second", scratch.path(), ""), "opened");
}

#[test]
fn a_read_only_file_is_refused() {
    let scratch = Scratch::new("read-only");
    let config = small(Durability::Process);
    let bytes = filled(&scratch, &config);
    let mut permissions = fs::metadata(scratch.path()).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(scratch.path(), permissions).unwrap();
    let read_only = StoreError::Region(RegionError::ReadOnly);
    assert_eq!(Store::open_or_create(scratch.path(), &config).unwrap_err(), read_only);
    assert_eq!(fs::read(scratch.path()).unwrap(), bytes);
    // Reading needs no more.
    let reader = StoreReader::open(scratch.path()).unwrap();
    reader.read(&mut reader.state()).unwrap();
}

#[test]
fn a_folder_or_a_missing_one_is_refused() {
    let config = small(Durability::Process);
    assert!(matches!(Store::open_or_create(std::env::temp_dir(), &config), Err(StoreError::Region(_))));
    let error = Store::open_or_create("/no/such/folder/store", &config).unwrap_err();
    assert_eq!(error, StoreError::Region(RegionError::Io(std::io::ErrorKind::NotFound)));
}

/// What the children of the tests in this file do: try to open or make a store at the path, and say what came of it.
#[test]
fn child_opens_a_store() {
    let Some(path) = std::env::var_os("MM_STORE_CHILD_OPENS") else { return };
    let mut config = small(Durability::Process);
    if std::env::var_os("MM_STORE_CHILD_LARGE").is_some() {
        config.history = 100_000;
    }
    match Store::open_or_create(path, &config) {
        Ok(_) => println!("<opened>"),
        Err(StoreError::Region(RegionError::NoSpace { .. })) => println!("<no space>"),
        Err(error) => println!("<{error:?}>"),
    }
}

/// Runs that child, through a shell that first does `before`; what it said.
fn run_child(_name: &str, path: &Path, before: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", &format!("{before} exec \"$0\" files::child_opens_a_store --exact --nocapture")])
        .arg(std::env::current_exe().unwrap())
        .env("MM_STORE_CHILD_OPENS", path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    said.unwrap_or_else(|| panic!("{output:?}")).0.to_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_may_write_no_large_file_gets_a_typed_error_and_no_signal() {
    let scratch = Scratch::new("limit");
    assert_eq!(run_child("limit", scratch.path(), "ulimit -f 4;"), "no space");
    assert!(!scratch.path().exists() && !scratch.beside().exists());
    assert_eq!(run_child("limit", scratch.path(), "ulimit -f 4000;"), "opened");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_typed_error_and_leaves_no_file() {
    let folder = std::env::temp_dir().join(format!("mm-store-full-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("store");
    // A file system of 256 KiB that only the child sees. Not every machine lets a test mount one.
    let probe = format!("mount -t tmpfs -o size=256k none {}", folder.display());
    let namespace = ["unshare -m", "unshare -r -m"].into_iter().find(|unshare| {
        let command = format!("{unshare} sh -c '{probe}'");
        Command::new("sh").args(["-c", &command]).output().is_ok_and(|output| output.status.success())
    });
    match namespace {
        None => eprintln!("not checked: no file system can be mounted here"),
        Some(unshare) => {
            let mount = format!("exec {unshare} sh -c '{probe} && ls -A {0} && ", folder.display());
            let run = |large: &str| {
                let exe = std::env::current_exe().unwrap();
                let child = "files::child_opens_a_store --exact --nocapture";
                let script =
                    format!("{mount} {large} {} {child}; find {} -type f'", exe.display(), folder.display());
                let output = Command::new("sh")
                    .args(["-c", &script])
                    .env("MM_STORE_CHILD_OPENS", &path)
                    .output()
                    .unwrap();
                String::from_utf8_lossy(&output.stdout).into_owned()
            };
            let full = run("MM_STORE_CHILD_LARGE=1");
            assert!(full.contains("<no space>"), "{full}");
            assert!(!full.contains(path.to_str().unwrap()), "no file is left: {full}");
            let small = run("");
            assert!(small.contains("<opened>") && small.contains(path.to_str().unwrap()), "{small}");
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_a_crash_left_of_a_making_is_used_up_by_the_next() {
    let scratch = Scratch::new("left");
    let config = small(Durability::Process);
    fs::write(scratch.beside(), b"half of a store").unwrap();
    let store = Store::open_or_create(scratch.path(), &config).unwrap();
    assert_eq!(store.recovery(), Recovery::Created);
    assert!(!scratch.beside().exists());
}

#[test]
fn a_resized_store_has_the_same_state_and_its_old_readers_are_told() {
    let scratch = Scratch::new("resize");
    let config = small(Durability::Process);
    let events = stream(6, 60);
    let expected = hashes(&config, &events);
    let mut store = Store::create(scratch.path(), &config).unwrap();
    register(&mut store);
    for (at, event) in events[..30].iter().enumerate() {
        apply(&mut store, at as u64 + 1, event).unwrap();
    }
    let reader = StoreReader::open(scratch.path()).unwrap();
    let (epoch, before) = (store.epoch(), store.state());
    let larger = StoreConfig {
        instruments: 10,
        orders: 100,
        latches: 9,
        durability: Durability::Disk(SyncPolicy::default()),
        ..config
    };
    // What does not fit is refused, and the store goes on.
    let smaller = StoreConfig { instruments: 2, ..config };
    assert!(matches!(store.resize(scratch.path(), &smaller), Err(StoreError::Position(_))));
    assert_eq!(store.state(), before);
    store.resize(scratch.path(), &larger).unwrap();
    assert_eq!((store.epoch(), store.state().hash()), (epoch, expected[30]));
    assert_eq!(reader.read(&mut reader.state()).unwrap_err(), StoreError::Superseded);
    assert_eq!(reader.epoch().unwrap_err(), StoreError::Superseded);
    assert!(!scratch.beside().exists());
    drop(store);
    let mut store = Store::open(scratch.path(), &larger).unwrap();
    for (at, event) in events.iter().enumerate() {
        let applied = apply(&mut store, at as u64 + 1, event).unwrap();
        assert_eq!(applied == Applied::Duplicate, at < 30);
    }
    assert_eq!(store.state().hash(), expected[60]);
    // Smaller rings keep the latest.
    let shorter = StoreConfig { history: 2, fill_window: 1, ..larger };
    let latest = store.state().trades[store.state().trades.len() - 2..].to_vec();
    store.resize(scratch.path(), &shorter).unwrap();
    assert_eq!(store.state().trades, latest);
    assert_eq!(Store::open(scratch.path(), &shorter).unwrap_err(), StoreError::Region(RegionError::Locked));
}
