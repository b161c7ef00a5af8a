//! Writes `fuzz/targets/abi_table.rs`: every export of `src/ffi` as a call with arguments from an attacker, and every
//! struct of the interface as a list of fields. Generated, so that no export is left out of the attack but those of
//! [`LEFT_OUT`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

struct Export {
    name: String,
    arguments: Vec<(String, String)>,
    result: String,
}

/// Name, and the fields with their types.
type Struct = (String, Vec<(String, String)>);

#[derive(Default)]
struct Interface {
    modules: Vec<String>,
    nouns: Vec<String>,
    structs: Vec<Struct>,
    exports: Vec<Export>,
}

/// `name: type` of each, comments and attributes left out.
fn pairs(text: &str) -> Vec<(String, String)> {
    let plain: String = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.starts_with("#["))
        .collect::<Vec<_>>()
        .join(" ");
    plain
        .split(',')
        .filter_map(|pair| pair.split_once(':'))
        .map(|(name, kind)| (name.trim().trim_start_matches("pub ").to_owned(), kind.trim().to_owned()))
        .collect()
}

/// What the attack leaves out, by file of `src/ffi`. A pool takes over the handles that it is given and calls functions of the
/// caller's on threads of its own: a random one would only prove that the attacker's own contract was broken. `regime` has
/// three arrays of one length, which no random call gets right. `tests/c/pools.c` and `tests/c/analytics.c` have what these refuse.
const LEFT_OUT: [&str; 4] = ["worker_pool", "engine_pool", "engine_pool_config", "regime"];

fn read(sources: &[PathBuf]) -> Interface {
    let mut interface = Interface::default();
    for path in sources {
        let text = fs::read_to_string(path).unwrap();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["guard", "args", "config", "tests"].contains(&module.as_str())
            || LEFT_OUT.contains(&module.as_str())
        {
            continue;
        }
        interface.modules.push(module);
        for rest in text.split("impl Noun for ").skip(1) {
            interface.nouns.push(rest[..rest.find(' ').unwrap()].to_owned());
        }
        for rest in text.split("#[repr(C)]\npub struct ").skip(1) {
            let name = rest[..rest.find([' ', '{', ';', '(']).unwrap()].to_owned();
            let body =
                &rest[rest.find('{').unwrap() + 1..rest.find("\n}").unwrap_or(rest.find('}').unwrap())];
            interface.structs.push((name, pairs(body)));
        }
        for rest in text.split("#[unsafe(no_mangle)]").skip(1) {
            let rest = rest.trim_start().strip_prefix("pub unsafe extern \"C\" fn ").unwrap();
            let (open, close) = (rest.find('(').unwrap(), rest.find(')').unwrap());
            let result = rest[close + 1..rest.find('{').unwrap()].trim().trim_start_matches("->").trim();
            interface.exports.push(Export {
                name: rest[..open].to_owned(),
                arguments: pairs(&rest[open + 1..close]),
                result: result.to_owned(),
            });
        }
    }
    let nouns = interface.nouns.clone();
    interface.structs.retain(|(name, _)| !nouns.contains(name));
    interface.exports.sort_by(|a, b| a.name.cmp(&b.name));
    interface.structs.sort();
    interface.nouns.sort();
    interface
}

const NUMBERS: [&str; 11] =
    ["u8", "u16", "u32", "u64", "i8", "i32", "i64", "usize", "f32", "f64", "mm_status_t"];

impl Interface {
    fn noun(&self, name: &str) -> Option<usize> {
        self.nouns.iter().position(|noun| noun == name)
    }

    fn structure(&self, name: &str) -> Option<usize> {
        self.structs.iter().position(|(known, _)| known == name)
    }

