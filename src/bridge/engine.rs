//! `mm::cxx::engine`: the whole pipeline of one instrument.

use super::guarded::{attempt, verdict};
use super::mirror::Blank;
use super::types::{self, fill};
use super::{Error, Guarded, order_types};
use crate::book::Depth;
use crate::engine::{self as core, ClockMode, ReportEffect};
use crate::features::FeatureConfig;
use crate::ffi::book::mm_book_config_t;
use crate::ffi::depth::mm_level_t;
use crate::ffi::engine::{MM_MAX_ENGINE_ACTIONS, stage};
use crate::ffi::engine_config::mm_engine_config_t;
use crate::ffi::engine_figures::{account_of, mm_engine_stats_t, mm_latency_t};
use crate::ffi::features::add_moments;
use crate::ffi::forecaster::{
    mm_forecaster_config_t, new_forecaster, none_attached, prediction_of, rows_read,
};
use crate::ffi::order_types::mm_execution_report_t;
use crate::ffi::orders::mm_order_manager_config_t;
use crate::ffi::risk::{mm_risk_config_t, mm_risk_counters_t};
use crate::ffi::risk_control::mm_risk_latches_t;
use crate::ffi::status::{Failure, MM_E_ENUM, MM_OK, MM_STALE};
use crate::ffi::strategy::mm_stoikov_config_t;
use crate::model::weights::WeightWriter;
use crate::oms::{self, OmsConfig};
use crate::risk;
use crate::strategy::{self, StoikovStrategy};
use crate::types::{Instrument as CoreInstrument, Timestamp};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/engine_figures.rs.h");
        #[cxx_name = "engine_account"]
        type EngineAccount = crate::bridge::engine_figures::EngineAccount;
        #[cxx_name = "engine_stats"]
        type EngineStats = crate::bridge::engine_figures::EngineStats;
        #[cxx_name = "forecaster_config"]
        type ForecasterConfig = crate::bridge::engine_figures::ForecasterConfig;
        #[cxx_name = "latency"]
        type Latency = crate::bridge::engine_figures::Latency;
        #[cxx_name = "prediction"]
        type Prediction = crate::bridge::engine_figures::Prediction;
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "event"]
        type Event = crate::bridge::types::Event;
        #[cxx_name = "instrument"]
        type Instrument = crate::bridge::types::Instrument;
        #[cxx_name = "level"]
        type Level = crate::bridge::types::Level;
        #[cxx_name = "side"]
        type Side = crate::bridge::types::Side;
        include!("market-maker/src/bridge/book.rs.h");
        #[cxx_name = "book_config"]
        type BookConfig = crate::bridge::book::BookConfig;
        include!("market-maker/src/bridge/risk_config.rs.h");
        #[cxx_name = "risk_config"]
        type RiskConfig = crate::bridge::risk_config::RiskConfig;
        include!("market-maker/src/bridge/risk.rs.h");
        #[cxx_name = "risk_counters"]
        type RiskCounters = crate::bridge::risk::RiskCounters;
        #[cxx_name = "risk_latches"]
        type RiskLatches = crate::bridge::risk::RiskLatches;
        include!("market-maker/src/bridge/order_types.rs.h");
        #[cxx_name = "execution_report"]
        type ExecutionReport = crate::bridge::order_types::ExecutionReport;
        #[cxx_name = "order_action"]
        type OrderAction = crate::bridge::order_types::OrderAction;
        include!("market-maker/src/bridge/orders.rs.h");
        #[cxx_name = "order_manager_config"]
        type OrderManagerConfig = crate::bridge::orders::OrderManagerConfig;
        include!("market-maker/src/bridge/feature_window.rs.h");
        #[cxx_name = "feature_window_config"]
        type FeatureWindowConfig = crate::bridge::feature_window::FeatureWindowConfig;
        include!("market-maker/src/bridge/predictor.rs.h");
        #[cxx_name = "predictor"]
        type Predictor = crate::bridge::predictor::Predictor;
        include!("market-maker/src/bridge/strategy.rs.h");
        #[cxx_name = "stoikov_config"]
        type StoikovConfig = crate::bridge::strategy::StoikovConfig;
    }

    /// Which clock the engine reads by itself: none; at the start and the end of each event; between its stages too.
    #[cxx_name = "clock"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum Clock {
        #[cxx_name = "off"]
        Off = 0,
        #[cxx_name = "total"]
        Total = 1,
        #[cxx_name = "stages"]
        Stages = 2,
    }

    /// A stage of the pipeline, for latencies.
    #[cxx_name = "stage"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum Stage {
        #[cxx_name = "book"]
        Book = 0,
        #[cxx_name = "features"]
        Features = 1,
        #[cxx_name = "quote"]
        Quote = 2,
        #[cxx_name = "orders"]
        Orders = 3,
        #[cxx_name = "tick_to_quote"]
        TickToQuote = 4,
        #[cxx_name = "event"]
        Event = 5,
    }

    /// What an engine is built from; engine::defaults() fills it.
    #[cxx_name = "engine_config"]
    #[derive(Clone, Debug)]
    struct EngineConfig {
        /// Increments, fees, and the id that orders carry.
        instrument: Instrument,
        /// Storage of the book; by level, `max_orders` counts levels.
        book: BookConfig,
        /// The strategy.
        strategy: StoikovConfig,
        /// Pre-trade limits.
        risk: RiskConfig,
        /// The order manager; its instrument is the engine's.
        orders: OrderManagerConfig,
        /// Half-life of the volatility, seconds.
        volatility_half_life: f64,
        /// Half-life of the average spread, seconds.
        spread_half_life: f64,
        /// Half-life of order-flow imbalance and trade flow, seconds.
        flow_half_life: f64,
        /// Whether the feed shows price levels instead of orders.
        by_level: bool,
        /// Which clock it reads.
        clock: Clock,
    }

    extern "Rust" {
        /// Book, features, strategy, risk gate, order manager and position of one instrument: market data in, order actions out.
        /// One owner; nothing allocates after construction but exceptions.
        #[cxx_name = "engine"]
        #[derive(ExternType)]
        type Engine;

        #[Self = "Engine"]
        fn defaults() -> EngineConfig;
        #[Self = "Engine"]
        fn forecaster_defaults() -> ForecasterConfig;
        /// The engine and everything it will ever need.
        #[Self = "Engine"]
        fn create(config: &EngineConfig) -> Result<Box<Engine>>;

        /// Takes one market-data event; how many order actions were written, for which room for 16 is always enough. An event
        /// that the book refuses throws and changes nothing.
        fn on_event(self: &mut Engine, event: &Event, actions: &mut [OrderAction]) -> Result<usize>;
        /// The same without an exception, for feeds in which refusals are ordinary: 0 or MM_E_*; nothing is written then.
        fn try_on_event(
            self: &mut Engine,
            event: &Event,
            actions: &mut [OrderAction],
            written: &mut usize,
        ) -> i32;
        /// Quotes now, whether or not anything changed; `now` in ns.
        fn refresh(self: &mut Engine, now: u64, actions: &mut [OrderAction]) -> Result<usize>;
        /// Takes the venue's word on an own order; false for one that is over, where nothing changed.
        fn on_report(self: &mut Engine, report: &ExecutionReport) -> Result<bool>;
        /// The same without an exception: 0, MM_STALE for an order that is over, or MM_E_*.
        fn try_on_report(self: &mut Engine, report: &ExecutionReport) -> i32;
        /// There is a gap in the feed that nothing in it tells of.
        fn interrupt(self: &mut Engine) -> Result<()>;

        /// Attaches a share of a predictor, in place of one that is attached; `network` may be let go. A window of 0 rows is one
        /// of as many as the network reads; `normaliser` is the path of a safetensors file with the features' moments, or empty.
        fn attach_predictor(
            self: &mut Engine,
            network: &Predictor,
            window: &FeatureWindowConfig,
            forecaster: &ForecasterConfig,
            normaliser: &str,
        ) -> Result<()>;
        /// Takes the predictor away; fine where none is attached.
        fn detach_predictor(self: &mut Engine) -> Result<()>;
        /// What the attached predictor last said, and whether it still holds; throws MM_E_NOT_FOUND where none is attached.
        fn prediction_now(self: &Engine) -> Result<Prediction>;
        /// Writes the moments of the attached predictor's features, for an engine that goes on from them.
        fn save_normaliser(self: &Engine, path: &str) -> Result<()>;

        fn stats(self: &Engine) -> Result<EngineStats>;
        fn account(self: &Engine) -> Result<EngineAccount>;
        /// What the gate passed and refused.
        fn counters(self: &Engine) -> Result<RiskCounters>;
        /// Equal for two replays of the same data with the same settings, from any language.
        fn state_hash(self: &Engine) -> Result<u64>;
        /// The best levels of a side, best first; how many were written.
        fn levels(self: &Engine, side: Side, out: &mut [Level]) -> Result<usize>;
        /// Percentiles of a stage.
        fn latency_of(self: &Engine, stage: Stage) -> Result<Latency>;
        /// Adds a latency that the host measured.
        fn record_latency(self: &mut Engine, stage: Stage, nanoseconds: u64) -> Result<()>;

        fn set_risk_config(self: &mut Engine, config: &RiskConfig) -> Result<()>;
        /// As the same functions of risk_gate.
        fn latches(self: &Engine) -> Result<RiskLatches>;
        fn latch_token(self: &Engine) -> Result<u64>;
        fn restore_risk(self: &mut Engine, stored: &RiskLatches) -> Result<()>;
        fn reset_risk(self: &mut Engine, token: u64, reason: &str, timestamp: u64) -> Result<()>;
    }
}

