use super::*;

fn sample() -> WeightWriter {
    let mut writer = WeightWriter::new();
    writer.metadata("architecture", "a \"quoted\" name\n");
    writer.f32("b.weight", &[2, 3], &[1.0, -2.0, 3.5, 0.0, -0.0, 1e-40]).unwrap();
    writer.f32("a.bias", &[1], &[f32::MAX]).unwrap();
    writer.f64("normaliser.mean", &[2], &[0.1, -1e300]).unwrap();
    writer.f32("empty", &[0, 4], &[]).unwrap();
    writer
}

/// A file with one tensor of the given type, shape and bytes, written without the writer.
fn raw(dtype: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    with_header(
        &format!("{{\"w\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":[0,{}]}}}}", data.len()),
        data,
    )
}

fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

/// Everything that a loader does with a file; must never panic.
fn exercise(bytes: Vec<u8>) -> Result<usize, ModelError> {
    let file = WeightFile::from_bytes(bytes)?;
    let names: Vec<String> = file.names().map(str::to_owned).collect();
    let mut elements = 0;
    for name in names {
        let shape = file.shape(&name).unwrap().to_vec();
        elements += file.f32(&name, &shape).map_or(0, |values| values.len());
        elements += file.f64(&name, &shape).map_or(0, |values| values.len());
    }
    Ok(elements)
}

#[test]
fn what_is_written_is_read_back_bit_for_bit_and_writing_is_deterministic() {
    let bytes = sample().to_bytes();
    assert_eq!(bytes, sample().to_bytes());
    let file = WeightFile::from_bytes(bytes).unwrap();
    assert_eq!(file.names().collect::<Vec<_>>(), ["a.bias", "b.weight", "empty", "normaliser.mean"]);
    assert_eq!(file.metadata()["architecture"], "a \"quoted\" name\n");
    let read = file.f32("b.weight", &[2, 3]).unwrap();
    let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&read), bits(&[1.0, -2.0, 3.5, 0.0, -0.0, 1e-40]));
    assert_eq!(file.f64("normaliser.mean", &[2]).unwrap(), [0.1, -1e300]);
    assert_eq!(file.f64("a.bias", &[1]).unwrap(), [f64::from(f32::MAX)]);
    assert!(file.f32("empty", &[0, 4]).unwrap().is_empty());
    assert!(file.path().is_none());
}

#[test]
fn the_format_is_that_of_the_safetensors_crate() {
    let bytes = sample().to_bytes();
    let theirs = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(theirs.len(), 4);
    let tensor = theirs.tensor("b.weight").unwrap();
    assert_eq!((tensor.dtype(), tensor.shape()), (Dtype::F32, &[2, 3][..]));
    assert_eq!(tensor.data()[..4], 1.0_f32.to_le_bytes());
    // Elements are aligned to their size, counted from the start of the file.
    let start = |name: &str| theirs.tensor(name).unwrap().data().as_ptr() as usize - bytes.as_ptr() as usize;
    assert!(start("normaliser.mean").is_multiple_of(8) && start("a.bias").is_multiple_of(4));
}

#[test]
fn wrong_names_shapes_and_types_are_named_with_what_was_expected() {
    let file = WeightFile::from_bytes(sample().to_bytes()).unwrap();
    assert_eq!(file.f32("c", &[1]).unwrap_err().to_string(), "tensor `c` is missing");
    assert_eq!(
        file.f32("b.weight", &[3, 2]).unwrap_err().to_string(),
        "tensor `b.weight` has shape [2, 3], expected [3, 2]"
    );
    let integers = WeightFile::from_bytes(raw("I32", "[1]", &[0; 4])).unwrap();
    assert_eq!(
        integers.f32("w", &[1]).unwrap_err().to_string(),
        "tensor `w` has elements of type I32, expected F32, F64, F16 or BF16"
    );
    assert!(matches!(integers.f64("w", &[1]), Err(ModelError::Dtype { .. })));
    let strict = file.refuse_others(|name| name != "empty").unwrap_err();
    assert_eq!(strict.to_string(), "tensor `empty` belongs to no part of the model");
    file.refuse_others(|_| true).unwrap();
}

