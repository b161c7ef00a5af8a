//! The C header: generated from `src/ffi`, committed, compared; every export is guarded; every header of the
//! package compiles on its own in every language mode that it promises.
//!
//! `MARKET_MAKER_BLESS=1 cargo test --test header` writes the header after a change of the ABI.

#[path = "common/abi_table.rs"]
mod abi_table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Exports of a feature that no shipped build has; not part of the interface.
const TEST_ONLY: &str = "test_panic.rs";

/// The boundary's files, in the order in which the header shows them: foundations, then the nouns.
fn sources() -> Vec<PathBuf> {
    const FIRST: [&str; 4] = ["version.rs", "status.rs", "event.rs", "pool.rs"];
    let folder = root().join("src/ffi");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("mod.rs") && path.extension().is_some_and(|e| e == "rs"))
        .filter(|path| !path.ends_with(TEST_ONLY))
        .collect();
    files.sort_by_key(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (FIRST.iter().position(|first| **first == name).unwrap_or(FIRST.len()), name)
    });
    files
}

fn version_macros() -> String {
    let part = |text: &str| text.parse::<u32>().unwrap();
    let (major, minor, patch) = (
        part(env!("CARGO_PKG_VERSION_MAJOR")),
        part(env!("CARGO_PKG_VERSION_MINOR")),
        part(env!("CARGO_PKG_VERSION_PATCH")),
    );
    format!(
        "/* The version of this header; mm_version() is that of the library. */\n\
         #define MM_VERSION_MAJOR {major}\n#define MM_VERSION_MINOR {minor}\n#define MM_VERSION_PATCH {patch}\n\
         #define MM_VERSION_STRING \"{}\"\n\n\
         #if defined(__cplusplus)\n#define MM_NOEXCEPT noexcept\n#else\n#define MM_NOEXCEPT\n#endif",
        env!("CARGO_PKG_VERSION")
    )
}

const OPENING: &str = "\
/* market_maker.h: the C interface of market-maker, an embeddable market-making core.
 *
 * Prices are integer ticks and quantities integer lots of an instrument; money is ticks times lots; times are
 * nanoseconds. Every function returns mm_status_t unless it cannot fail: 0 success, negative error, positive success
 * with a remark; after an error nothing has changed and mm_last_error_message() says why.
 *
 * A handle is used by one thread at a time; functions that take it as `const*` may run on several threads at once.
 * A config struct is filled by its init function, which takes its sizeof, and then changed field by field.
 *
 * Generated from src/ffi by tests/header.rs: edit there. */";

fn generate() -> String {
    let config = cbindgen::Config {
        language: cbindgen::Language::C,
        header: Some(OPENING.into()),
        include_guard: Some("MARKET_MAKER_H".into()),
        no_includes: true,
        sys_includes: vec!["stdbool.h".into(), "stddef.h".into(), "stdint.h".into()],
        after_includes: Some(version_macros()),
        cpp_compat: true,
        usize_is_size_t: true,
        style: cbindgen::Style::Both,
        documentation_style: cbindgen::DocumentationStyle::Doxy,
        line_length: 110,
        tab_width: 4,
        function: cbindgen::FunctionConfig { postfix: Some("MM_NOEXCEPT".into()), ..Default::default() },
        ..Default::default()
    };
    let mut builder = cbindgen::Builder::new().with_config(config);
    for path in sources() {
        builder = builder.with_src(path);
    }
    let mut text = Vec::new();
    builder.generate().expect("src/ffi parses").write(&mut text);
    tidy(&String::from_utf8(text).unwrap())
}

/// Rustdoc's markup as a C reader expects it, and no trailing blanks.
fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    for line in text.lines() {
        let line = line.replace("# Safety", "Safety:").replace("# Errors", "Errors:");
        if line == "MM_NOEXCEPT;" {
            // cbindgen breaks the line before a postfix when the arguments stand alone.
            tidied.truncate(tidied.trim_end().len());
            tidied.push(' ');
        }
        tidied.push_str(line.trim_end());
        tidied.push('\n');
    }
    tidied
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let path = root().join("include/market_maker/market_maker.h");
    let generated = generate();
    if std::env::var_os("MARKET_MAKER_BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if committed != generated {
        let line = committed.lines().zip(generated.lines()).take_while(|(a, b)| a == b).count();
        panic!(
            "{} differs from src/ffi at line {}: MARKET_MAKER_BLESS=1 cargo test --test header writes it",
            path.display(),
            line + 1
        );
    }
}

#[test]
fn the_table_of_calls_for_the_attack_is_the_generated_one() {
    let path = root().join("fuzz/targets/abi_table.rs");
    let generated = abi_table::generate(&sources());
    if std::env::var_os("MARKET_MAKER_BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == generated,
        "{} differs from src/ffi: MARKET_MAKER_BLESS=1 cargo test --test header writes it",
        path.display()
    );
}

