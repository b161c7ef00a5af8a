// memory_pool.hpp: the documented MemoryPool<T> and ThreadLocalPool<T>. Objects live in slabs that are taken once;
// allocate and deallocate are O(1).
#ifndef MARKET_MAKER_MEMORY_POOL_HPP
#define MARKET_MAKER_MEMORY_POOL_HPP

#include "pool.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace mm {

/// What a pool has done so far.
struct PoolStats {
    /// Most objects.
    std::size_t capacity = 0;
    /// Objects that are out now.
    std::size_t in_use = 0;
    /// Most that have been out at a time.
    std::size_t high_water = 0;
    /// Objects given out.
    std::uint64_t allocations = 0;
    /// Objects taken back.
    std::uint64_t deallocations = 0;

    /// How many more fit.
    std::size_t available() const noexcept { return capacity - in_use; }
};

/// Up to `capacity` objects of one type. Not thread-safe. Objects that are alive when the pool goes are not destroyed.
template <class T>
class MemoryPool {
public:
    /// Room for so many objects.
    explicit MemoryPool(std::size_t capacity = 1024) : pool_(sized(capacity)) {}

    /// Uninitialised memory for a T; null when the pool is full.
    T *allocate() noexcept { return static_cast<T *>(pool_.try_alloc().value_or(nullptr)); }
    /// Gives memory back. False, and no change, for a pointer that is not one in use. Null is fine.
    bool deallocate(T *object) noexcept { return pool_.try_free(object).ok(); }

    /// A new object; null when the pool is full.
    template <class... Args>
    T *construct(Args &&...args) {
        T *place = allocate();
        if (place == nullptr) {
            return nullptr;
        }
#if MM_HAS_EXCEPTIONS
        try {
            return ::new (static_cast<void *>(place)) T(std::forward<Args>(args)...);
        } catch (...) {
            deallocate(place);
            throw;
        }
#else
        return ::new (static_cast<void *>(place)) T(std::forward<Args>(args)...);
#endif
    }
    /// Destroys an object of this pool and gives its memory back. Null is fine.
    void destroy(T *object) noexcept {
        if (object != nullptr) {
            object->~T();
            deallocate(object);
        }
    }

    /// Most that it holds.
    std::size_t capacity() const { return get_stats().capacity; }
    /// How many there are.
    std::size_t size() const { return get_stats().in_use; }
    /// Whether there is none.
    bool empty() const { return size() == 0; }
    /// Whether there is no room.
    bool full() const { return get_stats().available() == 0; }
    /// Counters since construction.
    PoolStats get_stats() const {
        const mm_pool_stats_t stats = pool_.stats();
        return {static_cast<std::size_t>(stats.capacity), static_cast<std::size_t>(stats.in_use),
                static_cast<std::size_t>(stats.high_water), stats.allocated, stats.freed};
    }

private:
    static mm_pool_config_t sized(std::size_t capacity) {
        mm_pool_config_t config = pool::defaults();
        config.block_size = sizeof(T);
        config.alignment = alignof(T);
        // What a pool cannot have is refused with an error by the constructor, as a capacity of 0 is.
        config.capacity = capacity > UINT32_MAX ? 0 : static_cast<std::uint32_t>(capacity);
        return config;
    }

    pool pool_;
};

/// Up to `capacity` objects for many threads: each thread works from a cache of its own and trades batches with a shared
/// slab. Thread-safe; an object may be given back by another thread than the one that took it. A thread's cache returns
/// to the slab when the thread ends or calls flush().
template <class T>
class ThreadLocalPool {
public:
    /// Room for so many objects, which threads fetch in batches.
    explicit ThreadLocalPool(std::size_t capacity = 1024, std::size_t batch = 32)
        : shared_(std::make_shared<Shared>(capacity, batch == 0 ? 1 : batch)) {}

    /// Uninitialised memory for a T; null when the slab and this thread's cache are empty.
    T *allocate() {
        Cache &cache = local();
        if (cache.free.empty() && !shared_->refill(cache.free)) {
            return nullptr;
        }
        T *object = cache.free.back();
        cache.free.pop_back();
        return object;
    }
    /// Gives memory of this pool back. Null is fine.
    void deallocate(T *object) {
        if (object == nullptr) {
            return;
        }
        Cache &cache = local();
        cache.free.push_back(object);
        if (cache.free.size() > 2 * shared_->batch) {
            shared_->drain(cache.free, shared_->batch);
        }
    }
    /// An object made of the arguments; null when the pool is empty.
    template <class... Args>
    T *construct(Args &&...args) {
        T *place = allocate();
        return place == nullptr ? nullptr : ::new (static_cast<void *>(place)) T(std::forward<Args>(args)...);
    }
    /// Ends an object and takes its memory back.
    void destroy(T *object) {
        if (object != nullptr) {
            object->~T();
            deallocate(object);
        }
    }
    /// Returns this thread's cache to the slab.
    void flush() { shared_->drain(local().free, 0); }

    /// Of the slab: what threads hold in their caches counts as in use.
    PoolStats get_stats() const {
        const std::lock_guard<std::mutex> lock(shared_->mutex);
        return shared_->slab.get_stats();
    }

private:
    struct Shared {
        Shared(std::size_t capacity, std::size_t size) : slab(capacity), batch(size) {}

        bool refill(std::vector<T *> &cache) {
            const std::lock_guard<std::mutex> lock(mutex);
            for (std::size_t i = 0; i < batch; ++i) {
                T *object = slab.allocate();
                if (object == nullptr) {
                    break;
                }
                cache.push_back(object);
            }
            return !cache.empty();
        }
        void drain(std::vector<T *> &cache, std::size_t keep) {
            const std::lock_guard<std::mutex> lock(mutex);
            while (cache.size() > keep) {
                slab.deallocate(cache.back());
                cache.pop_back();
            }
        }

        std::mutex mutex;
        MemoryPool<T> slab;
        const std::size_t batch;
    };
    /// One thread's free objects of one pool.
    struct Cache {
        std::shared_ptr<Shared> shared;
        std::vector<T *> free;

        explicit Cache(std::shared_ptr<Shared> of) : shared(std::move(of)) { free.reserve(2 * shared->batch + 1); }
        Cache(Cache &&) = default;
        Cache &operator=(Cache &&) = default;
        ~Cache() {
            if (shared) {
                shared->drain(free, 0);
            }
        }
    };

    Cache &local() {
        thread_local std::vector<Cache> caches;
        for (Cache &cache : caches) {
            if (cache.shared == shared_) {
                return cache;
            }
        }
        caches.emplace_back(shared_);
        return caches.back();
    }

    std::shared_ptr<Shared> shared_;
};

}  // namespace mm

#endif
