// reader.hpp: mm::reader, a recorded day of any format as a stream of events. One owner. Allocates at the open only.
#ifndef MARKET_MAKER_READER_HPP
#define MARKET_MAKER_READER_HPP

#include "status.hpp"

namespace mm {

/// The format of a recorded day.
enum class format : std::uint8_t {
    lobster = MM_FORMAT_LOBSTER,
    itch = MM_FORMAT_ITCH,
    dbn = MM_FORMAT_DBN,
    databento_csv = MM_FORMAT_DATABENTO_CSV,
    binance = MM_FORMAT_BINANCE,
};

/// Reads one recorded day.
class reader {
public:
    /// mm_reader_config_init: the defaults.
    static mm_reader_config_t defaults() noexcept {
        return detail::defaults<mm_reader_config_t, mm_reader_config_init>();
    }

    /// As try_open; throws mm::error where that has a failed status.
    reader(format f, const char *path, const mm_reader_config_t &config = defaults())
        : reader(try_open(f, path, config).value()) {}
    /// mm_reader_open.
    static result<reader> try_open(format f, const char *path,
                                   const mm_reader_config_t &config = defaults()) noexcept {
        mm_reader_t *handle = nullptr;
        const mm_status_t code = mm_reader_open(static_cast<std::uint8_t>(f), path, &config, &handle);
        if (code < 0) {
            return status(code);
        }
        return reader(handle);
    }

    /// mm_synthetic_config_init: the defaults.
    static mm_synthetic_config_t synthetic_defaults() noexcept {
        return detail::defaults<mm_synthetic_config_t, mm_synthetic_config_init>();
    }
    /// Seeded synthetic order flow instead of a file.
    explicit reader(const mm_synthetic_config_t &flow) : reader(try_open(flow).value()) {}
    /// mm_reader_open_synthetic.
    static result<reader> try_open(const mm_synthetic_config_t &flow) noexcept {
        mm_reader_t *handle = nullptr;
        const mm_status_t code = mm_reader_open_synthetic(&flow, &handle);
        if (code < 0) {
            return status(code);
        }
        return reader(handle);
    }

    /// The coarsest tick and lot that a recording's prices and quantities are multiples of; reads it once.
    static result<mm_increments_t> try_detect(format f, const char *path,
                                              const mm_reader_config_t &config = defaults()) noexcept {
        return detail::one<mm_increments_t>([&](mm_increments_t *increments) {
            return mm_reader_detect_increments(static_cast<std::uint8_t>(f), path, &config, increments);
        });
    }

    /// The next events, none at the end.
    result<span<mm_event_t>> try_next(span<mm_event_t> buffer) noexcept {
        std::size_t count = 0;
        const mm_status_t code = mm_reader_next(handle_.get(), buffer.data(), buffer.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return buffer.first(count);
    }
    /// As try_next; throws mm::error where that has a failed status.
    span<mm_event_t> next(span<mm_event_t> buffer) { return try_next(buffer).value(); }

    /// The handle, still owned.
    mm_reader_t *get() const noexcept { return handle_.get(); }

private:
    explicit reader(mm_reader_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_reader_t, mm_reader_destroy> handle_;
};

}  // namespace mm

#endif
