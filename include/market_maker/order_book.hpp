// order_book.hpp: the documented OrderBook and OrderBookManager, over mm::book. Prices are 1e-4 dollars.
//
// Orders match by price and time: an order that meets the other side trades at once, and what is left of a limit order
// rests. A function that returns false has changed nothing. Books grow as needed; everything else is O(1). Not
// thread-safe.
#ifndef MARKET_MAKER_ORDER_BOOK_HPP
#define MARKET_MAKER_ORDER_BOOK_HPP

#include "book.hpp"
#include "compat_types.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace mm {

/// What an order does besides resting.
enum class OrderType : std::uint8_t {
    /// Trades what it can; the rest rests.
    LIMIT = 0,
    /// Trades what it can at any price; the rest is cancelled.
    MARKET = 1,
    /// Trades what it can; the rest is cancelled.
    IOC = 2,
    /// Trades completely or is refused.
    FOK = 3,
    /// Refused if it would trade.
    POST_ONLY = 4,
};

/// A resting order.
struct BookOrder {
    /// Id of the order.
    OrderId order_id = 0;
    /// Symbol.
    SymbolId symbol = 0;
    /// Price.
    Price price = 0;
    /// What is open.
    Quantity quantity = 0;
    /// Side.
    OrderSide side = OrderSide::BUY;
};

/// What a book has done so far and holds now.
struct OrderBookStats {
    /// Orders taken.
    std::uint64_t orders_added = 0;
    /// Orders cancelled whole.
    std::uint64_t orders_cancelled = 0;
    /// Orders modified.
    std::uint64_t orders_modified = 0;
    /// Trades.
    std::uint64_t trades = 0;
    /// Quantity traded.
    std::uint64_t volume = 0;
    /// Orders that rest now.
    std::size_t resting_orders = 0;
    /// Prices with bids.
    std::size_t bid_levels = 0;
    /// Prices with offers.
    std::size_t ask_levels = 0;
};

/// One symbol's order book.
class OrderBook {
public:
    /// An empty book.
    explicit OrderBook(SymbolId symbol) : symbol_(symbol), book_(small()), events_(kFirstEvents) {}

    /// Accepts an order. False, and no change, for a duplicate id, a zero quantity, a price out of range, or an order
    /// that its type refuses.
    bool add_order(OrderId id, Price price, Quantity quantity, OrderSide side, OrderType type = OrderType::LIMIT) {
        mm_new_order_t order{};
        order.order_id = id;
        order.price = price;
        order.quantity = quantity;
        order.side = raw(side);
        order.kind = type == OrderType::MARKET ? MM_ORDER_MARKET : MM_ORDER_LIMIT;
        order.time_in_force = type == OrderType::FOK                                      ? MM_FILL_OR_KILL
                              : type == OrderType::IOC || type == OrderType::MARKET ? MM_IMMEDIATE_OR_CANCEL
                                                                                    : MM_GOOD_TILL_CANCEL;
        order.post_only = type == OrderType::POST_ONLY ? 1 : 0;
        if (!submit(order).ok()) {
            return false;
        }
        ++stats_.orders_added;
        return true;
    }

    /// Cancels `quantity` of a resting order, all of it for 0. False when there is no such order or it has less.
    bool cancel_order(OrderId id, Quantity quantity = 0) {
        if (!book_.try_cancel(id, quantity, events_)) {
            return false;
        }
        ++stats_.orders_cancelled;
        return true;
    }

    /// Gives a resting order a new price and open quantity. It keeps its place when the price stays and the quantity does
    /// not grow, and trades if its new price meets the other side.
    bool modify_order(OrderId id, Price price, Quantity quantity) {
        const bool done = retry([&] { return book_.try_amend(id, price, quantity, events_); }).ok();
        stats_.orders_modified += done ? 1 : 0;
        return done;
    }

    /// An aggressor of `side` trades `quantity` at `price` or better against the resting orders. False, and no change, when
    /// there is less than that.
    bool execute_trade(Price price, Quantity quantity, OrderSide side) {
        mm_new_order_t order{};
        order.price = price;
        order.quantity = quantity;
        order.side = raw(side);
        order.kind = MM_ORDER_LIMIT;
        order.time_in_force = MM_FILL_OR_KILL;
        // An id that no resting order has; it never rests itself.
        order.order_id = std::numeric_limits<OrderId>::max();
        while (book_.try_order(order.order_id)) {
            --order.order_id;
        }
        return submit(order).ok();
    }

