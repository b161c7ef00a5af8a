// trees.hpp: mm::trees, a boosted-trees model from LightGBM's text format. One owner; share() gives another thread one of its own
// on the same trees. Nothing allocates after construction.
#ifndef MARKET_MAKER_TREES_HPP
#define MARKET_MAKER_TREES_HPP

#include "status.hpp"

namespace mm {

/// A boosted-trees model with the scratch of one thread.
class trees {
public:
    /// Reads a text file, as LightGBM's Booster.save_model writes it.
    explicit trees(const char *path) : trees(try_load(path).value()) {}
    /// mm_trees_create.
    static result<trees> try_load(const char *path) noexcept {
        mm_trees_t *handle = nullptr;
        const mm_status_t code = mm_trees_create(path, &handle);
        if (code < 0) {
            return status(code);
        }
        return trees(handle);
    }
    /// The same from text in memory.
    static result<trees> try_from_text(span<const char> text) noexcept {
        mm_trees_t *handle = nullptr;
        const mm_status_t code = mm_trees_create_from_text(text.data(), text.size(), &handle);
        if (code < 0) {
            return status(code);
        }
        return trees(handle);
    }
    /// As try_from_text; throws mm::error where that has a failed status.
    static trees from_text(span<const char> text) { return try_from_text(text).value(); }

    /// Another handle on the same trees.
    result<trees> try_share() const noexcept {
        mm_trees_t *handle = nullptr;
        const mm_status_t code = mm_trees_share(handle_.get(), &handle);
        if (code < 0) {
            return status(code);
        }
        return trees(handle);
    }
    /// As try_share; throws mm::error where that has a failed status.
    trees share() const { return try_share().value(); }

    /// How many features, outputs and trees.
    mm_trees_info_t info() const {
        return detail::one<mm_trees_info_t>([&](mm_trees_info_t *info) {
                   return mm_trees_info(handle_.get(), info);
               }).value();
    }
    /// The name of a feature; null when there is none. It lives as long as any handle on these trees.
    const char *feature_name(std::size_t index) const noexcept {
        const char *name = nullptr;
        return mm_trees_feature_name(handle_.get(), index, &name) < 0 ? nullptr : name;
    }

    /// The prediction for a row; NaN is a missing value.
    status try_predict(span<const double> row, span<double> out) noexcept {
        return status(mm_trees_predict(handle_.get(), row.data(), row.size(), out.data(), out.size()));
    }
    /// As try_predict; throws mm::error where that has a failed status.
    void predict(span<const double> row, span<double> out) { detail::check(try_predict(row, out).code()); }
    /// The sums of the leaves, without the objective's transform.
    status try_predict_raw(span<const double> row, span<double> out) noexcept {
        return status(mm_trees_predict_raw(handle_.get(), row.data(), row.size(), out.data(), out.size()));
    }
    /// As try_predict_raw; throws mm::error where that has a failed status.
    void predict_raw(span<const double> row, span<double> out) { detail::check(try_predict_raw(row, out).code()); }
    /// Predictions for `count` rows one behind the other.
    status try_predict_batch(span<const double> rows, std::size_t count, span<double> out) noexcept {
        return status(
            mm_trees_predict_batch(handle_.get(), rows.data(), rows.size(), count, out.data(), out.size()));
    }
    /// As try_predict_batch; throws mm::error where that has a failed status.
    void predict_batch(span<const double> rows, std::size_t count, span<double> out) {
        detail::check(try_predict_batch(rows, count, out).code());
    }

    /// The handle, still owned.
    mm_trees_t *get() const noexcept { return handle_.get(); }

private:
    explicit trees(mm_trees_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_trees_t, mm_trees_destroy> handle_;
};

}  // namespace mm

#endif