#[test]
fn every_half_and_every_bfloat_converts_exactly() {
    let all: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
    for bits in 0..=u16::MAX {
        // The definition: (−1)^s · 2^(e − 25) · (1024 + m), or 2^(−24) · m where e = 0.
        let (e, m) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
        let size = if e == 0 { m * 2f64.powi(-24) } else { (1024.0 + m) * 2f64.powi(e - 25) };
        let expected = if bits >> 15 == 1 { -size } else { size };
        if e < 31 {
            assert_eq!(f64::from(half_to_f32(bits)).to_bits(), expected.to_bits(), "{bits:#06x}");
        } else {
            assert!(!half_to_f32(bits).is_finite());
        }
        assert_eq!(bf16_to_f32(bits).to_bits(), u32::from(bits) << 16);
    }
    for (dtype, first) in [("F16", 0x7c00), ("BF16", 0x7f80)] {
        let file = WeightFile::from_bytes(raw(dtype, "[65536]", &all)).unwrap();
        match file.f32("w", &[65536]) {
            Err(ModelError::NotFiniteWeight { tensor, index }) => {
                assert_eq!((tensor.as_str(), index), ("w", first))
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn not_finite_weights_are_refused_with_their_place() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let data: Vec<u8> = [1.0, 2.0, bad, 4.0].iter().flat_map(|x: &f32| x.to_le_bytes()).collect();
        let error =
            WeightFile::from_bytes(raw("F32", "[2,2]", &data)).unwrap().f32("w", &[2, 2]).unwrap_err();
        assert_eq!(error.to_string(), "tensor `w` is not finite at element 2");
        let refused = WeightWriter::new().f32("w", &[2], &[0.0, bad]).map(|_| ()).unwrap_err();
        assert!(matches!(refused, ModelError::NotFiniteWeight { index: 1, .. }));
    }
    // Finite as a double, but not as the float that was asked for.
    let wide = WeightFile::from_bytes(raw("F64", "[1]", &1e300_f64.to_le_bytes())).unwrap();
    assert!(matches!(wide.f32("w", &[1]), Err(ModelError::NotFiniteWeight { index: 0, .. })));
    assert_eq!(wide.f64("w", &[1]).unwrap(), [1e300]);
}

#[test]
fn values_that_do_not_fill_the_shape_are_not_saved() {
    let mut writer = WeightWriter::new();
    assert!(matches!(writer.f32("w", &[2, 2], &[0.0; 3]).map(|_| ()), Err(ModelError::Shape { .. })));
    assert!(writer.f32("w", &[usize::MAX, 2], &[0.0; 3]).is_err());
}

#[test]
fn a_second_tensor_of_a_name_replaces_the_first() {
    let mut writer = WeightWriter::new();
    writer.f32("w", &[1], &[1.0]).unwrap().f64("w", &[2], &[2.0, 3.0]).unwrap();
    let file = WeightFile::from_bytes(writer.to_bytes()).unwrap();
    assert_eq!(file.f64("w", &[2]).unwrap(), [2.0, 3.0]);
    writer.f32("w", &[1], &[4.0]).unwrap();
    assert_eq!(WeightFile::from_bytes(writer.to_bytes()).unwrap().f32("w", &[1]).unwrap(), [4.0]);
}

#[test]
fn a_file_cut_anywhere_is_a_typed_error() {
    let bytes = sample().to_bytes();
    for length in 0..bytes.len() {
        let refused = exercise(bytes[..length].to_vec());
        assert!(matches!(refused, Err(ModelError::Malformed { .. })), "{length} of {}", bytes.len());
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(exercise(longer), Err(ModelError::Malformed { .. })));
    assert_eq!(exercise(bytes).unwrap(), 16);
}

#[test]
fn no_altered_byte_makes_a_panic() {
    let bytes = sample().to_bytes();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut refused = 0;
    for place in 0..bytes.len() {
        let values: Vec<u8> = if place < header { (0..=255).collect() } else { vec![0, 0x7f, 0x80, 0xff] };
        for value in values {
            let mut altered = bytes.clone();
            altered[place] = value;
            refused += usize::from(exercise(altered).is_err());
        }
    }
    assert!(refused > 10_000, "{refused}");
}

#[test]
fn places_that_overflow_or_overlap_are_typed_errors() {
    let max = usize::MAX;
    let huge = |n: usize| {
        let part = 1_usize << 61;
        let entry = |i: usize| {
            let (from, to) = (i * part, if i == 7 { max } else { (i + 1) * part });
            format!("\"t{i}\":{{\"dtype\":\"U8\",\"shape\":[{}],\"data_offsets\":[{from},{to}]}}", to - from)
        };
        (0..n).map(entry).collect::<Vec<_>>().join(",")
    };
    let headers = [
        format!("{{{}}}", huge(8)),
        format!("{{{}}}", huge(3)),
        format!("{{\"w\":{{\"dtype\":\"F32\",\"shape\":[{max},{max}],\"data_offsets\":[0,4]}}}}"),
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}".to_owned(),
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".to_owned(),
        "{\"w\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}".to_owned(),
        "[]".to_owned(),
        "{\"w\":1}".to_owned(),
        "[".repeat(100_000),
        String::new(),
    ];
    for header in headers {
        let refused = exercise(with_header(&header, &[0; 4]));
        assert!(matches!(refused, Err(ModelError::Malformed { .. })), "{header:.80}: {refused:?}");
    }
    assert!(matches!(
        exercise([&u64::MAX.to_le_bytes()[..], b"{}"].concat()),
        Err(ModelError::Malformed { .. })
    ));
}

#[test]
fn a_missing_file_and_a_folder_are_io_errors_with_the_path() {
    let error = WeightFile::open("/nonexistent/weights.safetensors").unwrap_err();
    assert!(error.to_string().starts_with("/nonexistent/weights.safetensors: "), "{error}");
    assert!(matches!(WeightFile::open(std::env::temp_dir()), Err(ModelError::Io { .. })));
}

#[test]
fn writing_replaces_the_file_in_one_step_and_leaves_nothing_beside_it() {
    let folder = std::env::temp_dir().join(format!("mm-weights-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("model.safetensors");
    let mut writer = WeightWriter::new();
    writer.f32("w", &[1], &[1.0]).unwrap();
    writer.write(&path).unwrap();
    let old = WeightFile::open(&path).unwrap();
    assert_eq!(old.path(), Some(path.as_path()));
    writer.f32("w", &[1], &[2.0]).unwrap();
    writer.write(&path).unwrap();
    // Whoever had the old file open still reads the old weights.
    assert_eq!(old.f32("w", &[1]).unwrap(), [1.0]);
    assert_eq!(WeightFile::open(&path).unwrap().f32("w", &[1]).unwrap(), [2.0]);
    assert!(matches!(writer.write(folder.join("no/such/folder.bin")), Err(ModelError::Io { .. })));
    // A folder cannot be replaced by a file: the new file must not stay beside it.
    fs::create_dir_all(folder.join("taken/inside")).unwrap();
    assert!(writer.write(folder.join("taken")).is_err());
    assert!(writer.write("/").is_err());
    let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["model.safetensors", "taken"]);
    fs::remove_dir_all(&folder).unwrap();
}