    /// Best price and its quantity; zeros when the side is empty. A quantity above 2^32-1 shows as that.
    std::pair<Price, Quantity> get_best_bid() const { return best(side::buy); }
    /// The best ask and its quantity; zeros without one.
    std::pair<Price, Quantity> get_best_ask() const { return best(side::sell); }
    /// Between the best prices, rounded down; 0 while a side is empty.
    Price get_mid_price() const {
        const auto bid = book_.try_best(side::buy);
        const auto ask = book_.try_best(side::sell);
        return bid && ask ? (bid->price >> 1) + (ask->price >> 1) + (bid->price & ask->price & 1) : 0;
    }
    /// Best ask less best bid; 0 while a side is empty.
    Price get_spread() const {
        const auto bid = book_.try_best(side::buy);
        const auto ask = book_.try_best(side::sell);
        return bid && ask ? ask->price - bid->price : 0;
    }
    /// Price and quantity of the best levels, best first.
    std::vector<std::pair<Price, Quantity>> get_bids(std::size_t depth = 50) const { return levels(side::buy, depth); }
    /// The best offers, best first.
    std::vector<std::pair<Price, Quantity>> get_asks(std::size_t depth = 50) const { return levels(side::sell, depth); }

    /// A resting order.
    std::optional<BookOrder> get_order(OrderId id) const {
        const auto found = book_.try_order(id);
        if (!found) {
            return std::nullopt;
        }
        return BookOrder{id, symbol_, found->price, capped(found->quantity),
                         found->side == MM_SIDE_BUY ? OrderSide::BUY : OrderSide::SELL};
    }
    /// Its symbol.
    SymbolId get_symbol() const noexcept { return symbol_; }
    /// Whether no order rests.
    bool empty() const { return book_.order_count() == 0; }
    /// Resting orders.
    std::size_t order_count() const { return book_.order_count(); }
    /// Price levels of both sides.
    std::size_t level_count() const { return book_.level_count(side::buy) + book_.level_count(side::sell); }
    /// Counters since construction.
    OrderBookStats get_stats() const {
        OrderBookStats stats = stats_;
        stats.resting_orders = book_.order_count();
        stats.bid_levels = book_.level_count(side::buy);
        stats.ask_levels = book_.level_count(side::sell);
        return stats;
    }

private:
    static constexpr std::size_t kFirstEvents = 64;

    /// Grows when it is full.
    static mm_book_config_t small() {
        mm_book_config_t config = book::defaults();
        config.max_orders = 1024;
        config.window_ticks = 2048;
        return config;
    }
    static constexpr std::uint8_t raw(OrderSide side) noexcept { return static_cast<std::uint8_t>(side); }
    static Quantity capped(std::uint64_t quantity) noexcept {
        return quantity > std::numeric_limits<Quantity>::max() ? std::numeric_limits<Quantity>::max()
                                                               : static_cast<Quantity>(quantity);
    }

    std::pair<Price, Quantity> best(side s) const {
        const auto level = book_.try_best(s);
        return level ? std::pair<Price, Quantity>(level->price, capped(level->quantity))
                     : std::pair<Price, Quantity>(0, 0);
    }
    std::vector<std::pair<Price, Quantity>> levels(side s, std::size_t depth) const {
        std::vector<mm_level_t> found(depth < book_.level_count(s) ? depth : book_.level_count(s));
        found.resize(book_.levels(s, found));
        std::vector<std::pair<Price, Quantity>> shown;
        shown.reserve(found.size());
        for (const mm_level_t &level : found) {
            shown.emplace_back(level.price, capped(level.quantity));
        }
        return shown;
    }

    result<match> submit(const mm_new_order_t &order) {
        return retry([&] { return book_.try_submit(order, events_); });
    }
    /// Enlarges what was too small and asks again; counts the trades.
    template <class Call>
    result<match> retry(Call &&call) {
        for (;;) {
            result<match> done = call();
            const mm_status_t code = done.status().code();
            if (code == MM_E_BUFFER_TOO_SMALL) {
                events_.resize(events_.size() * 2);
            } else if (code == MM_E_FULL) {
                book_.reserve(1);
            } else {
                if (done) {
                    for (std::size_t i = 0; i < done->events; ++i) {
                        if (events_[i].kind == MM_BOOK_TRADE) {
                            ++stats_.trades;
                            stats_.volume += events_[i].quantity;
                        }
                    }
                }
                return done;
            }
        }
    }
    SymbolId symbol_;
    book book_;
    std::vector<mm_book_event_t> events_;
    OrderBookStats stats_;
};

