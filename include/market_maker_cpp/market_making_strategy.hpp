// market_making_strategy.hpp: the documented MarketMakingStrategy, which programs derive their own strategies from, and ExchangeError,
// what strategies throw when a venue fails them. A strategy is used by one thread at a time; StrategyManager sees to that.
#ifndef MARKET_MAKER_CPP_MARKET_MAKING_STRATEGY_HPP
#define MARKET_MAKER_CPP_MARKET_MAKING_STRATEGY_HPP

#include "market_depth.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace mm {

class MarketPredictor;
class OrderManager;
class RiskManager;

/// What has gone wrong between us and a venue.
class ExchangeError : public std::runtime_error {
public:
    /// What went wrong.
    enum class ErrorCode { CONNECTIVITY_LOST, RATE_LIMIT_EXCEEDED, INSUFFICIENT_LIQUIDITY, INVALID_ORDER, SYSTEM_ERROR };
    /// Another name of the same.
    using Code = ErrorCode;
    /// As ErrorCode.
    static constexpr ErrorCode CONNECTIVITY_LOST = ErrorCode::CONNECTIVITY_LOST;
    /// As ErrorCode.
    static constexpr ErrorCode RATE_LIMIT_EXCEEDED = ErrorCode::RATE_LIMIT_EXCEEDED;
    /// As ErrorCode.
    static constexpr ErrorCode INSUFFICIENT_LIQUIDITY = ErrorCode::INSUFFICIENT_LIQUIDITY;
    /// As ErrorCode.
    static constexpr ErrorCode INVALID_ORDER = ErrorCode::INVALID_ORDER;
    /// As ErrorCode.
    static constexpr ErrorCode SYSTEM_ERROR = ErrorCode::SYSTEM_ERROR;

    /// With what went wrong and a text.
    explicit ExchangeError(ErrorCode code, const std::string &message = std::string())
        : std::runtime_error(message), code_(code) {}

    /// What went wrong.
    ErrorCode code() const noexcept { return code_; }

private:
    ErrorCode code_;
};

/// What strategies have in common.
struct MarketMakingConfig {
    /// Factor on the spread.
    double spread_multiplier = 1.0;
    /// Largest position of either sign.
    double position_limit = 1000.0;
    /// Quantity of one quote.
    double order_size = 100.0;
    /// Part of the quantity that goes, on the side that adds to it, as the position nears its limit.
    double risk_factor = 0.1;
    /// Own orders that may work on one side.
    int max_orders_per_side = 3;
};

/// A strategy: quotes when the market moves.
class MarketMakingStrategy {
public:
    /// Its config.
    using Config = MarketMakingConfig;

    /// Without managers.
    explicit MarketMakingStrategy(const Config &config = Config()) : strategy_config_(config) {}
    /// With what it trades through; each may be null.
    MarketMakingStrategy(std::shared_ptr<MarketPredictor> predictor, std::shared_ptr<OrderManager> order_manager,
                         std::shared_ptr<RiskManager> risk_manager, const Config &config = Config())
        : predictor_(std::move(predictor)), order_manager_(std::move(order_manager)), risk_manager_(std::move(risk_manager)),
          strategy_config_(config) {}
    MarketMakingStrategy(const MarketMakingStrategy &) = delete;
    MarketMakingStrategy &operator=(const MarketMakingStrategy &) = delete;
    virtual ~MarketMakingStrategy() = default;

    /// Before the first market data, and again after a rest.
    virtual void initialize() {}
    /// The end of trading, or the beginning of a rest: quotes are to be withdrawn.
    virtual void stop() {}
    /// The market as it is now.
    virtual void on_market_data(const MarketDepth &depth) = 0;
    /// on_market_data has thrown. What was no ExchangeError comes as SYSTEM_ERROR with the exception's text.
    virtual void handle_error(const ExchangeError &error) { (void)error; }

    /// The symbol under which StrategyManager runs it; empty outside of one.
    const std::string &symbol() const noexcept { return symbol_; }
    /// Which symbol it trades, as its manager says.
    void set_symbol(const std::string &symbol) { symbol_ = symbol; }

protected:
    /// May be null.
    std::shared_ptr<MarketPredictor> predictor_;
    /// May be null.
    std::shared_ptr<OrderManager> order_manager_;
    /// May be null.
    std::shared_ptr<RiskManager> risk_manager_;
    /// What it was made with.
    Config strategy_config_;

private:
    std::string symbol_;
};

}  // namespace mm

#endif
