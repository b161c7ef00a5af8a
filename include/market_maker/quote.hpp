// quote.hpp: mm::quoter, the optimal quotes of Avellaneda-Stoikov and Gueant-Lehalle-Fernandez-Tapia. Immutable after
// construction, hence thread-safe. Prices in ticks, times in seconds, inventory in lots.
#ifndef MARKET_MAKER_QUOTE_HPP
#define MARKET_MAKER_QUOTE_HPP

#include "status.hpp"

namespace mm {

/// One model, solved. A quote costs nanoseconds.
class quoter {
public:
    /// mm_quoter_config_init: the defaults.
    static mm_quoter_config_t defaults() noexcept {
        return detail::defaults<mm_quoter_config_t, mm_quoter_config_init>();
    }

    /// As try_create; throws mm::error.
    explicit quoter(const mm_quoter_config_t &config = defaults()) : quoter(try_create(config).value()) {}
    /// mm_quoter_create.
    static result<quoter> try_create(const mm_quoter_config_t &config = defaults()) noexcept {
        mm_quoter_t *handle = nullptr;
        const mm_status_t code = mm_quoter_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return quoter(handle);
    }

    /// mm_quoter_quote.
    result<mm_quotes_t> try_quote(double mid, double inventory, double remaining_seconds) const noexcept {
        return detail::one<mm_quotes_t>([&](mm_quotes_t *q) {
            return mm_quoter_quote(handle_.get(), mid, inventory, remaining_seconds, q);
        });
    }
    /// As try_quote; throws mm::error where that has a failed status.
    mm_quotes_t quote(double mid, double inventory, double remaining_seconds) const {
        return try_quote(mid, inventory, remaining_seconds).value();
    }

    /// The handle, still owned.
    mm_quoter_t *get() const noexcept { return handle_.get(); }

private:
    explicit quoter(mm_quoter_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_quoter_t, mm_quoter_destroy> handle_;
};

}  // namespace mm

#endif
