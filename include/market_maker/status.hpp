// status.hpp: outcomes. A status is an integer; result<T> is a value or a failed status; the throwing forms of every class
// turn a failed status into mm::error where exceptions exist, and end the program where they do not.
//
// C++17, header only. Thread-safe as far as its arguments are.
#ifndef MARKET_MAKER_STATUS_HPP
#define MARKET_MAKER_STATUS_HPP

#include "market_maker.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define MM_HAS_EXCEPTIONS 1
#include <exception>
#include <string>
#else
#define MM_HAS_EXCEPTIONS 0
#include <cstdio>
#endif

namespace mm {

/// Outcome of a call: 0 success, negative error (nothing changed), positive success with a remark.
class [[nodiscard]] status {
public:
    constexpr status() noexcept = default;
    /// Of a number.
    constexpr explicit status(mm_status_t code) noexcept : code_(code) {}

    /// Whether the call succeeded, with or without a remark.
    constexpr bool ok() const noexcept { return code_ >= 0; }
    /// As ok.
    constexpr explicit operator bool() const noexcept { return ok(); }
    /// The number: MM_OK, MM_END, MM_E_...
    constexpr mm_status_t code() const noexcept { return code_; }
    /// "MM_E_FULL"; static storage.
    const char *name() const noexcept { return mm_status_name(code_); }
    /// What it means in a few words; static storage.
    const char *text() const noexcept { return mm_status_text(code_); }

    /// Whether the numbers are the same.
    friend constexpr bool operator==(status a, status b) noexcept { return a.code_ == b.code_; }
    /// Whether they differ.
    friend constexpr bool operator!=(status a, status b) noexcept { return a.code_ != b.code_; }

private:
    mm_status_t code_ = MM_OK;
};

/// What the last failing call of this thread had to say; overwritten by the next.
inline const char *last_error_message() noexcept { return mm_last_error_message(); }

#if MM_HAS_EXCEPTIONS
/// A failed status, thrown by the forms of the classes' functions that do not begin with try_.
class error : public std::exception {
public:
    /// mm_last_error_message.
    explicit error(mm::status failed)
        : status_(failed), text_(std::string(failed.name()) + ": " + mm_last_error_message()) {}

    /// The status.
    mm::status status() const noexcept { return status_; }
    /// "MM_E_FULL: the book is full".
    const char *what() const noexcept override { return text_.c_str(); }

private:
    mm::status status_;
    std::string text_;
};
#endif

namespace detail {

[[noreturn]] inline void fail(status failed) {
#if MM_HAS_EXCEPTIONS
    throw error(failed);
#else
    std::fprintf(stderr, "%s: %s\n", failed.name(), mm_last_error_message());
    std::abort();
#endif
}

inline void check(mm_status_t code) {
    if (code < 0) {
        fail(status(code));
    }
}

}  // namespace detail

/// A value, or the status of the call that could not make one. Never throws except where it says so.
template <class T>
class [[nodiscard]] result {
public:
    /// A value.
    result(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : ok_(true) {
        ::new (static_cast<void *>(&storage_)) T(std::move(value));
    }
    /// A status without one.
    result(mm::status failed) noexcept : status_(failed), ok_(false) {}

    /// Moves the value, where there is one.
    result(result &&other) noexcept(std::is_nothrow_move_constructible_v<T>)
        : status_(other.status_), ok_(other.ok_) {
        if (ok_) {
            ::new (static_cast<void *>(&storage_)) T(std::move(other.get()));
        }
    }
    /// Moves the value, where there is one.
    result &operator=(result &&other) noexcept(std::is_nothrow_move_constructible_v<T>) {
        if (this != &other) {
            reset();
            status_ = other.status_;
            if (other.ok_) {
                ::new (static_cast<void *>(&storage_)) T(std::move(other.get()));
                ok_ = true;
            }
        }
        return *this;
    }
    result(const result &) = delete;
    result &operator=(const result &) = delete;
    ~result() { reset(); }

    /// Whether there is a value.
    bool ok() const noexcept { return ok_; }
    /// As ok.
    explicit operator bool() const noexcept { return ok_; }
    /// MM_OK when there is a value.
    mm::status status() const noexcept { return status_; }

    /// The value; throws mm::error (ends the program without exceptions) when there is none.
    T &value() & {
        require();
        return get();
    }
    /// As above.
    const T &value() const & {
        require();
        return get();
    }
    /// As above.
    T &&value() && {
        require();
        return std::move(get());
    }
    /// The value, which there must be.
    T &operator*() noexcept { return get(); }
    /// As above.
    const T &operator*() const noexcept { return get(); }
    /// Its members.
    T *operator->() noexcept { return &get(); }
    /// Its members.
    const T *operator->() const noexcept { return &get(); }
    /// The value, or `other` when there is none.
    T value_or(T other) const & { return ok_ ? get() : std::move(other); }

private:
    void require() const {
        if (!ok_) {
            detail::fail(status_);
        }
    }
    T &get() noexcept { return *std::launder(reinterpret_cast<T *>(&storage_)); }
    const T &get() const noexcept { return *std::launder(reinterpret_cast<const T *>(&storage_)); }
    void reset() noexcept {
        if (ok_) {
            get().~T();
            ok_ = false;
        }
    }

    alignas(T) unsigned char storage_[sizeof(T)] = {};
    mm::status status_;
    bool ok_;
};

/// A view of contiguous elements, as std::span in C++20.
template <class T>
class span {
public:
    constexpr span() noexcept = default;
    /// Of so many elements.
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// Of an array.
    template <std::size_t N>
    constexpr span(T (&array)[N]) noexcept : data_(array), size_(N) {}
    /// Anything contiguous: std::vector, std::array, std::span, std::string.
    template <class C, class = std::enable_if_t<
                           std::is_convertible_v<decltype(std::declval<C &>().data()), T *> &&
                           std::is_convertible_v<decltype(std::declval<C &>().size()), std::size_t> &&
                           !std::is_same_v<std::remove_cv_t<std::remove_reference_t<C>>, span>>>
    constexpr span(C &&container) noexcept : data_(container.data()), size_(container.size()) {}

