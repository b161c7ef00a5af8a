// Rollercoaster_girls.h: the documented C++ API in one include. Each class has a header of its own in this folder and lives in
// namespace mm; here the names are also made known without it. C++17.
//
// A new class: its header goes into this folder, its #include and its using-declaration in here.
#ifndef MARKET_MAKER_CPP_ROLLERCOASTER_GIRLS_H
#define MARKET_MAKER_CPP_ROLLERCOASTER_GIRLS_H

#include "market_depth.hpp"
#include "market_predictor.hpp"
#include "ml_market_maker.hpp"
#include "model_args.hpp"
#include "order.hpp"
#include "order_manager.hpp"
#include "risk_manager.hpp"
#include "stable_vector.hpp"

using mm::MarketDataBuffer;
using mm::MarketDepth;
using mm::MarketPredictor;
using mm::MarketPredictorError;
using mm::MLMarketMaker;
using mm::ModelArgs;
using mm::Order;
using mm::OrderManager;
using mm::OrderSide;
using mm::OrderStatus;
using mm::Quote;
using mm::Rejection;
using mm::RiskManager;
using mm::SSMHippoConfig;
using mm::stable_vector;

#endif
