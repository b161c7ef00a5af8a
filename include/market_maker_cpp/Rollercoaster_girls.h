// Rollercoaster_girls.h: the documented C++ API in one include. Each class has a header of its own in this folder and lives in
// namespace mm; here the names are also made known without it. C++17.
//
// A new class: its header goes into this folder, its #include and its using-declaration in here.
#ifndef MARKET_MAKER_CPP_ROLLERCOASTER_GIRLS_H
#define MARKET_MAKER_CPP_ROLLERCOASTER_GIRLS_H

#include "market_predictor.hpp"
#include "ml_market_maker.hpp"
#include "model_args.hpp"
#include "stable_vector.hpp"

using mm::MarketPredictor;
using mm::MarketPredictorError;
using mm::MLMarketMaker;
using mm::ModelArgs;
using mm::Quote;
using mm::SSMHippoConfig;
using mm::stable_vector;

#endif
