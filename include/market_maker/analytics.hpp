// analytics.hpp: mm::analytics, what a market was like; mm::performance, what trading in it earned; mm::information_share,
// mm::regimes and mm::cusum, online estimates on series. One owner each. Nothing allocates after construction.
#ifndef MARKET_MAKER_ANALYTICS_HPP
#define MARKET_MAKER_ANALYTICS_HPP

#include "book.hpp"
#include "status.hpp"

#include <limits>

namespace mm {

/// Analytics of one instrument's feed.
class analytics {
public:
    /// mm_analytics_config_init: the defaults.
    static mm_analytics_config_t defaults() noexcept {
        return detail::defaults<mm_analytics_config_t, mm_analytics_config_init>();
    }

    /// As try_create; throws mm::error.
    explicit analytics(const mm_analytics_config_t &config = defaults()) : analytics(try_create(config).value()) {}
    /// mm_analytics_create.
    static result<analytics> try_create(const mm_analytics_config_t &config = defaults()) noexcept {
        mm_analytics_t *handle = nullptr;
        const mm_status_t code = mm_analytics_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return analytics(handle);
    }

    /// Applies an event to the book and takes it in; an event that the book refuses changes neither. MM_TOUCHED* bits.
    result<std::uint32_t> try_apply(book &to, const mm_event_t &event) noexcept {
        return detail::one<std::uint32_t>([&](std::uint32_t *touched) {
            return mm_analytics_apply(handle_.get(), to.get(), &event, touched);
        });
    }
    /// As try_apply; throws mm::error where that has a failed status.
    std::uint32_t apply(book &to, const mm_event_t &event) { return try_apply(to, event).value(); }
    /// mm_analytics_apply_level.
    result<std::uint32_t> try_apply(level_book &to, const mm_event_t &event) noexcept {
        return detail::one<std::uint32_t>([&](std::uint32_t *touched) {
            return mm_analytics_apply_level(handle_.get(), to.get(), &event, touched);
        });
    }
    /// As try_apply; throws mm::error where that has a failed status.
    std::uint32_t apply(level_book &to, const mm_event_t &event) { return try_apply(to, event).value(); }

    /// It is `now`, ns, without an event.
    void advance(std::uint64_t now) { detail::check(mm_analytics_advance(handle_.get(), now)); }
    /// There is a gap in the feed.
    void interrupt(std::uint64_t now) { detail::check(mm_analytics_interrupt(handle_.get(), now)); }
    /// What answers about fills are used for: MM_FILLS_*.
    status try_set_fill_mode(std::uint8_t mode) noexcept {
        return status(mm_analytics_set_fill_mode(handle_.get(), mode));
    }

