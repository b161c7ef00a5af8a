// average_cost.hpp: a position at average cost (F11) in doubles, whatever the size of prices and quantities. Profit is realised on
// reductions only; what goes through zero closes, then opens. One owner, O(1).
#ifndef MARKET_MAKER_CPP_AVERAGE_COST_HPP
#define MARKET_MAKER_CPP_AVERAGE_COST_HPP

#include "../market_maker/compat_types.hpp"

#include <cmath>

namespace mm {

/// One position.
class AverageCost {
public:
    /// What one fill did.
    struct Fill {
        /// Whether it reduced the position.
        bool is_closing = false;
        /// Profit that it realised.
        double gain = 0.0;
    };

    /// Books a fill of a positive price and quantity.
    Fill book(OrderSide side, double price, double quantity) noexcept {
        const double change = side == OrderSide::BUY ? quantity : -quantity;
        const double before = quantity_;
        traded_ += quantity;
        quantity_ += change;
        // Against what has traded, the rest of a sum of doubles is no position.
        if (std::abs(quantity_) <= 1e-12 * traded_) {
            quantity_ = 0.0;
        }
        Fill fill;
        fill.is_closing = before * change < 0.0;
        if (fill.is_closing) {
            const double closed = std::abs(change) < std::abs(before) ? std::abs(change) : std::abs(before);
            fill.gain = closed * (price - price_) * (before > 0.0 ? 1.0 : -1.0);
            realised_ += fill.gain;
            if (std::abs(change) > std::abs(before)) {
                price_ = price;
            }
        } else if (quantity_ != 0.0) {
            price_ = (price_ * std::abs(before) + price * quantity) / std::abs(quantity_);
        }
        return fill;
    }

    /// Bought less sold.
    double quantity() const noexcept { return quantity_; }
    /// Average price of what is open.
    double price() const noexcept { return price_; }
    /// Profit of what has been closed.
    double realised() const noexcept { return realised_; }
    /// Profit of what is open at a mark.
    double unrealised(double mark) const noexcept { return quantity_ * (mark - price_); }

private:
    double quantity_ = 0.0;
    double price_ = 0.0;
    double realised_ = 0.0;
    double traded_ = 0.0;
};

}  // namespace mm

#endif
