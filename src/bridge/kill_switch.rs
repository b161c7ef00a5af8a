//! `mm::cxx::kill_switch`: the switch of a gate, for any thread.

use super::Error;
use crate::risk as core;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/risk.rs.h");
        #[cxx_name = "risk_gate"]
        type RiskGate = crate::bridge::risk::RiskGate;
        include!("market-maker/src/bridge/engine.rs.h");
        #[cxx_name = "engine"]
        type Engine = crate::bridge::engine::Engine;
    }

    extern "Rust" {
        /// Turns a gate off, from any thread; it outlives the gate. All switches of a gate are one.
        #[cxx_name = "kill_switch"]
        type KillSwitch;

        #[Self = "KillSwitch"]
        fn of(gate: &RiskGate) -> Result<Box<KillSwitch>>;
        #[Self = "KillSwitch"]
        fn of_engine(engine: &Engine) -> Result<Box<KillSwitch>>;
        /// Refuses every order from now on: when it returns no order passes any more.
        fn kill(self: &KillSwitch);
        /// The same without waiting for the check that the gate may be busy with; also from a signal handler.
        fn request(self: &KillSwitch);
        /// Lets orders pass again.
        fn revive(self: &KillSwitch);
        fn is_killed(self: &KillSwitch) -> bool;
    }
}

use face::{Engine, RiskGate};

/// The switch.
pub(super) struct KillSwitch(core::KillSwitch);

impl KillSwitch {
    fn of(gate: &RiskGate) -> Result<Box<Self>, Error> {
        gate.view().read(|gate| Ok(Box::new(Self(gate.kill_switch()))))
    }

    fn of_engine(engine: &Engine) -> Result<Box<Self>, Error> {
        engine.view().read(|pipeline| Ok(Box::new(Self(pipeline.engine.kill_switch()))))
    }

    fn kill(&self) {
        self.0.kill();
    }

    fn request(&self) {
        self.0.request();
    }

    fn revive(&self) {
        self.0.revive();
    }

    fn is_killed(&self) -> bool {
        self.0.is_killed()
    }
}
