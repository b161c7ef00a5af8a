//! The seeds: small whole files of every format, made here from nothing recorded, committed, and compared with what is
//! made. `MARKET_MAKER_BLESS=1 cargo test --test attack seeds` writes them.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};

use market_maker::book::{BookConfig, OrderBook};
use market_maker::feed::EventSource;
use market_maker::feed::itch::{ItchWriter, ItchWriterConfig, MESSAGE_TYPES};
use market_maker::mem::shared_words::PlainWords;
use market_maker::model::lstm::Lstm;
use market_maker::model::ssm::SsmHippo;
use market_maker::position::store::{FillIdOrder, OrderChange, Store, StoredLatch, StoredOrder, Update};
use market_maker::sim::{SyntheticConfig, SyntheticFlow};
use market_maker::types::{FeeSchedule, Instrument, InstrumentId, OrderId, Price, Quantity, Side};

use super::targets::feeds::itch as itch_is_read;
use super::targets::{models, store};
use super::{files, folder};

const LOBSTER: &str = "34200.004241176,1,16113575,18,5853300,1\n\
34200.004260640,2,16113575,8,5853300,1\n34200.5,4,16113575,5,5853300,1\n34200.5,5,0,100,5857900,-1\n\
34201,3,16113575,5,5853300,1\n34202.1,7,0,0,-1,-1\n34203.1,6,-1,200,5853300,-1\n";

const LOBSTER_BOOK: &str = "5859400,200,5853300,18,5859800,200,5853000,150\n\
9999999999,0,5853300,18,9999999999,0,-9999999999,0\n";

const MBO: &str = "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,channel_id,order_id,flags,ts_in_delta,sequence,symbol\n\
2031-07-17T07:05:09.035793433Z,2031-07-17T07:05:09.035627674Z,160,2,1108,R,N,,0,0,0,8,0,0,XYZ\n\
2031-07-17T08:05:03.360842448Z,2031-07-17T08:05:03.360677248Z,160,2,1108,A,B,5.510000000,100,0,817593,130,165200,851012,XYZ\n\
1942041903360848793,1942041903360683462,160,2,1108,T,A,5510000000,10,0,0,0,165331,851013,XYZ\n\
1942041903360848793,1942041903360683462,160,2,1108,F,B,5510000000,10,0,817593,0,165331,851013,XYZ\n\
1942041903360848793,1942041903360683462,160,2,1108,C,B,5510000000,10,0,817593,160,165331,851013,XYZ\n\
1942041903360848793,1942041903360683462,160,2,1108,M,B,5500000000,20,0,817593,128,165331,851014,XYZ\n";