    /// How an argument is made; `next` is the argument after it, whose length it has if that is one.
    fn argument(&self, export: &str, kind: &str, next: Option<&(String, String)>) -> String {
        let counted = next.is_some_and(|(_, kind)| kind == "usize");
        let is_init = next.is_some_and(|(name, _)| name == "struct_size");
        if let Some(pointee) = kind.strip_prefix("*mut *mut ") {
            return match self.noun(pointee) {
                Some(noun) => format!("a.slot({noun})"),
                None => "a.block_slot()".to_owned(),
            };
        }
        if kind.starts_with("*mut *const ") {
            return "a.output(size_of::<usize>())".to_owned();
        }
        let (is_const, pointee) = match (kind.strip_prefix("*const "), kind.strip_prefix("*mut ")) {
            (Some(pointee), _) => (true, pointee),
            (_, Some(pointee)) => (false, pointee),
            _ => {
                assert!(NUMBERS.contains(&kind), "{export}: an argument of type {kind}");
                return format!("a.{}()", if kind == "mm_status_t" { "status" } else { kind });
            }
        };
        if let Some(noun) = self.noun(pointee) {
            return format!("a.handle({noun})");
        }
        match (pointee, is_const, counted) {
            ("c_void", ..) => "a.block()".to_owned(),
            ("c_char", true, false) => "a.text()".to_owned(),
            (_, false, _) if is_init => "a.uninitialised()".to_owned(),
            (_, true, false) => match self.structure(pointee) {
                Some(index) => format!("a.structure({index})"),
                None => panic!("{export}: an argument of type {kind}"),
            },
            (_, true, true) => match self.structure(pointee) {
                Some(index) => format!("a.structures({index})"),
                None => {
                    let is_float = pointee.starts_with('f');
                    format!("a.numbers(size_of::<{pointee}>(), {is_float})")
                }
            },
            (_, false, false) => format!("a.output(size_of::<{pointee}>())"),
            (_, false, true) => format!("a.outputs(size_of::<{pointee}>())"),
        }
    }

    fn write_structs(&self, text: &mut String) {
        let inits: BTreeMap<&str, &str> = self
            .exports
            .iter()
            .filter(|export| export.arguments.get(1).is_some_and(|(name, _)| name == "struct_size"))
            .map(|export| (export.arguments[0].1.trim_start_matches("*mut "), &*export.name))
            .collect();
        writeln!(text, "/// Every struct that a caller fills, by name.\npub static STRUCTS: &[Struct] = &[")
            .unwrap();
        for (name, fields) in &self.structs {
            let init = inits.get(name.as_str()).map_or("None".to_owned(), |init| {
                format!(
                    "Some(|to, size| {{\n            // SAFETY: the attacker's buffers are writable for any size that is believed.\n            \
                     unsafe {{ {init}(to.cast(), size) }}\n        }})"
                )
            });
            writeln!(text, "    Struct {{\n        name: \"{name}\",\n        size: size_of::<{name}>(),\n        init: {init},")
                .unwrap();
            writeln!(text, "        fields: &[").unwrap();
            for (at, (field, kind)) in fields.iter().enumerate() {
                let next =
                    fields.get(at + 1).filter(|(name, kind)| kind == "usize" && name.ends_with("count"));
                let count =
                    next.map_or("None".to_owned(), |(next, _)| format!("Some(offset_of!({name}, {next}))"));
                let what = match kind.as_str() {
                    "f64" | "f32" => "Float".to_owned(),
                    "*const c_char" => "Text".to_owned(),
                    "*const *const c_char" => format!("Texts({count})"),
                    pointer if pointer.starts_with('*') => {
                        let pointee = pointer.trim_start_matches("*const ").trim_start_matches("*mut ");
                        let index =
                            self.structure(pointee).unwrap_or_else(|| panic!("{name}.{field}: {kind}"));
                        format!("Pointer({index}, {count})")
                    }
                    "usize" if at > 0 && field.ends_with("count") && fields[at - 1].1.starts_with('*') => {
                        "Count".to_owned()
                    }
                    number if NUMBERS.contains(&number) => "Integer".to_owned(),
                    _ => "Bytes".to_owned(),
                };
                writeln!(
                    text,
                    "            Field {{ name: \"{field}\", at: offset_of!({name}, {field}), width: size_of::<{kind}>(), kind: Kind::{what} }},"
                )
                .unwrap();
            }
            writeln!(text, "        ],\n    }},").unwrap();
        }
        writeln!(text, "];\n").unwrap();
    }