    /// mm_analytics_book_report.
    mm_analytics_book_report_t book_report() const {
        return detail::one<mm_analytics_book_report_t>([&](mm_analytics_book_report_t *report) {
                   return mm_analytics_book_report(handle_.get(), report);
               }).value();
    }
    /// mm_analytics_flow_report.
    mm_analytics_flow_report_t flow_report() const {
        return detail::one<mm_analytics_flow_report_t>([&](mm_analytics_flow_report_t *report) {
                   return mm_analytics_flow_report(handle_.get(), report);
               }).value();
    }
    /// mm_analytics_fill_report.
    mm_analytics_fill_report_t fill_report() const {
        return detail::one<mm_analytics_fill_report_t>([&](mm_analytics_fill_report_t *report) {
                   return mm_analytics_fill_report(handle_.get(), report);
               }).value();
    }
    /// Cancellations by distance, into MM_CANCEL_BUCKETS places.
    status try_cancels(span<mm_cancel_bucket_t> out) const noexcept {
        return status(mm_analytics_cancels(handle_.get(), out.data(), out.size()));
    }
    /// Spreads, impact and toxicity by horizon; the part of `out` that was written.
    result<span<mm_markout_t>> try_markouts(span<mm_markout_t> out) const noexcept {
        std::size_t count = 0;
        const mm_status_t code = mm_analytics_markouts(handle_.get(), out.data(), out.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return out.first(count);
    }
    /// A cell of the impact matrix; MM_E_NOT_FOUND where there is no such trade.
    result<mm_impact_cell_t> try_impact(std::uint32_t bucket, std::uint32_t horizon) const noexcept {
        return detail::one<mm_impact_cell_t>([&](mm_impact_cell_t *cell) {
            return mm_analytics_impact(handle_.get(), bucket, horizon, cell);
        });
    }
    /// Curves of MM_SURVIVAL_* as of `now`; the part of `out` that was written.
    result<span<mm_survival_point_t>> try_survival(std::uint8_t kind, std::uint32_t distance, std::uint64_t now,
                                                   span<mm_survival_point_t> out) noexcept {
        std::size_t count = 0;
        const mm_status_t code =
            mm_analytics_survival(handle_.get(), kind, distance, now, out.data(), out.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return out.first(count);
    }
    /// What became of what those curves are about, as of `now`.
    result<mm_survival_summary_t> try_survival_summary(std::uint8_t kind, std::uint32_t distance,
                                                       std::uint64_t now) noexcept {
        return detail::one<mm_survival_summary_t>([&](mm_survival_summary_t *summary) {
            return mm_analytics_survival_summary(handle_.get(), kind, distance, now, summary);
        });
    }
    /// Kyle's lambda; MM_E_NOT_READY before it is determined.
    result<mm_kyle_lambda_t> try_kyle_lambda() const noexcept {
        return detail::one<mm_kyle_lambda_t>(
            [&](mm_kyle_lambda_t *lambda) { return mm_analytics_kyle_lambda(handle_.get(), lambda); });
    }
    /// The probability that an order trades within the horizon; MM_E_NOT_READY before any answer.
    result<double> try_fill_probability(std::int64_t behind, std::uint64_t ahead, std::uint64_t quantity) const noexcept {
        return detail::one<double>([&](double *probability) {
            return mm_analytics_fill_probability(handle_.get(), behind, ahead, quantity, probability);
        });
    }
    /// The reliability curve; the part of `out` that was written.
    result<span<mm_reliability_bin_t>> try_reliability(span<mm_reliability_bin_t> out) const noexcept {
        std::size_t count = 0;
        const mm_status_t code = mm_analytics_reliability(handle_.get(), out.data(), out.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return out.first(count);
    }
    /// Autocorrelation of the aggressors' sides.
    result<double> try_sign_autocorrelation(std::uint32_t lag) const noexcept {
        return detail::one<double>([&](double *value) {
            return mm_analytics_sign_autocorrelation(handle_.get(), lag, value);
        });
    }
    /// Dispersion of the counts of trades in windows of one length.
    result<mm_count_dispersion_t> try_counts(std::uint32_t window) const noexcept {
        return detail::one<mm_count_dispersion_t>([&](mm_count_dispersion_t *counts) {
            return mm_analytics_counts(handle_.get(), window, counts);
        });
    }

    /// The handle, still owned.
    mm_analytics_t *get() const noexcept { return handle_.get(); }

private:
    explicit analytics(mm_analytics_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_analytics_t, mm_analytics_destroy> handle_;
};

/// Streaming performance of one strategy.
class performance {
public:
    /// mm_performance_config_init: the defaults.
    static mm_performance_config_t defaults() noexcept {
        return detail::defaults<mm_performance_config_t, mm_performance_config_init>();
    }

    /// As try_create; throws mm::error where that has a failed status.
    explicit performance(const mm_performance_config_t &config = defaults())
        : performance(try_create(config).value()) {}
    /// mm_performance_create.
    static result<performance> try_create(const mm_performance_config_t &config = defaults()) noexcept {
        mm_performance_t *handle = nullptr;
        const mm_status_t code = mm_performance_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return performance(handle);
    }

    /// Equity now, money.
    void mark(double equity) { detail::check(mm_performance_mark(handle_.get(), equity)); }
    /// A period ends with the equity of the last mark; NaN for no benchmark.
    void close_period(double benchmark = std::numeric_limits<double>::quiet_NaN()) {
        detail::check(mm_performance_close_period(handle_.get(), benchmark));
    }
    /// A round trip was closed with this profit.
    void on_closed(double profit) { detail::check(mm_performance_on_closed(handle_.get(), profit)); }
    /// An order of ours was filled, the best prices before being `bid` and `ask`.
    void on_fill(std::uint64_t now, side order_side, std::int64_t price, std::uint64_t quantity, std::int64_t bid,
                 std::int64_t ask) {
        detail::check(mm_performance_on_fill(handle_.get(), now, static_cast<std::uint8_t>(order_side), price,
                                             quantity, bid, ask));
    }
    /// The best prices from `now` on.
    void on_top(std::uint64_t now, std::int64_t bid, std::int64_t ask) {
        detail::check(mm_performance_on_top(handle_.get(), now, 1, bid, ask));
    }
    /// There are no best prices from `now` on.
    void on_no_top(std::uint64_t now) { detail::check(mm_performance_on_top(handle_.get(), now, 0, 0, 0)); }

    /// mm_performance_report.
    mm_performance_report_t report() const {
        return detail::one<mm_performance_report_t>([&](mm_performance_report_t *report) {
                   return mm_performance_report(handle_.get(), report);
               }).value();
    }
    /// Spreads and impact of the fills by horizon; the part of `out` that was written.
    result<span<mm_markout_t>> try_markouts(span<mm_markout_t> out) const noexcept {
        std::size_t count = 0;
        const mm_status_t code = mm_performance_markouts(handle_.get(), out.data(), out.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return out.first(count);
    }

    /// The handle, still owned.
    mm_performance_t *get() const noexcept { return handle_.get(); }

private:
    explicit performance(mm_performance_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_performance_t, mm_performance_destroy> handle_;
};

/// Hasbrouck's information share of two markets.
class information_share {
public:
    /// As try_create; throws mm::error.
    explicit information_share(std::uint32_t lags) : information_share(try_create(lags).value()) {}
    /// mm_information_share_create.
    static result<information_share> try_create(std::uint32_t lags) noexcept {
        mm_information_share_t *handle = nullptr;
        const mm_status_t code = mm_information_share_create(lags, &handle);
        if (code < 0) {
            return status(code);
        }
        return information_share(handle);
    }

    /// Both prices at the next step of the grid; NaN breaks the series.
    void update(double first, double second) {
        detail::check(mm_information_share_update(handle_.get(), first, second));
    }
    /// MM_E_NOT_READY where the samples do not determine the shares.
    result<mm_information_shares_t> try_estimate() const noexcept {
        return detail::one<mm_information_shares_t>([&](mm_information_shares_t *shares) {
            return mm_information_share_estimate(handle_.get(), shares);
        });
    }
    /// As try_estimate; throws mm::error where that has a failed status.
    mm_information_shares_t estimate() const { return try_estimate().value(); }

    /// The handle, still owned.
    mm_information_share_t *get() const noexcept { return handle_.get(); }

private:
    explicit information_share(mm_information_share_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_information_share_t, mm_information_share_destroy> handle_;
};

/// Forward filter of a Gaussian hidden Markov model.
class regimes {
public:
    /// As try_create; throws mm::error where that has a failed status.
    regimes(span<const double> means, span<const double> deviations, span<const double> transitions)
        : regimes(try_create(means, deviations, transitions).value()) {}
    /// One mean and deviation a state, and a row of transition probabilities each; MM_E_INVALID_ARGUMENT where the lengths
    /// do not fit.
    static result<regimes> try_create(span<const double> means, span<const double> deviations,
                                      span<const double> transitions) noexcept {
        mm_regimes_t *handle = nullptr;
        if (deviations.size() != means.size() || transitions.size() != means.size() * means.size()) {
            return status(MM_E_INVALID_ARGUMENT);
        }
        const mm_status_t code =
            mm_regimes_create(means.data(), deviations.data(), transitions.data(), means.size(), &handle);
        if (code < 0) {
            return status(code);
        }
        return regimes(handle);
    }

    /// The next return; the likeliest state.
    std::uint32_t update(double value) {
        std::uint32_t state = 0;
        detail::check(mm_regimes_update(handle_.get(), value, &state));
        return state;
    }
    /// The probability of each state; the part of `out` that was written.
    result<span<double>> try_probabilities(span<double> out) const noexcept {
        std::size_t count = 0;
        const mm_status_t code = mm_regimes_probabilities(handle_.get(), out.data(), out.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return out.first(count);
    }

    /// The handle, still owned.
    mm_regimes_t *get() const noexcept { return handle_.get(); }

private:
    explicit regimes(mm_regimes_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_regimes_t, mm_regimes_destroy> handle_;
};

/// Where the price goes.
enum class trend : std::uint8_t { flat = MM_TREND_FLAT, up = MM_TREND_UP, down = MM_TREND_DOWN };

/// Two-sided CUSUM as a trend state.
class cusum {
public:
    /// As try_create; throws mm::error where that has a failed status.
    cusum(double allowance, double threshold, std::uint32_t patience)
        : cusum(try_create(allowance, threshold, patience).value()) {}
    /// mm_cusum_create.
    static result<cusum> try_create(double allowance, double threshold, std::uint32_t patience) noexcept {
        mm_cusum_t *handle = nullptr;
        const mm_status_t code = mm_cusum_create(allowance, threshold, patience, &handle);
        if (code < 0) {
            return status(code);
        }
        return cusum(handle);
    }

    /// The next return in standard deviations; the trend.
    trend update(double value) {
        std::uint8_t now = 0;
        detail::check(mm_cusum_update(handle_.get(), value, &now));
        return static_cast<trend>(now);
    }

    /// The handle, still owned.
    mm_cusum_t *get() const noexcept { return handle_.get(); }

private:
    explicit cusum(mm_cusum_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_cusum_t, mm_cusum_destroy> handle_;
};

}  // namespace mm

#endif