const BINANCE: &str = r#"1923161253937085768 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1923161255208,"s":"BTCUSDT","U":100,"u":105,"b":[["61737.63000000","0.00000000"]],"a":[["61837.64000000","1.54698000"]]}}
1923161254036059768 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1923161255308,"s":"BTCUSDT","U":106,"u":110,"b":[["55653.87000000","0.00000000"],["55653.88","2"]],"a":[]}}
1923161254087891268 {"stream":"btcusdt@bookTicker","data":{"u":112,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}
1923161254087896568 {"stream":"btcusdt@trade","data":{"e":"trade","E":1923161255343,"s":"BTCUSDT","t":77,"p":"61837.63000000","q":"0.02000000","T":1923161255342,"m":true,"M":true}}
1923161254206652067 {"lastUpdateId":107,"bids":[["61837.63000000","3.78826000"],["55653.87","1.0"]],"asks":[["61837.64000000","1.5"]]}
1923161254236059768 {"stream":"btcusdt@depth@100ms","data": {"e" : "depthUpdate", "E":1923161255408,"x":[{"y":"]}"},-1.5e3,null],"s":"BTCUSDT","U":111,"u":115, "b" : [ [ "61837.63" , "1" , [] ] ],"a":[["61837.65","0"]]} }
1923161254236059769 {"result":null,"id":1}
"#;

fn mbp10() -> String {
    let mut text = String::from(
        "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence",
    );
    for level in 0..10 {
        for column in ["bid_px", "ask_px", "bid_sz", "ask_sz", "bid_ct", "ask_ct"] {
            write!(text, ",{column}_{level:02}").unwrap();
        }
    }
    text.push_str(",symbol\n");
    for row in 0..3 {
        write!(
            text,
            "194204190336084879{row},194204190336068346{row},10,2,1108,A,B,0,5.51,100,130,165200,85101{row}"
        )
        .unwrap();
        for level in 0..10 {
            if level < 7 {
                write!(text, ",5.{},5.{},{},{},1,2", 51 - level, 53 + level, 100 + row, 200 + level).unwrap();
            } else {
                text.push_str(",,,0,0,0,0");
            }
        }
        text.push_str(",XYZ\n");
    }
    text
}

fn trees(categorical: bool) -> String {
    let (categories, kind, splits, threshold) = if categorical {
        ("num_cat=1", "9 2", "cat_boundaries=0 1\ncat_threshold=11\n", "0 0.5")
    } else {
        ("num_cat=0", "2 10", "", "0.25 1e-35")
    };
    let tree = |number: u32| {
        format!(
            "Tree={number}\nnum_leaves=3\n{categories}\nsplit_feature=0 1\nsplit_gain=2 1\nthreshold={threshold}\n\
             decision_type={kind}\nleft_child=1 -1\nright_child=-2 -3\nleaf_value=0.25 -0.5 0.125\nleaf_weight=1 1 1\n\
             leaf_count=1 1 1\ninternal_value=0 0.1\ninternal_weight=3 2\ninternal_count=3 2\n{splits}is_linear=0\n\
             shrinkage=0.1\n\n\n"
        )
    };
    let (first, second) = (tree(0), tree(1));
    format!(
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=regression\n\
         feature_names=a b\nfeature_infos=[-1:1] [0:9]\ntree_sizes={} {}\n\n{first}{second}end of trees\n\n\
         feature_importances:\na=2\nb=2\n\nparameters:\n[boosting: gbdt]\n\nend of parameters\n\npandas_categorical:null\n",
        first.len(),
        second.len()
    )
}

/// Framed messages: a written flow, and one of each type with fields of nothing.
fn itch() -> [Vec<u8>; 2] {
    let stock = Instrument::new("X", 0.01, 1.0).unwrap();
    let mut writer = ItchWriter::new(Vec::new(), &stock, &ItchWriterConfig::default()).unwrap();
    let mut flow = SyntheticFlow::new(&SyntheticConfig { events: 60, ..SyntheticConfig::default() }).unwrap();
    while let Some(event) = flow.next_event().unwrap() {
        writer.write(&event).unwrap();
    }
    let mut every = Vec::new();
    for &(kind, length) in MESSAGE_TYPES {
        let mut message = (length as u16).to_be_bytes().to_vec();
        message.resize(2 + length, 0);
        message[2] = kind;
        // Those that can be read so: a price or a side of nothing is refused.
        if itch_is_read(&message) {
            every.extend_from_slice(&message);
        }
    }
    [writer.finish().unwrap(), every]
}

#[cfg(feature = "dbn")]
fn dbn() -> Vec<u8> {
    use dbn::encode::EncodeRecord as _;
    use dbn::{FlagSet, MboMsg, MetadataBuilder, RecordHeader, SType, Schema, flags, rtype};
    let metadata = MetadataBuilder::new()
        .version(3)
        .dataset("XNAS.ITCH")
        .schema(Some(Schema::Mbo))
        .start(1)
        .stype_in(Some(SType::RawSymbol))
        .stype_out(SType::InstrumentId)
        .ts_out(false)
        .symbols(vec!["X".to_owned()])
        .build();
    let mut bytes = Vec::new();
    let mut encoder = dbn::encode::dbn::Encoder::new(&mut bytes, &metadata).unwrap();
    for (action, side, order_id) in
        [(b'A', b'B', 1), (b'A', b'A', 2), (b'M', b'B', 1), (b'T', b'A', 0), (b'C', b'A', 2)]
    {
        let record = MboMsg {
            hd: RecordHeader::new::<MboMsg>(rtype::MBO, 2, 7, 1_000),
            order_id,
            price: 4_800_250_000_000,
            size: 3,
            flags: FlagSet::new(flags::LAST),
            channel_id: 0,
            action: action as _,
            side: side as _,
            ts_recv: 2_000,
            ts_in_delta: 5,
            sequence: 9,
        };
        encoder.encode_record(&record).unwrap();
    }
    bytes
}

fn gzip(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Two members, as concatenated files have.
    for part in [&text[..40], &text[40..]] {
        let mut encoder = flate2::write::GzEncoder::new(&mut bytes, flate2::Compression::best());
        encoder.write_all(part.as_bytes()).unwrap();
        encoder.finish().unwrap();
    }
    bytes
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut text).unwrap();
    text
}

