//! The C interface called by somebody careless: handles in any order of life, null and foreign handles, wrong
//! `struct_size`, unaligned and overlapping buffers, lengths that no memory has, numbers without a meaning.
//!
//! What is not done is what the interface says cannot be survived: using a destroyed handle, a pointer to memory that
//! cannot be read, a length beyond the buffer. What must hold: no call fails an internal check, every status is one that
//! has a name, and a call that fails has written nothing.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_void};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use market_maker::ffi::status::{
    MM_E_PANIC, MM_E_POISONED, MM_OK, mm_last_error_message, mm_status_name, mm_status_t,
};

use super::abi_table::{EXPORTS, NOUNS, STRUCTS};
use super::bytes::Bytes;
use super::feeds::scratch;

/// A function of the interface.
pub struct Export {
    /// Its place in the table.
    pub number: usize,
    pub name: &'static str,
    /// The noun of the handle that it makes.
    pub creates: Option<usize>,
    /// The noun of the handle that it frees.
    pub destroys: Option<usize>,
    pub call: fn(&mut Arguments<'_, '_, '_>) -> mm_status_t,
}

/// A struct that a caller fills.
pub struct Struct {
    pub name: &'static str,
    pub size: usize,
    /// Fills it with its defaults, if it is a config.
    pub init: Option<fn(*mut c_void, usize) -> mm_status_t>,
    pub fields: &'static [Field],
}

/// A field of such a struct.
pub struct Field {
    pub name: &'static str,
    pub at: usize,
    pub width: usize,
    pub kind: Kind,
}

/// What a field holds.
pub enum Kind {
    Integer,
    Float,
    Bytes,
    /// How many the pointer before it points to.
    Count,
    /// A struct by its number, or an array of them with where their count is.
    Pointer(usize, Option<usize>),
    Text,
    /// An array of texts and where their count is.
    Texts(Option<usize>),
}

/// Calls of one execution.
const MOST_CALLS: usize = 24;
/// Handles of one noun at a time.
const MOST_HANDLES: usize = 3;
/// Longer than the longest struct that is believed (2^16 bytes) by the longest that there is.
const BUFFER: usize = 72 << 10;
const BUFFERS: usize = 24;
/// What an output holds before the call.
const UNTOUCHED: u8 = 0xA5;
/// Output bytes that are looked at after a call that failed.
const WATCHED: usize = 1024;

/// What costs memory or time is kept small, or only rarely not: the value that a default is replaced by.
const COSTLY: [(&str, u64); 24] = [
    ("max_orders", 48),
    ("max_levels", 48),
    ("window_ticks", 64),
    ("capacity", 16),
    ("history", 4),
    ("instruments", 4),
    ("orders", 8),
    ("latches", 4),
    ("fill_window", 8),
    ("audit_capacity", 32),
    ("table_steps", 4),
    ("time_steps", 8),
    ("max_inventory", 8),
    ("d_model", 4),
    ("n_layer", 1),
    ("seq_len", 8),
    ("d_state", 2),
    ("num_channels", 2),
    ("forecast_len", 2),
    ("patch_len", 4),
    ("stride", 2),
    ("reduction_ratio", 2),
    ("max_batch", 2),
    ("rows", 4),
];

const LOBSTER: &str = "34200.004241176,1,16113575,18,5853300,1\n34200.00426064,1,16113576,18,5853400,-1\n\
34200.2,4,16113575,8,5853300,1\n34200.5,3,16113575,10,5853300,1\n";

const TREES: &CStr = c"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\n\
objective=regression\nfeature_names=a b\nfeature_infos=[0:1] [0:1]\ntree_sizes=1\n\nTree=0\nnum_leaves=2\nnum_cat=0\n\
split_feature=0\nsplit_gain=1\nthreshold=0.5\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=0.25 -0.5\n\
leaf_weight=1 1\nleaf_count=1 1\ninternal_value=0\ninternal_weight=2\ninternal_count=2\nis_linear=0\nshrinkage=1\n\n\n\
end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n";

/// Files and texts that calls may name: those that are read, those that are written, stores.
struct Paths {
    read: Vec<CString>,
    written: Vec<CString>,
    stores: Vec<CString>,
    words: Vec<CString>,
}

impl Paths {
    fn new() -> Self {
        let text = |text: &[u8]| CString::new(text).expect("a text without a zero");
        let path = |name: &str| text(scratch(name).to_str().expect("a path in UTF-8").as_bytes());
        std::fs::write(scratch("day.csv"), LOBSTER).expect("the scratch folder can be written");
        std::fs::write(scratch("trees.txt"), TREES.to_bytes()).expect("the scratch folder can be written");
        let odd = [text(b""), text(b"/nonexistent/file"), text(b"\xff\xfe"), text(&[b'x'; 5000]), path(".")];
        let with = |names: &[&str]| {
            names.iter().map(|name| path(name)).chain(odd.iter().cloned()).collect::<Vec<_>>()
        };
        Self {
            read: with(&["day.csv", "trees.txt", "day.csv", "day.gz"]),
            written: with(&["saved", "saved.2"]),
            stores: with(&["attacked", "attacked.2"]),
            words: vec![text(b"scalar"), text(b""), text(b"because"), text(b"\xff"), text(&[b'r'; 40])],
        }
    }

