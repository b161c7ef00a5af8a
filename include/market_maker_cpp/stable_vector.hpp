// stable_vector.hpp: the documented stable_vector<T>, a random-access container whose elements never move: it grows by whole
// chunks and leaves the old ones where they are. An index is a shift and a mask.
//
// push_back, pop_back, operator[] are O(1); push_back allocates when a chunk is full, which reserve() does beforehand.
// Pointers, references and iterators stay valid until their element is gone; they follow it through swap and move. erase()
// closes the gap by moving the values behind it one place down, as std::vector does.
// What throws leaves the container as it was, except erase() where the elements' own move assignment throws: then every
// element is still there to be destroyed, some of them moved from. Not thread-safe. C++17, without Boost.
#ifndef MARKET_MAKER_CPP_STABLE_VECTOR_HPP
#define MARKET_MAKER_CPP_STABLE_VECTOR_HPP

#include "../market_maker/status.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>
#if MM_HAS_EXCEPTIONS
#include <stdexcept>
#endif

namespace mm {

template <class T, std::size_t ChunkSize = 1024>
class stable_vector;

namespace detail {

/// What a stable_vector owns. It stays where it is when the vector is moved or swapped, hence iterators point here.
template <class T, std::size_t ChunkSize>
struct stable_chunks {
    static_assert(ChunkSize > 0 && (ChunkSize & (ChunkSize - 1)) == 0, "a chunk must be a power of two");
    static constexpr std::size_t mask = ChunkSize - 1;
    static constexpr unsigned shift() noexcept {
        unsigned bits = 0;
        for (std::size_t n = ChunkSize; n > 1; n >>= 1) {
            ++bits;
        }
        return bits;
    }

    stable_chunks() = default;
    stable_chunks(const stable_chunks &) = delete;
    stable_chunks &operator=(const stable_chunks &) = delete;
    ~stable_chunks() {
        truncate(0);
        for (T *chunk : chunks) {
            std::allocator<T>().deallocate(chunk, ChunkSize);
        }
    }

    T &operator[](std::size_t i) const noexcept { return chunks[i >> shift()][i & mask]; }

    /// Makes room for `count` elements in all.
    void reserve(std::size_t count) {
        const std::size_t needed = (count >> shift()) + ((count & mask) != 0 ? 1 : 0);
        if (needed <= chunks.size()) {
            return;
        }
        if (needed > chunks.capacity()) {
            chunks.reserve(std::max(needed, 2 * chunks.capacity()));
        }
        while (chunks.size() < needed) {
            chunks.push_back(std::allocator<T>().allocate(ChunkSize));
        }
    }

    template <class... Args>
    T &emplace(Args &&...args) {
        if ((size & mask) == 0) {
            reserve(size + 1);
        }
        T *place = std::addressof((*this)[size]);
        ::new (static_cast<void *>(place)) T(std::forward<Args>(args)...);
        ++size;
        return *place;
    }

    void truncate(std::size_t count) noexcept {
        while (size > count) {
            --size;
            (*this)[size].~T();
        }
    }

    std::vector<T *> chunks;
    std::size_t size = 0;
};

/// A place in a stable_vector.
template <class T, std::size_t ChunkSize, bool Const>
class stable_iterator {
    using chunks = stable_chunks<T, ChunkSize>;

public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = std::conditional_t<Const, const T *, T *>;
    using reference = std::conditional_t<Const, const T &, T &>;

    constexpr stable_iterator() noexcept = default;
    /// An iterator becomes a const_iterator.
    template <bool Other, class = std::enable_if_t<Const && !Other>>
    constexpr stable_iterator(const stable_iterator<T, ChunkSize, Other> &other) noexcept
        : chunks_(other.chunks_), index_(other.index_) {}

    reference operator*() const noexcept { return (*chunks_)[index_]; }
    pointer operator->() const noexcept { return std::addressof(**this); }
    reference operator[](difference_type n) const noexcept { return *(*this + n); }

