use std::collections::HashMap;
use std::sync::{Barrier, Mutex, OnceLock};
use std::time::Duration;

use super::*;

type Log = Arc<Mutex<HashMap<u64, Vec<u64>>>>;

/// A pool whose tasks note themselves by lane.
fn logging(config: &TaskPoolConfig) -> (TaskPool<(u64, u64)>, Log) {
    let log = Log::default();
    let pool = TaskPool::start(config, {
        let log = Arc::clone(&log);
        move |(lane, number)| {
            log.lock().unwrap().entry(lane).or_default().push(number);
            true
        }
    });
    (pool.unwrap(), log)
}

#[test]
fn a_lanes_tasks_run_in_order_and_nothing_is_lost_at_any_number_of_threads() {
    const EACH: u64 = 200;
    let idles = [Idle::Yield, Idle::Spin, Idle::Sleep(Duration::from_micros(20))];
    for (threads, idle) in [1, 2, 4].into_iter().zip(idles) {
        for capacity in [1, 64] {
            let config = TaskPoolConfig { threads, capacity, idle, ..TaskPoolConfig::default() };
            let (pool, log) = logging(&config);
            for number in 0..EACH {
                for lane in 0..7 {
                    pool.submit_to(lane, (lane, number)).unwrap();
                }
                pool.submit((99, number)).unwrap();
            }
            // Not drained: stopping alone loses nothing.
            let stats = pool.stop();
            assert_eq!((stats.submitted, stats.finished), (8 * EACH, 8 * EACH));
            assert_eq!((stats.failed, stats.panicked, stats.dropped, stats.refused), (0, 0, 0, 0));
            let mut log = log.lock().unwrap();
            let all: Vec<u64> = (0..EACH).collect();
            for lane in 0..7 {
                assert_eq!(log[&lane], all, "lane {lane} on {threads} threads");
            }
            let any = log.get_mut(&99).unwrap();
            any.sort_unstable();
            assert_eq!(*any, all);
        }
    }
}

#[test]
fn a_free_worker_takes_what_is_for_any_while_another_one_is_busy() {
    let barrier = Arc::new(Barrier::new(2));
    let config = TaskPoolConfig { threads: 2, ..TaskPoolConfig::default() };
    let pool = TaskPool::start(&config, {
        let barrier = Arc::clone(&barrier);
        move |()| {
            barrier.wait();
            true
        }
    })
    .unwrap();
    // Two tasks that wait for each other: one worker alone would never end the first.
    pool.submit(()).unwrap();
    pool.submit(()).unwrap();
    pool.drain().unwrap();
    assert_eq!(pool.stop().finished, 2);
}

#[test]
fn what_drops_the_oldest_says_how_many_and_draining_does_not_wait_for_them() {
    let gate = Arc::new(Barrier::new(2));
    let config =
        TaskPoolConfig { capacity: 3, back_pressure: BackPressure::DropOldest, ..TaskPoolConfig::default() };
    let log = Arc::new(Mutex::new(Vec::new()));
    let pool = TaskPool::start(&config, {
        let (gate, log) = (Arc::clone(&gate), Arc::clone(&log));
        move |number| {
            if number == 0 {
                gate.wait();
                gate.wait();
            }
            log.lock().unwrap().push(number);
            true
        }
    })
    .unwrap();
    pool.submit_to(0, 0).unwrap();
    gate.wait();
    for number in 1..=10 {
        pool.submit_to(0, number).unwrap();
    }
    assert_eq!(pool.waiting(), 3);
    gate.wait();
    pool.drain().unwrap();
    let stats = pool.stats();
    assert_eq!((stats.submitted, stats.finished, stats.dropped), (11, 4, 7));
    assert_eq!(*log.lock().unwrap(), [0, 8, 9, 10]);
}

#[test]
fn failures_and_panics_are_counted_and_the_worker_goes_on() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let pool = TaskPool::start(&TaskPoolConfig::default(), |number: u32| match number {
        3 => panic!("as told"),
        _ => !number.is_multiple_of(2),
    })
    .unwrap();
    for number in 0..10 {
        pool.submit(number).unwrap();
    }
    let stats = pool.stop();
    std::panic::set_hook(hook);
    assert_eq!((stats.finished, stats.failed, stats.panicked), (10, 5, 1));
}

#[test]
fn a_task_never_waits_for_its_own_pool() {
    static POOL: OnceLock<TaskPool<u32>> = OnceLock::new();
    let config = TaskPoolConfig { capacity: 1, ..TaskPoolConfig::default() };
    let seen = Arc::new(Mutex::new(Vec::new()));
    let pool = TaskPool::start(&config, {
        let seen = Arc::clone(&seen);
        move |number| {
            let pool = POOL.wait();
            if number == 0 {
                assert_eq!(pool.drain(), Err(WouldWaitForItself));
                pool.submit_to(0, 1).unwrap();
                // The lane is full, and this worker is the one that would make room.
                seen.lock().unwrap().push(pool.submit_to(0, 2));
            }
            true
        }
    });
    let pool = POOL.get_or_init(|| pool.unwrap());
    pool.submit(0).unwrap();
    pool.drain().unwrap();
    assert_eq!(*seen.lock().unwrap(), [Err((2, QueueError::Full))]);
    let stats = pool.stats();
    assert_eq!((stats.submitted, stats.finished, stats.panicked, stats.refused), (2, 2, 0, 1));
    pool.close();
    assert_eq!(pool.submit(7), Err((7, QueueError::Closed)));
    assert_eq!(pool.submit_to(7, 7), Err((7, QueueError::Closed)));
}

#[test]
fn what_cannot_start_says_why_and_leaves_no_thread() {
    let start = |config| TaskPool::start(&config, |(): ()| true).map(|_| ()).unwrap_err();
    let good = TaskPoolConfig::default;
    let bad = |parameter| ManagerError::BadParameter { parameter };
    assert_eq!(start(TaskPoolConfig { threads: 0, ..good() }), bad("threads"));
    assert_eq!(start(TaskPoolConfig { capacity: 0, ..good() }), bad("capacity"));
    let nowhere = TaskPoolConfig { threads: 2, processors: vec![usize::MAX], ..good() };
    assert!(matches!(start(nowhere), ManagerError::Affinity(_)));
}