use face::{
    Clock, EngineAccount, EngineConfig, EngineStats, Event, ExecutionReport, FeatureWindowConfig,
    ForecasterConfig, Latency, Level, OrderAction, Prediction, Predictor, RiskConfig, RiskCounters,
    RiskLatches, Side, Stage,
};

blank_by_config!(mm_engine_config_t);

/// The engine, and room for what it may send at once.
pub(super) struct Pipeline {
    pub(super) engine: core::Engine<StoikovStrategy>,
    actions: [oms::OrderAction; MM_MAX_ENGINE_ACTIONS],
}

impl Pipeline {
    fn on_event(&mut self, event: &Event, actions: &mut [OrderAction]) -> Result<usize, Failure> {
        let event = types::event(event)?;
        let room = actions.len().min(MM_MAX_ENGINE_ACTIONS);
        let made = self.engine.on_event(&event, &mut self.actions[..room])?;
        Ok(fill(actions, self.actions[..made].iter().map(order_types::action)))
    }

    /// Whether it changed anything.
    fn on_report(&mut self, report: &ExecutionReport) -> Result<bool, Failure> {
        let report = oms::ExecutionReport::try_from(&mm_execution_report_t::from(report))?;
        Ok(match self.engine.on_report(&report)? {
            ReportEffect::Stale => false,
            ReportEffect::Order(_) | ReportEffect::Fill { .. } => true,
        })
    }
}