    fn write_exports(&self, text: &mut String) {
        writeln!(text, "/// Every function of the interface, by name.\npub static EXPORTS: &[Export] = &[")
            .unwrap();
        for (number, export) in self.exports.iter().enumerate() {
            let arguments = &export.arguments;
            let slot = arguments
                .iter()
                .find_map(|(_, kind)| kind.strip_prefix("*mut *mut ").and_then(|n| self.noun(n)));
            let destroyed = if export.name.ends_with("_destroy") {
                self.noun(arguments[0].1.trim_start_matches("*mut "))
            } else {
                None
            };
            writeln!(
                text,
                "    Export {{\n        number: {number},\n        name: \"{}\",\n        creates: {slot:?},\n        destroys: {destroyed:?},\n        call: |a| {{",
                export.name
            )
            .unwrap();
            let mut names = Vec::new();
            let mut counted = false;
            for (at, (name, kind)) in arguments.iter().enumerate() {
                let next = arguments.get(at + 1);
                let is_pointer = kind.starts_with('*');
                let made = if counted && kind == "usize" {
                    "a.length()".to_owned()
                } else if name == "additional" {
                    "a.room()".to_owned()
                } else {
                    self.argument(&export.name, kind, next)
                };
                // A pointer to a handle or to one struct has no length of its own.
                counted = is_pointer
                    && next.is_some_and(|(_, kind)| kind == "usize")
                    && ["a.outputs(", "a.structures(", "a.numbers(", "a.uninitialised("]
                        .iter()
                        .any(|start| made.starts_with(start));
                writeln!(text, "            let {name} = {made};").unwrap();
                names.push(if is_pointer { format!("{name}.cast()") } else { name.clone() });
            }
            let call = format!("unsafe {{ {}({}) }}", export.name, names.join(", "));
            writeln!(text, "            // SAFETY: the attacker passes only what the interface allows.")
                .unwrap();
            match export.result.as_str() {
                "mm_status_t" => writeln!(text, "            {call}").unwrap(),
                "" => writeln!(text, "            {call};\n            MM_OK").unwrap(),
                "*const c_char" => {
                    writeln!(text, "            let text = {call};\n            a.returned(text)").unwrap()
                }
                _ => writeln!(text, "            let _ = {call};\n            MM_OK").unwrap(),
            }
            writeln!(text, "        }},\n    }},").unwrap();
        }
        writeln!(text, "];").unwrap();
    }
}

/// The file's text.
pub fn generate(sources: &[PathBuf]) -> String {
    let interface = read(sources);
    let mut text = String::from(
        "//! Every export as a call with an attacker's arguments. Generated from `src/ffi` by `tests/header.rs`: edit there.\n\
         #![allow(unused_imports, unused_variables, reason = \"not every file has a function, not every function arguments\")]\n\n\
         use std::ffi::c_char;\nuse std::mem::offset_of;\n\n",
    );
    let mut modules = interface.modules.clone();
    modules.sort();
    for module in &modules {
        writeln!(text, "use market_maker::ffi::{module}::*;").unwrap();
    }
    text.push_str("\nuse super::abi::{Export, Field, Kind, Struct};\n\n");
    writeln!(
        text,
        "/// What the handles are, by number.\npub const NOUNS: [&str; {}] = [",
        interface.nouns.len()
    )
    .unwrap();
    for noun in &interface.nouns {
        writeln!(text, "    \"{noun}\",").unwrap();
    }
    text.push_str("];\n\n");
    interface.write_structs(&mut text);
    interface.write_exports(&mut text);
    text
}