    stable_iterator &operator++() noexcept {
        ++index_;
        return *this;
    }
    stable_iterator &operator--() noexcept {
        --index_;
        return *this;
    }
    stable_iterator operator++(int) noexcept {
        stable_iterator old = *this;
        ++index_;
        return old;
    }
    stable_iterator operator--(int) noexcept {
        stable_iterator old = *this;
        --index_;
        return old;
    }
    stable_iterator &operator+=(difference_type n) noexcept {
        // Unsigned arithmetic wraps, so that a negative step goes back.
        index_ += static_cast<std::size_t>(n);
        return *this;
    }
    stable_iterator &operator-=(difference_type n) noexcept {
        index_ -= static_cast<std::size_t>(n);
        return *this;
    }
    friend stable_iterator operator+(stable_iterator it, difference_type n) noexcept { return it += n; }
    friend stable_iterator operator+(difference_type n, stable_iterator it) noexcept { return it += n; }
    friend stable_iterator operator-(stable_iterator it, difference_type n) noexcept { return it -= n; }

    /// The element's index.
    std::size_t index() const noexcept { return index_; }

private:
    friend class stable_vector<T, ChunkSize>;
    template <class, std::size_t, bool>
    friend class stable_iterator;
    constexpr stable_iterator(chunks *of, std::size_t index) noexcept : chunks_(of), index_(index) {}

    chunks *chunks_ = nullptr;
    std::size_t index_ = 0;
};

template <class T, std::size_t N, bool A, bool B>
std::ptrdiff_t operator-(const stable_iterator<T, N, A> &a, const stable_iterator<T, N, B> &b) noexcept {
    return static_cast<std::ptrdiff_t>(a.index() - b.index());
}
template <class T, std::size_t N, bool A, bool B>
bool operator==(const stable_iterator<T, N, A> &a, const stable_iterator<T, N, B> &b) noexcept {
    return a.index() == b.index();
}
template <class T, std::size_t N, bool A, bool B>
bool operator!=(const stable_iterator<T, N, A> &a, const stable_iterator<T, N, B> &b) noexcept {
    return a.index() != b.index();
}
template <class T, std::size_t N, bool A, bool B>
bool operator<(const stable_iterator<T, N, A> &a, const stable_iterator<T, N, B> &b) noexcept {
    return a.index() < b.index();
}
template <class T, std::size_t N, bool A, bool B>
bool operator>(const stable_iterator<T, N, A> &a, const stable_iterator<T, N, B> &b) noexcept {
    return b < a;
}
template <class T, std::size_t N, bool A, bool B>
bool operator<=(const stable_iterator<T, N, A> &a, const stable_iterator<T, N, B> &b) noexcept {
    return !(b < a);
}
template <class T, std::size_t N, bool A, bool B>
bool operator>=(const stable_iterator<T, N, A> &a, const stable_iterator<T, N, B> &b) noexcept {
    return !(a < b);
}

[[noreturn]] inline void stable_vector_range(std::size_t index, std::size_t size) {
#if MM_HAS_EXCEPTIONS
    throw std::out_of_range("stable_vector: index " + std::to_string(index) + ", size " + std::to_string(size));
#else
    std::fprintf(stderr, "stable_vector: index %zu, size %zu\n", index, size);
    std::abort();
#endif
}

[[noreturn]] inline void stable_vector_length() {
#if MM_HAS_EXCEPTIONS
    throw std::length_error("stable_vector: longer than memory can be");
#else
    std::fprintf(stderr, "stable_vector: longer than memory can be\n");
    std::abort();
#endif
}

}  // namespace detail

/// A chunked vector; `ChunkSize` elements in a chunk, a power of two.
template <class T, std::size_t ChunkSize>
class stable_vector {
    using chunks = detail::stable_chunks<T, ChunkSize>;

public:
    /// As std::vector's.
    using value_type = T;
    /// As std::vector's.
    using size_type = std::size_t;
    /// As std::vector's.
    using difference_type = std::ptrdiff_t;
    /// As std::vector's.
    using reference = T &;
    /// As std::vector's.
    using const_reference = const T &;
    /// As std::vector's.
    using pointer = T *;
    /// As std::vector's.
    using const_pointer = const T *;
    /// As std::vector's.
    using iterator = detail::stable_iterator<T, ChunkSize, false>;
    /// As std::vector's.
    using const_iterator = detail::stable_iterator<T, ChunkSize, true>;
    /// As std::vector's.
    using reverse_iterator = std::reverse_iterator<iterator>;
    /// As std::vector's.
    using const_reverse_iterator = std::reverse_iterator<const_iterator>;
    /// Elements of a chunk.
    static constexpr size_type chunk_size = ChunkSize;