/// One instrument's pipeline.
pub(super) struct Engine(Guarded<Pipeline>);

/// An engine as the config says.
fn build(config: &EngineConfig) -> Result<core::Engine<StoikovStrategy>, Failure> {
    let clock = config.clock.repr;
    let settings = core::EngineConfig {
        instrument: CoreInstrument::try_from(&config.instrument)?,
        book: crate::book::BookConfig::try_from(&mm_book_config_t::from(&config.book))?,
        by_level: config.by_level,
        features: FeatureConfig {
            volatility_half_life: config.volatility_half_life,
            spread_half_life: config.spread_half_life,
            flow_half_life: config.flow_half_life,
        },
        risk: risk::RiskConfig::try_from(&mm_risk_config_t::from(&config.risk))?,
        orders: OmsConfig::try_from(&mm_order_manager_config_t::from(&config.orders))?,
        clock: ClockMode::from_u8(clock)
            .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("clock {clock} is unknown")))?,
    };
    let strategy = strategy::StoikovConfig::try_from(&mm_stoikov_config_t::from(&config.strategy))?;
    Ok(core::Engine::new(&settings, StoikovStrategy::new(&strategy)?)?)
}

impl Engine {
    fn defaults() -> EngineConfig {
        let defaults = mm_engine_config_t::blank();
        EngineConfig {
            instrument: types::default_instrument(),
            book: mm_book_config_t::blank().into(),
            strategy: mm_stoikov_config_t::blank().into(),
            risk: mm_risk_config_t::blank().into(),
            orders: mm_order_manager_config_t::blank().into(),
            volatility_half_life: defaults.volatility_half_life,
            spread_half_life: defaults.spread_half_life,
            flow_half_life: defaults.flow_half_life,
            by_level: defaults.by_level != 0,
            clock: Clock { repr: defaults.clock },
        }
    }

    fn forecaster_defaults() -> ForecasterConfig {
        mm_forecaster_config_t::blank().into()
    }

    fn create(config: &EngineConfig) -> Result<Box<Self>, Error> {
        attempt(|| {
            let engine = build(config)?;
            let actions = [oms::OrderAction::EMPTY; MM_MAX_ENGINE_ACTIONS];
            Ok(Box::new(Self(Guarded::new(Pipeline { engine, actions }))))
        })
    }

    /// The pipeline, to be looked at.
    pub(super) const fn view(&self) -> &Guarded<Pipeline> {
        &self.0
    }

    fn on_event(&mut self, event: &Event, actions: &mut [OrderAction]) -> Result<usize, Error> {
        self.0.change(|pipeline| pipeline.on_event(event, actions))
    }

    fn try_on_event(&mut self, event: &Event, actions: &mut [OrderAction], written: &mut usize) -> i32 {
        verdict(self.0.try_change(|pipeline| {
            *written = pipeline.on_event(event, actions)?;
            Ok(())
        }))
    }

    fn refresh(&mut self, now: u64, actions: &mut [OrderAction]) -> Result<usize, Error> {
        self.0.change(|pipeline| {
            let room = actions.len().min(MM_MAX_ENGINE_ACTIONS);
            let made = pipeline.engine.refresh(Timestamp(now), &mut pipeline.actions[..room])?;
            Ok(fill(actions, pipeline.actions[..made].iter().map(order_types::action)))
        })
    }