/// Order books by symbol; a book is made by its first order.
class OrderBookManager {
public:
    /// As OrderBook::add_order.
    bool add_order(SymbolId symbol, OrderId id, Price price, Quantity quantity, OrderSide side,
                   OrderType type = OrderType::LIMIT) {
        const auto known = books_.find(symbol);
        if (known != books_.end()) {
            return known->second.add_order(id, price, quantity, side, type);
        }
        OrderBook fresh(symbol);
        if (!fresh.add_order(id, price, quantity, side, type)) {
            return false;
        }
        books_.emplace(symbol, std::move(fresh));
        return true;
    }
    /// As OrderBook::cancel_order.
    bool cancel_order(SymbolId symbol, OrderId id, Quantity quantity = 0) {
        OrderBook *book = get_order_book(symbol);
        return book != nullptr && book->cancel_order(id, quantity);
    }
    /// As OrderBook::modify_order.
    bool modify_order(SymbolId symbol, OrderId id, Price price, Quantity quantity) {
        OrderBook *book = get_order_book(symbol);
        return book != nullptr && book->modify_order(id, price, quantity);
    }
    /// As OrderBook::execute_trade.
    bool execute_trade(SymbolId symbol, Price price, Quantity quantity, OrderSide side) {
        OrderBook *book = get_order_book(symbol);
        return book != nullptr && book->execute_trade(price, quantity, side);
    }

    /// The best bid and its quantity; zeros without one.
    std::pair<Price, Quantity> get_best_bid(SymbolId symbol) const {
        const OrderBook *book = get_order_book(symbol);
        return book != nullptr ? book->get_best_bid() : std::pair<Price, Quantity>(0, 0);
    }
    /// The best ask and its quantity; zeros without one.
    std::pair<Price, Quantity> get_best_ask(SymbolId symbol) const {
        const OrderBook *book = get_order_book(symbol);
        return book != nullptr ? book->get_best_ask() : std::pair<Price, Quantity>(0, 0);
    }
    /// As OrderBook::get_mid_price.
    Price get_mid_price(SymbolId symbol) const {
        const OrderBook *book = get_order_book(symbol);
        return book != nullptr ? book->get_mid_price() : 0;
    }
    /// As OrderBook::get_spread.
    Price get_spread(SymbolId symbol) const {
        const OrderBook *book = get_order_book(symbol);
        return book != nullptr ? book->get_spread() : 0;
    }
    /// The best bids, best first.
    std::vector<std::pair<Price, Quantity>> get_bids(SymbolId symbol, std::size_t depth = 50) const {
        const OrderBook *book = get_order_book(symbol);
        return book != nullptr ? book->get_bids(depth) : std::vector<std::pair<Price, Quantity>>();
    }
    /// The best offers, best first.
    std::vector<std::pair<Price, Quantity>> get_asks(SymbolId symbol, std::size_t depth = 50) const {
        const OrderBook *book = get_order_book(symbol);
        return book != nullptr ? book->get_asks(depth) : std::vector<std::pair<Price, Quantity>>();
    }
    /// As OrderBook::get_order.
    std::optional<BookOrder> get_order(SymbolId symbol, OrderId id) const {
        const OrderBook *book = get_order_book(symbol);
        return book != nullptr ? book->get_order(id) : std::nullopt;
    }

    /// The book of a symbol; null before its first order.
    OrderBook *get_order_book(SymbolId symbol) {
        const auto known = books_.find(symbol);
        return known != books_.end() ? &known->second : nullptr;
    }
    /// The book of a symbol; null without one.
    const OrderBook *get_order_book(SymbolId symbol) const {
        const auto known = books_.find(symbol);
        return known != books_.end() ? &known->second : nullptr;
    }
    /// Symbols that have a book, in their order.
    std::vector<SymbolId> get_active_symbols() const {
        std::vector<SymbolId> symbols;
        symbols.reserve(books_.size());
        for (const auto &entry : books_) {
            symbols.push_back(entry.first);
        }
        return symbols;
    }
    /// How many books there are.
    std::size_t order_book_count() const noexcept { return books_.size(); }

private:
    std::map<SymbolId, OrderBook> books_;
};

}  // namespace mm

#endif
