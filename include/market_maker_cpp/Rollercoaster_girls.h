// Rollercoaster_girls.h: the documented C++ API in one include. Each class has a header of its own in this folder and lives in
// namespace mm; here the names are also made known without it. C++17.
//
// A new class: its header goes into this folder, its #include and its using-declaration in here.
#ifndef MARKET_MAKER_CPP_ROLLERCOASTER_GIRLS_H
#define MARKET_MAKER_CPP_ROLLERCOASTER_GIRLS_H

#include "../market_maker/memory_pool.hpp"
#include "advanced_analytics.hpp"
#include "market_depth.hpp"
#include "market_making_strategy.hpp"
#include "market_microstructure.hpp"
#include "market_predictor.hpp"
#include "ml_market_maker.hpp"
#include "model_args.hpp"
#include "order.hpp"
#include "order_manager.hpp"
#include "performance_monitor.hpp"
#include "performance_profiler.hpp"
#include "risk_manager.hpp"
#include "stable_vector.hpp"
#include "stoikov_strategy.hpp"
#include "strategy_manager.hpp"
#include "temporal_coherence_loss.hpp"
#include "thread_pool.hpp"

using mm::AdaptiveTemporalCoherenceLoss;
using mm::AdvancedAnalytics;
using mm::ExchangeError;
using mm::MarketDataBuffer;
using mm::MarketDepth;
using mm::MarketMakingStrategy;
using mm::MarketMicrostructure;
using mm::MarketPredictor;
using mm::MarketPredictorError;
using mm::MLMarketMaker;
using mm::MemoryPool;
using mm::ModelArgs;
using mm::Order;
using mm::OrderManager;
using mm::OrderSide;
using mm::OrderStatus;
using mm::PerformanceMonitor;
using mm::PerformanceProfiler;
using mm::Quote;
using mm::Rejection;
using mm::RiskManager;
using mm::SSMHippoConfig;
using mm::stable_vector;
using mm::StoikovStrategy;
using mm::StrategyManager;
using mm::ThreadLocalPool;
using mm::ThreadPool;

#endif