    fn remove(&self) {
        for path in self.written.iter().chain(&self.stores) {
            if let Ok(path) = path.to_str()
                && path.contains("market-maker-attack")
                && !path.ends_with('.')
            {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// What outlives an execution.
struct Stage {
    /// Words, so that every buffer is aligned for everything.
    memory: Vec<u128>,
    paths: Paths,
}

impl Stage {
    fn buffer(&mut self, index: usize) -> *mut u8 {
        let words = BUFFER / size_of::<u128>();
        self.memory[index * words..][..words].as_mut_ptr().cast()
    }
}

thread_local! {
    static STAGE: RefCell<Option<Stage>> = const { RefCell::new(None) };
}

/// Handles alive, and where the next argument lies.
struct World<'a> {
    stage: &'a mut Stage,
    handles: Vec<Vec<*mut c_void>>,
    /// Numbers that the library gave: ids, tokens, prices. Given back they mean something.
    told: Vec<u64>,
    /// The last bytes that it wrote: a snapshot.
    written: Vec<u8>,
    /// What `mm_pool_alloc` gave last.
    block: Box<*mut c_void>,
}

/// The arguments of one call.
pub struct Arguments<'a, 'b, 'w> {
    bytes: &'a mut Bytes<'b>,
    world: &'a mut World<'w>,
    name: &'static str,
    /// The handle to be used whatever the function asks for.
    forced: Option<*mut c_void>,
    /// As a well-meaning program would call.
    tame: bool,
    buffers: usize,
    /// Those that other arguments may lie in as well.
    shared: Vec<usize>,
    length: usize,
    slots: Vec<(usize, Box<*mut c_void>)>,
    /// Outputs that must not be written unless the call succeeds: where, how many bytes of them, and the size of one.
    outputs: Vec<(*const u8, usize, usize)>,
    overlaps: bool,
}

impl Arguments<'_, '_, '_> {
    fn is_one_in(&mut self, n: u8) -> bool {
        !self.tame && self.bytes.is_one_in(n)
    }

    /// A buffer of its own; sometimes that of another argument.
    fn buffer(&mut self) -> *mut u8 {
        if !self.shared.is_empty() && self.is_one_in(24) {
            self.overlaps = true;
            let other = self.shared[self.bytes.below(self.shared.len())];
            return self.world.stage.buffer(other);
        }
        let buffer = self.fresh();
        self.shared.push(self.buffers - 1);
        buffer
    }

    /// A buffer for these structs. What holds pointers is nobody else's: they would point anywhere.
    fn buffer_for(&mut self, kind: &Struct) -> *mut u8 {
        let points = |field: &Field| matches!(field.kind, Kind::Pointer(..) | Kind::Text | Kind::Texts(_));
        if kind.fields.iter().any(points) { self.fresh() } else { self.buffer() }
    }

    fn fresh(&mut self) -> *mut u8 {
        assert!(self.buffers < BUFFERS, "{} needs more buffers", self.name);
        self.buffers += 1;
        self.world.stage.buffer(self.buffers - 1)
    }

    /// The pointer, or null, or one byte beside it.
    fn spoilt(&mut self, pointer: *mut u8) -> *mut c_void {
        if self.is_one_in(40) {
            return std::ptr::null_mut();
        }
        if self.is_one_in(60) {
            return pointer.wrapping_add(1).cast();
        }
        pointer.cast()
    }

    pub fn handle(&mut self, noun: usize) -> *mut c_void {
        if let Some(handle) = self.forced {
            return handle;
        }
        if !self.tame {
            match self.bytes.u8() {
                0..6 => return std::ptr::null_mut(),
                6..12 => {
                    let other = self.bytes.below(NOUNS.len());
                    if let Some(&handle) = self.world.handles[other].first() {
                        return handle;
                    }
                }
                12..16 => {
                    // No handle: as many zeros as must be readable, aligned or not.
                    let pointer = self.fresh();
                    // SAFETY: the buffer is longer, and nothing else refers to it.
                    unsafe { pointer.write_bytes(0, 32) };
                    return pointer.wrapping_add(self.bytes.below(2)).cast();
                }
                _ => {}
            }
        }
        if self.world.handles[noun].is_empty() {
            create(self.bytes, self.world, noun);
        }
        let alive = &self.world.handles[noun];
        match alive.last() {
            Some(&last) if !self.bytes.is_one_in(4) => last,
            Some(_) => alive[self.bytes.below(alive.len())],
            None => std::ptr::null_mut(),
        }
    }

    pub fn slot(&mut self, noun: usize) -> *mut c_void {
        if self.is_one_in(40) {
            return std::ptr::null_mut();
        }
        let mut slot: Box<*mut c_void> = Box::new(std::ptr::null_mut());
        let pointer: *mut *mut c_void = &raw mut *slot;
        self.slots.push((noun, slot));
        pointer.cast()
    }

    pub fn block_slot(&mut self) -> *mut c_void {
        (&raw mut *self.world.block).cast()
    }

    pub fn block(&mut self) -> *mut c_void {
        let block = *self.world.block;
        match self.bytes.below(6) {
            0 => std::ptr::null_mut(),
            1 => block.wrapping_byte_add(1),
            2 => block.wrapping_byte_add(64),
            3 => self.fresh().cast(),
            _ => block,
        }
    }

    /// A text: a path that fits the function, or a word.
    pub fn text(&mut self) -> *mut c_void {
        // A predictor without a file has weights of its seed.
        let is_optional = self.name == "mm_predictor_create" && (self.tame || self.bytes.is_one_in(2));
        if is_optional || self.is_one_in(24) {
            return std::ptr::null_mut();
        }
        let paths = &self.world.stage.paths;
        let list = if self.name.contains("save") || self.name.contains("load_normaliser") {
            &paths.written
        } else if self.name.contains("store") {
            &paths.stores
        } else if self.name.contains("reset") {
            &paths.words
        } else {
            &paths.read
        };
        let at = if self.tame { 0 } else { self.bytes.below(list.len()) };
        list[at].as_ptr().cast_mut().cast()
    }

    /// Where a config is to be initialised. The length is its size, or nonsense that is still inside the buffer.
    pub fn uninitialised(&mut self) -> *mut c_void {
        self.length = match self.bytes.u8() {
            0..200 => STRUCTS[self.bytes.below(STRUCTS.len())].size,
            200..230 => self.bytes.below(256),
            230..240 => 1 << 16,
            240..248 => (1 << 16) + 1,
            _ => usize::MAX,
        };
        let pointer = self.buffer();
        self.spoilt(pointer)
    }

    /// A struct that is read.
    pub fn structure(&mut self, index: usize) -> *mut c_void {
        let pointer = self.buffer_for(&STRUCTS[index]);
        self.fill(index, pointer, 0);
        self.spoilt(pointer)
    }

    pub fn structures(&mut self, index: usize) -> *mut c_void {
        let pointer = self.buffer_for(&STRUCTS[index]);
        let size = STRUCTS[index].size;
        let count = self.bytes.below(5);
        for at in 0..count {
            self.fill(index, pointer.wrapping_add(at * size), 0);
        }
        self.length = self.some_length(count, size);
        self.spoilt(pointer)
    }

    /// `count`, or a length that no memory has.
    fn some_length(&mut self, count: usize, size: usize) -> usize {
        if self.is_one_in(40) {
            [usize::MAX, (usize::MAX / size).saturating_add(1), isize::MAX as usize / size + 1, 1 << 63]
                [self.bytes.below(4)]
        } else {
            count
        }
    }

    /// An array of numbers that is read.
    pub fn numbers(&mut self, size: usize, is_float: bool) -> *mut c_void {
        const LENGTHS: [usize; 16] = [0, 1, 2, 3, 4, 5, 8, 10, 16, 20, 32, 48, 64, 100, 320, 500];
        let pointer = self.buffer();
        let count = LENGTHS[self.bytes.below(LENGTHS.len())];
        if size == 1 && self.name.contains("trees") {
            let text = TREES.to_bytes();
            // SAFETY: the text is shorter than the buffer and lies elsewhere.
            unsafe { pointer.copy_from_nonoverlapping(text.as_ptr(), text.len()) };
            let broken = self.is_one_in(3);
            self.length = if broken { self.bytes.below(text.len()) } else { text.len() };
            return self.spoilt(pointer);
        }
        if size == 1 && !self.world.written.is_empty() {
            let length = self.world.written.len();
            // SAFETY: what is kept is shorter than the buffer and lies elsewhere.
            unsafe { pointer.copy_from_nonoverlapping(self.world.written.as_ptr(), length) };
            self.length = length;
            return self.spoilt(pointer);
        }
        // Numbers that are none are refused: mostly there are none of them.
        let is_plain = self.bytes.u8() < 200;
        for at in 0..count {
            let to = pointer.wrapping_add(at * size);
            let number = if is_plain { f64::from(self.bytes.u8()) / 8.0 - 16.0 } else { self.bytes.f64() };
            let value = if is_float && size == 8 {
                number.to_bits()
            } else if is_float {
                u64::from((number as f32).to_bits())
            } else {
                u64::from(self.bytes.u8() % 3)
            };
            // SAFETY: `count` numbers are shorter than the buffer, and nothing else refers to it.
            unsafe { to.copy_from_nonoverlapping(value.to_le_bytes().as_ptr(), size) };
        }
        self.length = self.some_length(count, size);
        self.spoilt(pointer)
    }

    /// One result.
    pub fn output(&mut self, size: usize) -> *mut c_void {
        let pointer = self.buffer();
        self.watch(pointer, size, size);
        if self.is_one_in(20) {
            return std::ptr::null_mut();
        }
        self.spoilt(pointer)
    }

    /// An array of results.
    pub fn outputs(&mut self, size: usize) -> *mut c_void {
        let pointer = self.buffer();
        let most = BUFFER / size;
        let count = match self.bytes.u8() {
            0..160 => most.min(64),
            160..240 => self.bytes.below(6).min(most),
            _ => most,
        };
        self.watch(pointer, count * size, size);
        self.length = self.some_length(count, size);
        self.spoilt(pointer)
    }

    fn watch(&mut self, pointer: *mut u8, bytes: usize, each: usize) {
        let bytes = bytes.min(WATCHED);
        // SAFETY: the buffer is longer.
        unsafe { pointer.write_bytes(UNTOUCHED, bytes) };
        self.outputs.push((pointer, bytes, each));
    }

    /// A number that the library has told, or any.
    fn number(&mut self) -> u64 {
        let told = &self.world.told;
        if !told.is_empty() && self.bytes.u8() < 110 {
            // The latest most of all.
            let most = if self.bytes.is_one_in(4) { told.len() } else { told.len().min(6) };
            return told[told.len() - 1 - self.bytes.below(most)];
        }
        self.bytes.u64()
    }

    /// The length of the array before it.
    pub fn length(&mut self) -> usize {
        self.length
    }

    pub fn u8(&mut self) -> u8 {
        match self.bytes.u8() {
            choice @ 0..140 => choice % 2,
            choice @ 140..230 => choice % 6,
            other => other,
        }
    }

    pub fn u32(&mut self) -> u32 {
        if self.bytes.is_one_in(4) { self.bytes.u32() } else { 0 }
    }

    /// Room that costs little, or more than there can be.
    pub fn room(&mut self) -> u32 {
        let room = u32::from(self.bytes.u8());
        if self.bytes.is_one_in(8) { u32::MAX - room } else { room % 80 }
    }

    pub fn u64(&mut self) -> u64 {
        self.number()
    }

    pub fn i64(&mut self) -> i64 {
        self.bytes.i64()
    }

    pub fn i32(&mut self) -> i32 {
        self.bytes.u32().cast_signed()
    }

    pub fn status(&mut self) -> mm_status_t {
        -i32::from(self.bytes.u16() % 720)
    }

    pub fn usize(&mut self) -> usize {
        self.bytes.u64() as usize
    }

    pub fn f64(&mut self) -> f64 {
        self.bytes.f64()
    }

    /// A text of the library's: it ends.
    pub fn returned(&mut self, text: *const c_char) -> mm_status_t {
        assert!(!text.is_null(), "{} returned null", self.name);
        // SAFETY: the interface promises static text that ends with a zero.
        let text = unsafe { CStr::from_ptr(text) };
        assert!(text.to_str().is_ok());
        MM_OK
    }

    /// Fills a struct: a config with its defaults and a few fields changed, another with anything.
    fn fill(&mut self, index: usize, to: *mut u8, depth: usize) {
        let kind = &STRUCTS[index];
        if let Some(init) = kind.init {
            assert_eq!(init(to.cast(), kind.size), MM_OK, "{} cannot be initialised", kind.name);
            for field in kind.fields {
                if let Some(&(_, small)) = COSTLY.iter().find(|(name, _)| *name == field.name)
                    && matches!(field.kind, Kind::Integer)
                {
                    put(to, field, small);
                }
            }
        }
        for field in kind.fields {
            let is_pointer = matches!(field.kind, Kind::Pointer(..) | Kind::Text | Kind::Texts(_));
            if matches!(field.kind, Kind::Count) {
                continue;
            }
            let change = match kind.init {
                _ if is_pointer => true,
                Some(_) => field.name != "struct_size" && self.is_one_in(12),
                None => true,
            };
            if change {
                self.fill_field(kind, field, to, depth);
            }
        }
        if kind.init.is_some() && self.is_one_in(24) {
            let wrong = match self.bytes.below(6) {
                0 => 0,
                1 => self.bytes.below(256) as u64,
                2 => kind.size as u64 + 8,
                3 => 1 << 16,
                4 => (1 << 16) + 1,
                _ => u64::MAX,
            };
            put(to, &kind.fields[0], wrong);
        }
    }

    fn fill_field(&mut self, kind: &Struct, field: &Field, to: *mut u8, depth: usize) {
        match field.kind {
            Kind::Integer => {
                let mut value = match (field.width, kind.init) {
                    (1, _) => u64::from(self.u8()),
                    (4, None) if field.name == "instrument" => u64::from(self.u32()),
                    (8, None) if field.name.contains("price") => {
                        (990 + self.bytes.i64() % 32).cast_unsigned()
                    }
                    _ => self.number(),
                };
                if field.name.starts_with("reserved") && !self.is_one_in(24) {
                    value = 0;
                }
                // A struct that asks for gigabytes is refused or slow: rarely tried.
                let is_costly = COSTLY.iter().any(|(name, _)| *name == field.name);
                if is_costly && !self.is_one_in(32) {
                    value %= 200;
                }
                put(to, field, value);
            }
            Kind::Count => {}
            Kind::Float => {
                let value = self.bytes.f64();
                if field.width == 8 {
                    put(to, field, value.to_bits());
                } else {
                    put(to, field, u64::from((value as f32).to_bits()));
                }
            }
            Kind::Bytes => {
                let zero = field.name.starts_with("reserved") && !self.is_one_in(24);
                for at in 0..field.width {
                    let byte = if zero || at >= 16 { 0 } else { self.bytes.u8() };
                    // SAFETY: inside of the struct, which is inside of the buffer.
                    unsafe { to.wrapping_add(field.at + at).write(byte) };
                }
            }
            Kind::Pointer(index, count) => {
                let mut pointer: *mut c_void = std::ptr::null_mut();
                let mut length = 0;
                // Structs that are pointed to are few and do not point to their like.
                if depth < 2 && (self.tame || !self.bytes.is_one_in(4)) && self.buffers < BUFFERS {
                    let buffer = self.fresh();
                    let size = STRUCTS[index].size;
                    length = if count.is_some() { self.bytes.below(4) } else { 1 };
                    for at in 0..length {
                        self.fill(index, buffer.wrapping_add(at * size), depth + 1);
                    }
                    length = self.some_length(length, size);
                    pointer = self.spoilt(buffer);
                }
                put(to, field, pointer as u64);
                if let Some(at) = count {
                    put(to, &Field { name: "count", at, width: 8, kind: Kind::Integer }, length as u64);
                }
            }
            Kind::Text => {
                let is_path = field.name.contains("path");
                let paths = &self.world.stage.paths;
                let list = if is_path { &paths.read } else { &paths.words };
                let at = self.bytes.below(list.len() + 4);
                let pointer = if self.tame { None } else { list.get(at).map(|text| text.as_ptr()) };
                put(to, field, pointer.unwrap_or(std::ptr::null()) as u64);
            }
            Kind::Texts(count) => {
                let buffer = self.fresh();
                let texts = self.bytes.below(3);
                for at in 0..texts {
                    let path = self.world.stage.paths.read[self.bytes.below(4)].as_ptr() as u64;
                    put(buffer, &Field { name: "path", at: at * 8, width: 8, kind: Kind::Text }, path);
                }
                let is_there = !self.tame && texts > 0;
                put(to, field, if is_there { buffer as u64 } else { 0 });
                if let Some(at) = count {
                    let texts = if is_there { texts as u64 } else { 0 };
                    put(to, &Field { name: "count", at, width: 8, kind: Kind::Integer }, texts);
                }
            }
        }
    }
}

/// Writes a number of the field's width.
fn put(to: *mut u8, field: &Field, value: u64) {
    let place = to.wrapping_add(field.at);
    // SAFETY: the field is inside of the struct, which is inside of the buffer; no field is wider than a word.
    unsafe { place.copy_from_nonoverlapping(value.to_le_bytes().as_ptr(), field.width.min(8)) };
}

fn message() -> String {
    // SAFETY: no precondition.
    let text = unsafe { mm_last_error_message() };
    assert!(!text.is_null());
    // SAFETY: never null and ends with a zero.
    unsafe { CStr::from_ptr(text) }.to_str().expect("a message in UTF-8").to_owned()
}

/// Makes a handle as a well-meaning program would.
fn create(bytes: &mut Bytes<'_>, world: &mut World<'_>, noun: usize) {
    let creators = EXPORTS.iter().filter(|export| export.creates == Some(noun));
    // Those that need least come first: a file that is not there is for the wild calls.
    let wanted = creators
        .min_by_key(|export| {
            let plain =
                ["_synthetic", "_from_text", "_create"].iter().position(|end| export.name.ends_with(end));
            plain.unwrap_or(9)
        })
        .expect("every noun has a creator");
    call(bytes, world, wanted, true);
}

fn call(bytes: &mut Bytes<'_>, world: &mut World<'_>, export: &Export, tame: bool) {
    call_on(bytes, world, export, tame, None);
}

fn call_on(
    bytes: &mut Bytes<'_>,
    world: &mut World<'_>,
    export: &Export,
    tame: bool,
    forced: Option<*mut c_void>,
) {
    let mut arguments = Arguments {
        bytes,
        world,
        name: export.name,
        forced,
        tame,
        buffers: 0,
        shared: Vec::new(),
        length: 0,
        slots: Vec::new(),
        outputs: Vec::new(),
        overlaps: false,
    };
    let status = (export.call)(&mut arguments);
    OUTCOMES[export.number][usize::from(status < 0)].fetch_add(1, Ordering::Relaxed);
    let Arguments { slots, outputs, overlaps, .. } = arguments;
    assert!(![MM_E_PANIC, MM_E_POISONED].contains(&status), "{}: {}", export.name, message());
    if status >= 0 && !overlaps {
        remember(world, &outputs);
    }
    if status < 0 {
        // SAFETY: any number is fine.
        let name = unsafe { mm_status_name(status) };
        // SAFETY: static text that ends with a zero.
        let name = unsafe { CStr::from_ptr(name) };
        assert_ne!(name, c"MM_E_UNKNOWN", "{} returned {status}", export.name);
        assert!(!message().is_empty(), "{} fails without a word", export.name);
        for (start, length, _) in outputs.into_iter().filter(|_| !overlaps) {
            // SAFETY: filled before the call, inside of a buffer.
            let now = unsafe { std::slice::from_raw_parts(start, length) };
            assert!(
                now.iter().all(|&byte| byte == UNTOUCHED),
                "{} has failed ({name:?}) and written",
                export.name
            );
        }
    }
    for (noun, slot) in slots {
        if slot.is_null() {
            continue;
        }
        assert!(status >= 0, "{} has failed and made a handle", export.name);
        world.handles[noun].push(*slot);
        if world.handles[noun].len() > MOST_HANDLES {
            let oldest = world.handles[noun].remove(0);
            destroy(world, noun, oldest);
        }
    }
}

/// Keeps what the library has written, to be given back to it.
fn remember(world: &mut World<'_>, outputs: &[(*const u8, usize, usize)]) {
    const KEPT: usize = 24;
    for &(start, length, each) in outputs {
        // SAFETY: filled before the call, inside of a buffer.
        let bytes = unsafe { std::slice::from_raw_parts(start, length) };
        let end = bytes.iter().rposition(|&byte| byte != UNTOUCHED).map_or(0, |last| last + 1);
        if each == 1 && end > 8 {
            world.written = bytes[..end].to_vec();
            continue;
        }
        for word in bytes[..end].as_chunks::<8>().0.iter().take(2) {
            let value = u64::from_le_bytes(*word);
            if value != 0 && !world.told.contains(&value) {
                world.told.push(value);
            }
        }
        while world.told.len() > KEPT {
            world.told.remove(0);
        }
    }
}

/// Gives a handle, or what is none, to the function that frees the noun.
fn destroy(world: &mut World<'_>, noun: usize, handle: *mut c_void) {
    let export =
        EXPORTS.iter().find(|export| export.destroys == Some(noun)).expect("every noun is destroyed");
    call_on(&mut Bytes::new(&[]), world, export, true, Some(handle));
}

/// How often each export has succeeded and failed, over all threads.
pub static OUTCOMES: [[AtomicU64; 2]; EXPORTS.len()] =
    [const { [const { AtomicU64::new(0) }; 2] }; EXPORTS.len()];

/// Memory and files that an attack may not fill.
fn limit_resources() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let set = |resource, bytes| {
            let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
            // SAFETY: the struct is valid for the call.
            let status = unsafe { libc::setrlimit(resource, &raw const limit) };
            assert_eq!(status, 0, "limits can be lowered");
        };
        let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages: u64 = pages.split(' ').next().and_then(|pages| pages.parse().ok()).unwrap_or(1 << 18);
        set(libc::RLIMIT_AS, pages * 4096 + (1 << 30));
        set(libc::RLIMIT_FSIZE, 64 << 20);
        // Otherwise a file that grows too long ends the process.
        // SAFETY: ignoring a signal touches nothing of this program.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    });
}

pub fn calls(bytes: &[u8]) -> bool {
    if cfg!(target_os = "linux") && !cfg!(miri) {
        limit_resources();
    }
    STAGE.with_borrow_mut(|stage| {
        let stage = stage.get_or_insert_with(|| Stage {
            memory: vec![0; BUFFERS * BUFFER / size_of::<u128>()],
            paths: Paths::new(),
        });
        let bytes = &mut Bytes::new(bytes);
        let mut world = World {
            stage,
            handles: vec![Vec::new(); NOUNS.len()],
            told: Vec::new(),
            written: Vec::new(),
            block: Box::new(std::ptr::null_mut()),
        };
        // Most calls of an execution are about one noun, so that they meet in its handles.
        let theme = NOUNS[bytes.below(NOUNS.len())].trim_end_matches("_t");
        let themed: Vec<&Export> = EXPORTS.iter().filter(|export| export.name.starts_with(theme)).collect();
        let mut worked = 0;
        for _ in 0..MOST_CALLS {
            if bytes.is_empty() {
                break;
            }
            let export = match themed.get(bytes.u16() as usize % (themed.len() + themed.len() / 3 + 1)) {
                Some(export) => *export,
                None => &EXPORTS[bytes.u16() as usize % EXPORTS.len()],
            };
            if let Some(noun) = export.destroys {
                let other = world.handles[bytes.below(NOUNS.len())].first().copied();
                match (bytes.below(4), world.handles[noun].pop()) {
                    (0, Some(handle)) => destroy(&mut world, noun, handle),
                    (choice, alive) => {
                        world.handles[noun].extend(alive);
                        // Null is fine, and a handle of another kind is left alone.
                        let is_other = other.is_some_and(|other| !world.handles[noun].contains(&other));
                        let handle = if choice == 1 && is_other { other } else { None };
                        destroy(&mut world, noun, handle.unwrap_or(std::ptr::null_mut()));
                    }
                }
                continue;
            }
            if export.name == "mm_pool_simulate_panic" {
                // What it does is tested elsewhere, and each call of it speaks to standard error.
                continue;
            }
            call(bytes, &mut world, export, false);
            worked += 1;
        }
        for noun in 0..NOUNS.len() {
            while let Some(handle) = world.handles[noun].pop() {
                destroy(&mut world, noun, handle);
            }
        }
        world.stage.paths.remove();
        worked > 0
    })
}