fn zstd(text: &str) -> Vec<u8> {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    let mut bytes = compress_to_vec(&text.as_bytes()[..40], CompressionLevel::Uncompressed);
    // A skippable frame between two others.
    bytes.extend_from_slice(&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    bytes.extend(compress_to_vec(&text.as_bytes()[40..], CompressionLevel::Fastest));
    bytes
}

fn snapshot() -> Vec<u8> {
    let config =
        BookConfig { max_orders: 32, window_ticks: 64, track_priority: true, ..BookConfig::default() };
    let mut book = OrderBook::new(&config).unwrap();
    book.seed(Side::Sell, Price(105), Quantity(40)).unwrap();
    for id in 1..9 {
        let (side, price) = if id % 2 == 0 { (Side::Buy, 100 - id / 3) } else { (Side::Sell, 104 + id / 3) };
        book.add(OrderId(id as u64), side, Price(price), Quantity(10 + id as u64)).unwrap();
    }
    let mut bytes = vec![0; book.snapshot_size()];
    book.write_snapshot(&mut bytes).unwrap();
    bytes
}

fn stored() -> Vec<u8> {
    let config = store::config();
    let words = PlainWords::new((config.bytes().unwrap() / 8) as usize);
    let mut made = Store::create_in(words, &config).unwrap();
    for id in 0..2 {
        made.register(InstrumentId(id), FeeSchedule::FREE, 1, FillIdOrder::Any).unwrap();
    }
    for id in 1..6 {
        made.record_fill(&store::fill((id % 2) as u32, id), id, id).unwrap();
    }
    let order = StoredOrder {
        id: OrderId(77),
        price: Price(99),
        remaining: Quantity(3),
        state: 2,
        ..StoredOrder::EMPTY
    };
    let latch = StoredLatch { id: 1, words: [3; 8] };
    made.apply(&Update { orders: &[OrderChange::Put(order)], latches: &[latch], ..Update::default() })
        .unwrap();
    made.memory().to_words().into_iter().flat_map(u64::to_le_bytes).collect()
}

fn all() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let [written, every] = itch();
    let mut book = snapshot();
    let full = book.clone();
    book.truncate(0);
    let empty =
        OrderBook::new(&BookConfig { max_orders: 1, window_ticks: 64, ..BookConfig::default() }).unwrap();
    book.resize(empty.snapshot_size(), 0);
    empty.write_snapshot(&mut book).unwrap();
    vec![
        ("lobster", "every_type.csv", LOBSTER.into()),
        ("lobster_book", "two_levels.csv", LOBSTER_BOOK.into()),
        ("itch", "written.itch", written),
        ("itch", "every_type.itch", every),
        #[cfg(feature = "dbn")]
        ("dbn", "mbo.dbn", dbn()),
        ("databento_mbo", "every_action.csv", MBO.into()),
        ("databento_mbp10", "seven_levels.csv", mbp10().into_bytes()),
        ("binance", "every_stream.json", BINANCE.into()),
        ("gzip", "two_members.gz", gzip(LOBSTER)),
        ("zstd", "three_frames.zst", zstd(LOBSTER)),
        ("book_snapshot", "full.book", full),
        ("book_snapshot", "empty.book", book),
        (
            "weights",
            "lstm.safetensors",
            Lstm::from_seed(&models::lstm_config(), 1).unwrap().writer().unwrap().to_bytes(),
        ),
        (
            "weights",
            "ssm.safetensors",
            SsmHippo::from_seed(&models::ssm_config(), 1).unwrap().writer().unwrap().to_bytes(),
        ),
        ("trees", "numeric.txt", trees(false).into_bytes()),
        ("trees", "categorical.txt", trees(true).into_bytes()),
        ("store", "used.store", stored()),
        ("store_file", "used.store", stored()),
    ]
}

/// Compares what is committed with what is made, or writes it.
pub fn check_or_bless() {
    for (target, name, bytes) in all() {
        let path = folder("corpus", target).join(name);
        if std::env::var_os("MARKET_MAKER_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        let committed = files(&folder("corpus", target)).into_iter().find(|(at, _)| *at == path);
        // What a compressor makes of a text is its own affair, and there are several.
        let made = if target == "gzip" { gunzip(&bytes) } else { bytes };
        assert!(
            committed.is_some_and(|(_, found)| if target == "gzip" { gunzip(&found) } else { found } == made),
            "{} is not what is made",
            path.display()
        );
    }
}