    // Every other constructor delegates to this one, so that the destructor cleans up when it throws half-way.
    stable_vector() noexcept = default;
    /// As std::vector's.
    explicit stable_vector(size_type count) : stable_vector() { resize(count); }
    /// As std::vector's.
    stable_vector(size_type count, const T &value) : stable_vector() { resize(count, value); }
    /// As std::vector's.
    template <class Input, class = typename std::iterator_traits<Input>::iterator_category>
    stable_vector(Input first, Input last) : stable_vector() {
        append(first, last);
    }
    /// As std::vector's.
    stable_vector(std::initializer_list<T> values) : stable_vector() { append(values.begin(), values.end()); }
    /// As std::vector's.
    stable_vector(const stable_vector &other) : stable_vector() {
        reserve(other.size());
        append(other.begin(), other.end());
    }
    /// O(1); `other` is empty afterwards.
    stable_vector(stable_vector &&other) noexcept : owned_(std::exchange(other.owned_, nullptr)) {}
    /// As std::vector's.
    stable_vector &operator=(const stable_vector &other) {
        if (this != &other) {
            stable_vector(other).swap(*this);
        }
        return *this;
    }
    /// As std::vector's.
    stable_vector &operator=(stable_vector &&other) noexcept {
        stable_vector(std::move(other)).swap(*this);
        return *this;
    }
    /// As std::vector's.
    stable_vector &operator=(std::initializer_list<T> values) {
        stable_vector(values).swap(*this);
        return *this;
    }
    ~stable_vector() { delete owned_; }

    /// As std::vector's.
    template <class Input, class = typename std::iterator_traits<Input>::iterator_category>
    void assign(Input first, Input last) {
        stable_vector(first, last).swap(*this);
    }
    /// As std::vector's.
    void assign(size_type count, const T &value) { stable_vector(count, value).swap(*this); }
    /// As std::vector's.
    void assign(std::initializer_list<T> values) { *this = values; }

    /// As std::vector's.
    size_type size() const noexcept { return owned_ == nullptr ? 0 : owned_->size; }
    /// As std::vector's.
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// As std::vector's.
    size_type max_size() const noexcept {
        return static_cast<size_type>(std::numeric_limits<difference_type>::max()) / sizeof(T);
    }
    /// Elements that there are chunks for.
    size_type capacity() const noexcept { return owned_ == nullptr ? 0 : owned_->chunks.size() * ChunkSize; }
    /// Makes the chunks for `count` elements in all: as many push_backs will not allocate.
    void reserve(size_type count) {
        if (count > max_size()) {
            detail::stable_vector_length();
        }
        if (count > capacity()) {
            own().reserve(count);
        }
    }
    /// Gives back the chunks that hold nothing.
    void shrink_to_fit() noexcept {
        if (owned_ == nullptr) {
            return;
        }
        while (capacity() >= size() + ChunkSize) {
            std::allocator<T>().deallocate(owned_->chunks.back(), ChunkSize);
            owned_->chunks.pop_back();
        }
    }

    /// Unchecked, as every operator[].
    T &operator[](size_type i) noexcept { return (*owned_)[i]; }
    /// As std::vector's.
    const T &operator[](size_type i) const noexcept { return (*owned_)[i]; }
    /// Throws std::out_of_range.
    T &at(size_type i) {
        check(i);
        return (*owned_)[i];
    }
    /// As std::vector's.
    const T &at(size_type i) const {
        check(i);
        return (*owned_)[i];
    }
    /// As std::vector's.
    T &front() noexcept { return (*owned_)[0]; }
    /// As std::vector's.
    const T &front() const noexcept { return (*owned_)[0]; }
    /// As std::vector's.
    T &back() noexcept { return (*owned_)[size() - 1]; }
    /// As std::vector's.
    const T &back() const noexcept { return (*owned_)[size() - 1]; }

