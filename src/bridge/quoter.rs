//! `mm::cxx::quoter`: where to quote, by the closed forms or a solved table.

use super::guarded::attempt;
use super::mirror::Blank;
use super::{Error, Guarded};
use crate::ffi::quote::{self, mm_quoter_config_t, mm_quotes_t};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    /// Which model a quoter solves.
    #[cxx_name = "quoter_model"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum QuoterModel {
        #[cxx_name = "avellaneda_stoikov"]
        AvellanedaStoikov = 0,
        #[cxx_name = "glft_table"]
        GlftTable = 1,
        #[cxx_name = "glft_asymptotic"]
        GlftAsymptotic = 2,
    }

    /// Model and parameters of a quoter. Prices in ticks, times in seconds, inventory in lots.
    #[cxx_name = "quoter_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct QuoterConfig {
        /// Aversion to the price risk of inventory, at least 0, 1/(tick lot). Default 0.1.
        gamma: f64,
        /// Aversion to the randomness of executions, at least 0, 1/(tick lot); negative, the default, is gamma. GLFT
        /// only.
        xi: f64,
        /// Volatility of the mid, at least 0, ticks per square root of a second. Default 2.
        sigma: f64,
        /// Decay of the fill intensity with the distance from mid, positive, 1/tick. Default 1.5.
        k: f64,
        /// Fill intensity at mid, positive, 1/second. Default 1. GLFT only.
        intensity: f64,
        /// Lots in one order, positive. Default 1. GLFT only.
        order_size: f64,
        /// Seconds to the horizon. Default 1. Not for the asymptotic model.
        horizon: f64,
        /// Largest inventory of the table, orders, 1 to 512. Default 30.
        inventory_limit: u32,
        /// Remaining times that the table is solved for besides 0; 0, the default, is the full horizon only.
        horizon_steps: u32,
        /// Which model. Default Avellaneda-Stoikov.
        model: QuoterModel,
    }

    /// Quotes around a mid, ticks, not rounded.
    #[cxx_name = "quotes"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Quotes {
        /// Bid price; meaningful if has_bid.
        bid: f64,
        /// Ask price; meaningful if has_ask.
        ask: f64,
        /// Whether there is one; not where the model wants no quote: at the inventory limit.
        has_bid: bool,
        /// Whether there is one; not where the model wants no quote.
        has_ask: bool,
    }

    extern "Rust" {
        /// Optimal quotes. Never changes after construction: any number of threads may use one.
        #[cxx_name = "quoter"]
        type Quoter;

        #[Self = "Quoter"]
        fn defaults() -> QuoterConfig;
        /// Checks the parameters and solves what can be solved once.
        #[Self = "Quoter"]
        fn create(config: &QuoterConfig) -> Result<Box<Quoter>>;
        /// The quotes around `mid` ticks with `inventory` lots and `remaining` seconds to the horizon.
        fn quote(self: &Quoter, mid: f64, inventory: f64, remaining: f64) -> Result<Quotes>;
    }
}

use face::{QuoterConfig, QuoterModel, Quotes};

numbered!(QuoterModel: u8);
blank_by_config!(mm_quoter_config_t);
mirror!(QuoterConfig => mm_quoter_config_t {
    gamma, xi, sigma, k, intensity, order_size, horizon, inventory_limit, horizon_steps
} numbers { model });
shown!(Quotes => mm_quotes_t { bid, ask } flags { has_bid, has_ask });

/// One model, solved.
pub(super) struct Quoter(Guarded<quote::Quoter>);

impl Quoter {
    fn defaults() -> QuoterConfig {
        mm_quoter_config_t::blank().into()
    }

    fn create(config: &QuoterConfig) -> Result<Box<Self>, Error> {
        attempt(|| Ok(Box::new(Self(Guarded::new(quote::Quoter::new(&config.into())?)))))
    }

    fn quote(&self, mid: f64, inventory: f64, remaining: f64) -> Result<Quotes, Error> {
        self.0.read(|quoter| Ok(quoter.quote(mid, inventory, remaining)?.into()))
    }
}