/// The exports of a source file: name and body.
fn exports(source: &str) -> Vec<(String, String)> {
    source
        .split("#[unsafe(no_mangle)]")
        .skip(1)
        .map(|rest| {
            let rest = rest.trim_start();
            let name = rest
                .strip_prefix("pub unsafe extern \"C\" fn ")
                .unwrap_or_else(|| panic!("an export of another form: {}", rest.lines().next().unwrap()));
            let name = name[..name.find('(').unwrap()].to_owned();
            // The body ends at the first closing brace in the first column.
            let body = &rest[rest.find('{').unwrap()..rest.find("\n}").unwrap()];
            (name, body.to_owned())
        })
        .collect()
}

#[test]
fn every_export_goes_through_the_guard_and_is_declared() {
    let header = fs::read_to_string(root().join("include/market_maker/market_maker.h")).unwrap();
    let mut names = BTreeSet::new();
    for path in sources() {
        for (name, body) in exports(&fs::read_to_string(&path).unwrap()) {
            let guards = body.matches("guard(").count();
            // `destroy(handle)` is guarded once for all nouns, in guard.rs.
            let destroys = body.matches("destroy(").count();
            assert_eq!(guards + destroys, 1, "{name} in {} has {guards} guards", path.display());
            assert!(name.starts_with("mm_"), "{name}");
            assert!(header.contains(&format!("{name}(")), "{name} is not declared");
            assert!(names.insert(name.clone()), "{name} is defined twice");
        }
    }
    assert!(names.contains("mm_version") && names.len() > 4, "the scan finds the exports");
    // And no other way out of the crate: the attribute appears nowhere else.
    let mut stack = vec![root().join("src")];
    let mut attributes = 0;
    while let Some(folder) = stack.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
            } else if !path.ends_with(TEST_ONLY) {
                let text = fs::read_to_string(&path).unwrap();
                attributes += text.lines().filter(|line| line.contains("no_mangle")).count();
                assert!(!text.contains("export_name"), "{}", path.display());
            }
        }
    }
    assert_eq!(attributes, names.len());
    // The feature keeps the exports that fail on demand out, and they go through the guard, too.
    let module = fs::read_to_string(root().join("src/ffi/mod.rs")).unwrap();
    assert!(module.contains("#[cfg(feature = \"test-panic\")]\npub mod test_panic;"));
    for (name, body) in exports(&fs::read_to_string(root().join("src/ffi").join(TEST_ONLY)).unwrap()) {
        assert_eq!(body.matches("guard(").count(), 1, "{name}");
        assert!(name.starts_with("mm_test_") && !header.contains(&name), "{name}");
    }
    // Declarations without a definition would only fail when somebody calls them.
    for line in header.lines().filter(|line| line.ends_with(") MM_NOEXCEPT;")) {
        // A declaration over several lines ends without its name.
        if let Some((head, _)) = line.split_once('(')
            && let Some(name) = head.split([' ', '*']).next_back()
        {
            assert!(names.contains(name), "{name} is declared only");
        }
    }
}

fn compilers(candidates: &[&'static str]) -> Vec<&'static str> {
    candidates
        .iter()
        .copied()
        .filter(|compiler| {
            Command::new(compiler).arg("--version").output().is_ok_and(|output| output.status.success())
        })
        .collect()
}

fn compile_alone(compiler: &str, language: &str, extra: &[&str], header: &Path) {
    let include = root().join("include");
    let mut command = Command::new(compiler);
    command
        .args(["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"])
        .args(extra)
        .arg("-I")
        .arg(&include)
        .arg("-include")
        .arg(header)
        .args(["-x", language, "/dev/null"]);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{} {extra:?} with {compiler}:\n{}",
        header.display(),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_c_header_compiles_alone_in_every_language_mode() {
    let header = root().join("include/market_maker/market_maker.h");
    let (c, cxx) = (compilers(&["gcc", "clang"]), compilers(&["g++", "clang++"]));
    assert!(!c.is_empty() && !cxx.is_empty(), "a C and a C++ compiler are needed: run `make setup`");
    for compiler in c {
        for standard in ["-std=c99", "-std=c11", "-std=c17"] {
            compile_alone(compiler, "c", &[standard, "-Wstrict-prototypes"], &header);
        }
    }
    for compiler in cxx {
        for standard in ["-std=c++11", "-std=c++17", "-std=c++20"] {
            compile_alone(compiler, "c++", &[standard], &header);
        }
    }
}

#[test]
fn every_cpp_header_compiles_alone_with_and_without_exceptions() {
    let entries = ["market_maker", "market_maker_cpp"]
        .map(|folder| fs::read_dir(root().join("include").join(folder)).unwrap());
    let mut seen = 0;
    for entry in entries.into_iter().flatten() {
        let path = entry.unwrap().path();
        // The C header has a test of its own.
        if path.ends_with("market_maker.h") {
            continue;
        }
        seen += 1;
        for compiler in compilers(&["g++", "clang++"]) {
            for standard in ["-std=c++17", "-std=c++20"] {
                compile_alone(compiler, "c++", &[standard], &path);
                compile_alone(compiler, "c++", &[standard, "-fno-exceptions", "-fno-rtti"], &path);
            }
        }
    }
    assert!(seen >= 20, "only {seen} C++ headers found");
}
