// cxx.hpp: every class of the cxx bridge, for projects that build the Rust from source (CMake target market_maker::cxx). The
// classes live behind rust::Box, arrays go in and out as rust::Slice, and a call that fails throws rust::Error, whose text
// begins with the status: "MM_E_FULL: the book is full". docs/cxx-bridge.md has the rest.
#ifndef MARKET_MAKER_CXX_HPP
#define MARKET_MAKER_CXX_HPP

#include "market-maker/src/bridge/book.rs.h"
#include "market-maker/src/bridge/book_manager.rs.h"
#include "market-maker/src/bridge/engine.rs.h"
#include "market-maker/src/bridge/engine_figures.rs.h"
#include "market-maker/src/bridge/feature_window.rs.h"
#include "market-maker/src/bridge/kill_switch.rs.h"
#include "market-maker/src/bridge/level_book.rs.h"
#include "market-maker/src/bridge/order_types.rs.h"
#include "market-maker/src/bridge/orders.rs.h"
#include "market-maker/src/bridge/position.rs.h"
#include "market-maker/src/bridge/predictor.rs.h"
#include "market-maker/src/bridge/quoter.rs.h"
#include "market-maker/src/bridge/reader.rs.h"
#include "market-maker/src/bridge/risk.rs.h"
#include "market-maker/src/bridge/risk_config.rs.h"
#include "market-maker/src/bridge/risk_monitor.rs.h"
#include "market-maker/src/bridge/strategy.rs.h"
#include "market-maker/src/bridge/trees.rs.h"
#include "market-maker/src/bridge/types.rs.h"
#include "market-maker/src/bridge/venue.rs.h"
#include "rust/cxx.h"

#include <cstdint>

namespace mm::cxx {

/// The status of a failure, MM_E_*.
inline std::int32_t status_of(const ::rust::Error &failure) { return status_of(::rust::Str(failure.what())); }

}  // namespace mm::cxx

#endif