    /// The first.
    constexpr T *data() const noexcept { return data_; }
    /// How many there are.
    constexpr std::size_t size() const noexcept { return size_; }
    /// Whether there is none.
    constexpr bool empty() const noexcept { return size_ == 0; }
    /// The i-th; unchecked.
    constexpr T &operator[](std::size_t i) const noexcept { return data_[i]; }
    /// The first.
    constexpr T *begin() const noexcept { return data_; }
    /// Behind the last.
    constexpr T *end() const noexcept { return data_ + size_; }
    /// The first `count` elements.
    constexpr span first(std::size_t count) const noexcept { return span(data_, count); }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// The side of an order.
enum class side : std::uint8_t { buy = MM_SIDE_BUY, sell = MM_SIDE_SELL };

namespace detail {

/// Owns a handle of the C interface: move-only, empty after a move.
template <class Handle, void (*Destroy)(Handle *) MM_NOEXCEPT>
class owner {
public:
    constexpr owner() noexcept = default;
    explicit constexpr owner(Handle *handle) noexcept : handle_(handle) {}
    owner(owner &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    owner &operator=(owner &&other) noexcept {
        if (this != &other) {
            Destroy(handle_);
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    owner(const owner &) = delete;
    owner &operator=(const owner &) = delete;
    ~owner() { Destroy(handle_); }

    Handle *get() const noexcept { return handle_; }
    Handle *release() noexcept { return std::exchange(handle_, nullptr); }

private:
    Handle *handle_ = nullptr;
};

/// A config struct at its defaults.
template <class C, mm_status_t (*Init)(C *, std::size_t) MM_NOEXCEPT>
C defaults() noexcept {
    C config;
    Init(&config, sizeof config);
    return config;
}

/// result<T> of a call that writes one value.
template <class T, class Call>
result<T> one(Call &&call) noexcept {
    T value{};
    const mm_status_t code = call(&value);
    if (code < 0) {
        return status(code);
    }
    return value;
}

/// result<std::size_t> of a call that writes a count beside an array.
template <class Call>
result<std::size_t> counted(Call &&call) noexcept {
    return one<std::size_t>(std::forward<Call>(call));
}

}  // namespace detail
}  // namespace mm

#endif
