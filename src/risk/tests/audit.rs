//! The audit ring: complete, in order, honest about what it lost.

use super::*;

#[test]
fn every_decision_is_a_record() {
    let config = RiskConfig { max_order_quantity: Some(Quantity(10)), ..RiskConfig::default() };
    let mut bench = Bench::new(config);
    let (passes, fails) = (bench.order(Side::Sell, 10_005, 4), bench.order(Side::Buy, 9_999, 11));
    bench.ask(OrderIntent { post_only: true, replaces: Quantity(1), ..passes }).unwrap();
    bench.ask(fails).unwrap_err();
    bench.gate.cancelled(&passes);
    let (monitor, mut cursor) = (bench.gate.monitor(), 0);
    let mut out = [AuditRecord::default(); 2];
    assert_eq!(monitor.drain(&mut cursor, &mut out), Drained { count: 2, lost: 0 });
    let expected = AuditRecord {
        sequence: 0,
        timestamp: 1_000,
        order_id: passes.order_id.0,
        price: 10_005,
        quantity: 4,
        observed: 0,
        limit: 1,
        instrument: AAPL.0,
        kind: AuditKind::Passed as u8,
        reason: 0,
        side: 1,
        flags: 1,
    };
    assert_eq!(out[0], expected);
    let refused = AuditRecord {
        sequence: 1,
        order_id: fails.order_id.0,
        price: 9_999,
        quantity: 11,
        observed: 11,
        limit: 10,
        kind: AuditKind::Refused as u8,
        reason: RiskReason::OrderQuantity as u8,
        side: 0,
        flags: 0,
        ..expected
    };
    assert_eq!(out[1], refused);
    assert_eq!(monitor.drain(&mut cursor, &mut out), Drained { count: 1, lost: 0 });
    assert_eq!((out[0].kind, out[0].order_id), (AuditKind::Cancel as u8, passes.order_id.0));
    assert_eq!(monitor.drain(&mut cursor, &mut out), Drained::default());
    for number in 1..=13 {
        assert_eq!(AuditKind::from_u8(number).map(|kind| kind as u8), Some(number));
    }
    assert_eq!((AuditKind::from_u8(0), AuditKind::from_u8(14)), (None, None));
}

#[test]
fn a_slow_reader_is_told_what_it_lost() {
    let mut bench = Bench::new(RiskConfig { audit_capacity: 5, ..RiskConfig::default() });
    let monitor = bench.gate.monitor();
    assert_eq!(monitor.audit().capacity(), 8, "rounded up");
    for _ in 0..20 {
        bench.try_buy().unwrap();
    }
    let (mut cursor, mut out) = (3, [AuditRecord::default(); 16]);
    assert_eq!(monitor.drain(&mut cursor, &mut out), Drained { count: 8, lost: 9 });
    assert!(out[..8].iter().map(|record| record.sequence).eq(12..20));
    cursor = u64::MAX;
    assert_eq!(monitor.drain(&mut cursor, &mut out), Drained::default());
    assert_eq!(cursor, 20);
}

#[test]
fn a_reader_on_another_thread_sees_whole_records_in_order() {
    const ORDERS: u64 = if cfg!(miri) { 200 } else { 100_000 };
    let mut bench = Bench::new(RiskConfig { audit_capacity: 64, ..RiskConfig::default() });
    let monitor = bench.gate.monitor();
    let reader = std::thread::spawn(move || {
        let (mut cursor, mut seen, mut lost, mut next) = (0, 0, 0, 0);
        let mut out = [AuditRecord::default(); 16];
        while seen + lost < ORDERS {
            let drained = monitor.drain(&mut cursor, &mut out);
            for record in &out[..drained.count] {
                assert!(record.sequence >= next);
                next = record.sequence + 1;
                // Every field follows from the sequence: a mixture of two records is found out.
                let n = record.sequence;
                assert_eq!((record.timestamp, record.order_id), (1_000 + n, 2 + n));
                assert_eq!((record.price, record.quantity), (10_000 + n as i64 % 50, 1 + n % 7));
            }
            seen += drained.count as u64;
            lost += drained.lost;
            std::thread::yield_now();
        }
        (seen, lost)
    });
    for n in 0..ORDERS {
        bench.now = 1_000 + n;
        let order = bench.order(Side::Buy, 10_000 + n as i64 % 50, 1 + n % 7);
        bench.ask(order).unwrap();
        if n % 32 == 0 {
            std::thread::yield_now();
        }
    }
    let (seen, lost) = reader.join().unwrap();
    assert_eq!(seen + lost, ORDERS);
    assert!(seen > 0);
}
