// market_maker.hpp: everything that C++ programs use, in one include. Each header also stands alone.
#ifndef MARKET_MAKER_MARKET_MAKER_HPP
#define MARKET_MAKER_MARKET_MAKER_HPP

#include "analytics.hpp"
#include "book.hpp"
#include "engine.hpp"
#include "engine_pool.hpp"
#include "feature_window.hpp"
#include "orders.hpp"
#include "pool.hpp"
#include "position.hpp"
#include "predictor.hpp"
#include "quote.hpp"
#include "reader.hpp"
#include "risk.hpp"
#include "status.hpp"
#include "store.hpp"
#include "trees.hpp"
#include "worker_pool.hpp"

#endif
