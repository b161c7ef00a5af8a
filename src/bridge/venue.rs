//! `mm::cxx::venue`: the simulated venue of a replay.

use super::guarded::attempt;
use super::mirror::Blank;
use super::types::{self, fill};
use super::{Error, Guarded};
use crate::ffi::args::fits;
use crate::ffi::order_types::{mm_execution_report_t, mm_order_action_t};
use crate::ffi::venue::mm_venue_config_t;
use crate::oms;
use crate::sim::{self as core, ReplayVenue};
use crate::types::Timestamp;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "event"]
        type Event = crate::bridge::types::Event;
        include!("market-maker/src/bridge/order_types.rs.h");
        #[cxx_name = "order_action"]
        type OrderAction = crate::bridge::order_types::OrderAction;
        #[cxx_name = "execution_report"]
        type ExecutionReport = crate::bridge::order_types::ExecutionReport;
        include!("market-maker/src/bridge/engine.rs.h");
        #[cxx_name = "engine"]
        type Engine = crate::bridge::engine::Engine;
    }

    /// Latencies and capacities of a venue.
    #[cxx_name = "venue_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct VenueConfig {
        /// From sending a new order or a replacement to its arrival, ns. Default 0.
        entry_latency: u64,
        /// From sending a cancel to its arrival, ns. Default 0.
        cancel_latency: u64,
        /// Own orders that may rest at once, 1 to 2^20. Default 64.
        max_orders: u32,
        /// Own requests that may be under way at once, 1 to 2^20. Default 256.
        max_requests: u32,
    }

    extern "Rust" {
        /// A simulated venue for replays: own orders join the recorded queue. One owner; a call that throws has changed nothing.
        #[cxx_name = "venue"]
        type Venue;

        #[Self = "Venue"]
        fn defaults() -> VenueConfig;
        #[Self = "Venue"]
        fn create(config: &VenueConfig) -> Result<Box<Venue>>;
        /// Sends a request at the time `now`, ns; it arrives after its latency.
        fn submit(self: &mut Venue, now: u64, action: &OrderAction) -> Result<()>;
        /// How many reports the next event may cause.
        fn reports_needed(self: &Venue) -> Result<usize>;
        /// What the recorded event does to own orders; how many reports were written. Call it with each event before
        /// engine::on_event.
        fn on_event(
            self: &mut Venue,
            engine: &Engine,
            event: &Event,
            reports: &mut [ExecutionReport],
        ) -> Result<usize>;
    }
}

use face::{Engine, Event, ExecutionReport, OrderAction, VenueConfig};

blank_by_config!(mm_venue_config_t);
mirror!(VenueConfig => mm_venue_config_t { entry_latency, cancel_latency, max_orders, max_requests });

/// The venue, and room for what it may report at once.
struct Reporting {
    venue: ReplayVenue,
    reports: Box<[oms::ExecutionReport]>,
}

/// Own orders in a recorded queue.
pub(super) struct Venue(Guarded<Reporting>);

impl Venue {
    fn defaults() -> VenueConfig {
        mm_venue_config_t::blank().into()
    }

    fn create(config: &VenueConfig) -> Result<Box<Self>, Error> {
        attempt(|| {
            let venue = ReplayVenue::new(&core::VenueConfig {
                entry_latency: config.entry_latency,
                cancel_latency: config.cancel_latency,
                max_orders: config.max_orders as usize,
                max_requests: config.max_requests as usize,
            })?;
            let reports = vec![oms::ExecutionReport::EMPTY; venue.most_reports()].into_boxed_slice();
            Ok(Box::new(Self(Guarded::new(Reporting { venue, reports }))))
        })
    }

    fn submit(&mut self, now: u64, action: &OrderAction) -> Result<(), Error> {
        self.0.change(|value| {
            let action = oms::OrderAction::try_from(&mm_order_action_t::from(action))?;
            Ok(value.venue.submit(Timestamp(now), &action)?)
        })
    }

    fn reports_needed(&self) -> Result<usize, Error> {
        self.0.read(|value| Ok(value.venue.reports_needed()))
    }

    fn on_event(
        &mut self,
        engine: &Engine,
        event: &Event,
        reports: &mut [ExecutionReport],
    ) -> Result<usize, Error> {
        self.0.change(|value| {
            engine.view().try_read(|pipeline| {
                let event = types::event(event)?;
                fits(value.venue.reports_needed(), reports.len(), "reports")?;
                let made = value.venue.on_event(pipeline.engine.book(), &event, &mut value.reports)?;
                Ok(fill(
                    reports,
                    value.reports[..made].iter().map(|report| mm_execution_report_t::from(report).into()),
                ))
            })
        })
    }
}