    fn on_report(&mut self, report: &ExecutionReport) -> Result<bool, Error> {
        self.0.change(|pipeline| pipeline.on_report(report))
    }

    fn try_on_report(&mut self, report: &ExecutionReport) -> i32 {
        let done = self.0.try_change(|pipeline| pipeline.on_report(report));
        done.map_or_else(Failure::status, |is_news| if is_news { MM_OK } else { MM_STALE })
    }

    fn interrupt(&mut self) -> Result<(), Error> {
        self.0.change(|pipeline| {
            pipeline.engine.interrupt();
            Ok(())
        })
    }

    fn attach_predictor(
        &mut self,
        network: &Predictor,
        window: &FeatureWindowConfig,
        forecaster: &ForecasterConfig,
        normaliser: &str,
    ) -> Result<(), Error> {
        self.0.change(|pipeline| {
            network.look(|network| {
                let mut grid = window.into();
                let crate::ffi::feature_config::mm_feature_window_config_t { rows, .. } = &mut grid;
                if *rows == 0 {
                    *rows = rows_read(network);
                }
                let normaliser = (!normaliser.is_empty()).then_some(normaliser);
                let made = new_forecaster(network, &grid, &forecaster.into(), normaliser)?;
                pipeline.engine.set_forecaster(Some(made));
                Ok(())
            })
        })
    }

    fn detach_predictor(&mut self) -> Result<(), Error> {
        self.0.change(|pipeline| {
            if pipeline.engine.forecaster().is_some() {
                pipeline.engine.set_forecaster(None);
            }
            Ok(())
        })
    }

    fn prediction_now(&self) -> Result<Prediction, Error> {
        self.0.read(|pipeline| Ok(prediction_of(&pipeline.engine)?.into()))
    }

    fn save_normaliser(&self, path: &str) -> Result<(), Error> {
        self.0.read(|pipeline| {
            let forecaster = pipeline.engine.forecaster().ok_or_else(none_attached)?;
            let mut writer = WeightWriter::new();
            add_moments(forecaster.window(), &mut writer)?;
            Ok(writer.write(path)?)
        })
    }

    fn stats(&self) -> Result<EngineStats, Error> {
        self.0.read(|pipeline| Ok(mm_engine_stats_t::from(pipeline.engine.stats()).into()))
    }

    fn account(&self) -> Result<EngineAccount, Error> {
        self.0.read(|pipeline| Ok(account_of(&pipeline.engine)?.into()))
    }

    fn counters(&self) -> Result<RiskCounters, Error> {
        self.0.read(|pipeline| Ok(mm_risk_counters_t::from(pipeline.engine.risk_counters()).into()))
    }

    fn state_hash(&self) -> Result<u64, Error> {
        self.0.read(|pipeline| Ok(pipeline.engine.state_hash()))
    }

    fn levels(&self, side: Side, out: &mut [Level]) -> Result<usize, Error> {
        self.0.read(|pipeline| {
            let levels = pipeline.engine.book().levels(types::side(side)?);
            Ok(fill(out, levels.map(|level| mm_level_t::from(level).into())))
        })
    }

    fn latency_of(&self, at: Stage) -> Result<Latency, Error> {
        self.0.read(|pipeline| Ok(mm_latency_t::from(pipeline.engine.latency(stage(at.repr)?)).into()))
    }

    fn record_latency(&mut self, at: Stage, nanoseconds: u64) -> Result<(), Error> {
        self.0.change(|pipeline| {
            pipeline.engine.record_latency(stage(at.repr)?, nanoseconds);
            Ok(())
        })
    }

    fn set_risk_config(&mut self, config: &RiskConfig) -> Result<(), Error> {
        self.0.change(|pipeline| {
            let config = risk::RiskConfig::try_from(&mm_risk_config_t::from(config))?;
            Ok(pipeline.engine.risk_mut().set_config(&config)?)
        })
    }

    fn latches(&self) -> Result<RiskLatches, Error> {
        self.0.read(|pipeline| Ok(mm_risk_latches_t::from(pipeline.engine.risk().latches()).into()))
    }

    fn latch_token(&self) -> Result<u64, Error> {
        self.0.read(|pipeline| Ok(pipeline.engine.risk().latches().token()))
    }

    fn restore_risk(&mut self, stored: &RiskLatches) -> Result<(), Error> {
        self.0.change(|pipeline| {
            Ok(pipeline.engine.risk_mut().restore(&(&mm_risk_latches_t::from(stored)).into())?)
        })
    }

    fn reset_risk(&mut self, token: u64, reason: &str, timestamp: u64) -> Result<(), Error> {
        self.0.change(|pipeline| {
            pipeline.engine.risk_mut().reset(token, reason, Timestamp(timestamp))?;
            Ok(())
        })
    }
}