    /// As std::vector's.
    void push_back(const T &value) { own().emplace(value); }
    /// As std::vector's.
    void push_back(T &&value) { own().emplace(std::move(value)); }
    /// As std::vector's.
    template <class... Args>
    T &emplace_back(Args &&...args) {
        return own().emplace(std::forward<Args>(args)...);
    }
    /// As std::vector's.
    void pop_back() noexcept { owned_->truncate(owned_->size - 1); }
    /// As std::vector's.
    void clear() noexcept {
        if (owned_ != nullptr) {
            owned_->truncate(0);
        }
    }
    /// As std::vector's.
    void resize(size_type count) {
        grow(count, [this] { owned_->emplace(); });
    }
    /// As std::vector's.
    void resize(size_type count, const T &value) {
        grow(count, [&] { owned_->emplace(value); });
    }
    /// Removes one element; what is behind it moves one place down. O(elements behind).
    iterator erase(const_iterator position) { return erase(position, position + 1); }
    /// As std::vector's.
    iterator erase(const_iterator first, const_iterator last) {
        const iterator to(owned_, first.index_);
        if (first != last) {
            const iterator kept = std::move(iterator(owned_, last.index_), end(), to);
            owned_->truncate(kept.index_);
        }
        return to;
    }
    /// As std::vector's.
    void swap(stable_vector &other) noexcept { std::swap(owned_, other.owned_); }
    /// As std::vector's.
    friend void swap(stable_vector &a, stable_vector &b) noexcept { a.swap(b); }

    /// As std::vector's.
    iterator begin() noexcept { return iterator(owned_, 0); }
    /// As std::vector's.
    iterator end() noexcept { return iterator(owned_, size()); }
    /// As std::vector's.
    const_iterator begin() const noexcept { return const_iterator(owned_, 0); }
    /// As std::vector's.
    const_iterator end() const noexcept { return const_iterator(owned_, size()); }
    /// As std::vector's.
    const_iterator cbegin() const noexcept { return begin(); }
    /// As std::vector's.
    const_iterator cend() const noexcept { return end(); }
    /// As std::vector's.
    reverse_iterator rbegin() noexcept { return reverse_iterator(end()); }
    /// As std::vector's.
    reverse_iterator rend() noexcept { return reverse_iterator(begin()); }
    /// As std::vector's.
    const_reverse_iterator rbegin() const noexcept { return const_reverse_iterator(end()); }
    /// As std::vector's.
    const_reverse_iterator rend() const noexcept { return const_reverse_iterator(begin()); }
    /// As std::vector's.
    const_reverse_iterator crbegin() const noexcept { return rbegin(); }
    /// As std::vector's.
    const_reverse_iterator crend() const noexcept { return rend(); }

    /// Copies every element to contiguous memory, a chunk at a time; `out` has room for size() elements.
    void copy_to(T *out) const {
        for (size_type done = 0; done < size(); done += ChunkSize) {
            out = std::copy_n(owned_->chunks[done / ChunkSize], std::min(ChunkSize, size() - done), out);
        }
    }

    /// As std::vector's.
    friend bool operator==(const stable_vector &a, const stable_vector &b) {
        return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
    }
    /// As std::vector's.
    friend bool operator!=(const stable_vector &a, const stable_vector &b) { return !(a == b); }

private:
    chunks &own() {
        if (owned_ == nullptr) {
            owned_ = new chunks;
        }
        return *owned_;
    }
    void check(size_type i) const {
        if (i >= size()) {
            detail::stable_vector_range(i, size());
        }
    }
    template <class Input>
    void append(Input first, Input last) {
        for (; first != last; ++first) {
            own().emplace(*first);
        }
    }
    /// Appends by `one` up to `count` elements, or removes; when it throws, what it had appended is gone again.
    template <class One>
    void grow(size_type count, One one) {
        struct undo {
            stable_vector &vector;
            size_type size;
            ~undo() {
                if (vector.owned_ != nullptr && vector.owned_->size > size) {
                    vector.owned_->truncate(size);
                }
            }
        };
        reserve(count);
        undo guard{*this, size()};
        if (count < size()) {
            owned_->truncate(count);
        }
        while (size() < count) {
            one();
        }
        guard.size = count;
    }

    chunks *owned_ = nullptr;
};

}  // namespace mm

#endif
