// pool.hpp: mm::pool, a slab of blocks of one size that is taken once. Not thread-safe: one owner.
#ifndef MARKET_MAKER_POOL_HPP
#define MARKET_MAKER_POOL_HPP

#include "status.hpp"

namespace mm {

/// Raw blocks of one size. Every operation is O(1) and allocates nothing after construction.
class pool {
public:
    /// A config at its defaults: 1024 blocks of 64 bytes.
    static mm_pool_config_t defaults() noexcept { return detail::defaults<mm_pool_config_t, mm_pool_config_init>(); }

    /// As try_create; throws mm::error.
    explicit pool(const mm_pool_config_t &config = defaults()) : pool(try_create(config).value()) {}
    /// mm_pool_create.
    static result<pool> try_create(const mm_pool_config_t &config = defaults()) noexcept {
        mm_pool_t *handle = nullptr;
        const mm_status_t code = mm_pool_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return pool(handle);
    }

    /// A block; MM_E_FULL when all are in use.
    result<void *> try_alloc() noexcept {
        return detail::one<void *>([&](void **block) { return mm_pool_alloc(handle_.get(), block); });
    }
    /// As try_alloc; throws mm::error where that has a failed status.
    void *alloc() { return try_alloc().value(); }
    /// Takes a block back; MM_E_BLOCK_FOREIGN or MM_E_BLOCK_FREE when it is not one in use. Null is fine.
    status try_free(void *block) noexcept { return status(mm_pool_free(handle_.get(), block)); }
    /// mm_pool_free.
    void free(void *block) { detail::check(mm_pool_free(handle_.get(), block)); }

    /// What the pool has done so far.
    mm_pool_stats_t stats() const {
        return detail::one<mm_pool_stats_t>([&](mm_pool_stats_t *s) { return mm_pool_stats(handle_.get(), s); }).value();
    }

    /// The handle, still owned.
    mm_pool_t *get() const noexcept { return handle_.get(); }

private:
    explicit pool(mm_pool_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_pool_t, mm_pool_destroy> handle_;
};

}  // namespace mm

#endif
