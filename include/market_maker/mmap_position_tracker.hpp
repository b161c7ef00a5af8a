// mmap_position_tracker.hpp: MMapPositionTracker, the position tracker whose trades survive the process.
//
// The file is a log: a header, then fixed records of 56 bytes (a trade or a mark), each with its number and a checksum,
// written into a shared memory map and so owned by the system once record_trade returns. Opening replays the log: state,
// history and drawdown are exactly what they were. A record that a crash left half-written fails its checksum and ends the
// log. Marks of one symbol in a row are merged as long as they set no new equity extreme. POSIX only. One writer.
#ifndef MARKET_MAKER_MMAP_POSITION_TRACKER_HPP
#define MARKET_MAKER_MMAP_POSITION_TRACKER_HPP

#include "position_tracker.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace mm {

/// A position tracker on a file.
class MMapPositionTracker final : public PositionTracker {
public:
    /// Opens or creates the file; what it stores is there at once. Throws mm::error (ends the program without exceptions)
    /// when the file cannot be opened or is not such a log.
    explicit MMapPositionTracker(const std::string &path, const PositionLimits &limits = PositionLimits())
        : PositionTracker(limits), path_(path) {
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        struct stat info {};
        if (file_ < 0 || ::fstat(file_, &info) != 0) {
            close_file();
            detail::fail(status(MM_E_IO));
        }
        const bool is_new = info.st_size == 0;
        const std::size_t size = static_cast<std::size_t>(info.st_size);
        if (!map(is_new || size < kFirstSize ? kFirstSize : size)) {
            close_file();
            detail::fail(status(MM_E_IO));
        }
        if (is_new) {
            std::memcpy(base_, &kMagic, sizeof kMagic);
        }
        if (std::memcmp(base_, &kMagic, sizeof kMagic) != 0) {
            unmap();
            close_file();
            detail::fail(status(MM_E_MALFORMED));
        }
        replay();
    }
    ~MMapPositionTracker() override {
        unmap();
        close_file();
    }
    MMapPositionTracker(MMapPositionTracker &&) = delete;
    MMapPositionTracker &operator=(MMapPositionTracker &&) = delete;

    /// Forces everything to the disk: safe from a loss of power when it returns true.
    bool flush() noexcept { return ::msync(base_, size_, MS_SYNC) == 0; }
    /// Reads the file again in place of what is in memory.
    bool load() {
        struct stat info {};
        if (::fstat(file_, &info) != 0 || static_cast<std::size_t>(info.st_size) < kFirstSize) {
            return false;
        }
        if (static_cast<std::size_t>(info.st_size) != size_ && !map(static_cast<std::size_t>(info.st_size))) {
            return false;
        }
        replay();
        return true;
    }
    /// Forgets every trade, on the file too.
    void reset() override {
        forget();
        // The first record's place: nothing valid follows a record that is not.
        std::memset(base_ + kHeader, 0, size_ - kHeader);
        records_ = 0;
        last_mark_ = kNone;
    }
    const std::string &path() const noexcept { return path_; }

protected:
    bool record(SymbolId symbol, Price price, Quantity quantity, OrderSide side, OrderId order_id,
                Timestamp timestamp) override {
        if (!reserve() || !book(symbol, price, quantity, side, order_id, timestamp)) {
            return false;
        }
        Record entry{};
        entry.timestamp = timestamp;
        entry.order_id = order_id;
        entry.price = price;
        entry.quantity = quantity;
        entry.symbol = symbol;
        entry.kind = kTrade;
        entry.side = static_cast<std::uint8_t>(side);
        append(entry);
        last_mark_ = kNone;
        return true;
    }
    bool mark(SymbolId symbol, Price price) override {
        const mm_position_totals_t before = totals();
        if (!reserve() || !value(symbol, price)) {
            return false;
        }
        const mm_position_totals_t after = totals();
        Record entry{};
        entry.price = price;
        entry.symbol = symbol;
        entry.kind = kMark;
        if (last_mark_ == symbol) {
            --records_;
        }
        append(entry);
        const bool is_extreme =
            after.peak_equity != before.peak_equity || after.max_drawdown != before.max_drawdown;
        last_mark_ = is_extreme ? kNone : symbol;
        return true;
    }

private:
    struct Record {
        std::uint64_t number;
        std::uint64_t timestamp;
        std::uint64_t order_id;
        std::int64_t price;
        std::uint64_t quantity;
        std::uint16_t symbol;
        std::uint8_t kind;
        std::uint8_t side;
        std::uint32_t reserved;
        std::uint64_t checksum;
    };
    static_assert(sizeof(Record) == 56, "the file's layout");

    static constexpr std::uint64_t kMagic = 0x31474f4c534f504dULL;  // "MPOSLOG1"
    static constexpr std::size_t kHeader = 64;
    static constexpr std::size_t kFirstSize = std::size_t{1} << 16;
    static constexpr std::uint8_t kTrade = 1;
    static constexpr std::uint8_t kMark = 2;
    static constexpr std::int32_t kNone = -1;

    /// FNV-1a over everything before the checksum, begun with the checksum of the record before: catches what a crash
    /// leaves behind, also a whole record that was once written behind a lost one.
    std::uint64_t checksum(const Record &entry, std::size_t index) const noexcept {
        unsigned char bytes[sizeof(Record)];
        std::memcpy(bytes, &entry, sizeof bytes);
        std::uint64_t hash = 0xcbf29ce484222325ULL;
        if (index > 0) {
            Record previous;
            std::memcpy(&previous, place(index - 1), sizeof previous);
            hash ^= previous.checksum;
        }
        for (std::size_t i = 0; i < offsetof(Record, checksum); ++i) {
            hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
        }
        return hash;
    }
    unsigned char *place(std::size_t index) const noexcept { return base_ + kHeader + index * sizeof(Record); }
    void append(Record entry) noexcept {
        entry.number = records_ + 1;
        entry.checksum = checksum(entry, records_);
        std::memcpy(place(records_), &entry, sizeof entry);
        ++records_;
    }
    bool has_room(std::size_t index) const noexcept { return kHeader + (index + 1) * sizeof(Record) <= size_; }
    /// Room for one more record, so that a trade that is booked can be written.
    bool reserve() noexcept { return has_room(records_) || map(size_ * 2); }

    void replay() {
        forget();
        records_ = 0;
        last_mark_ = kNone;
        while (has_room(records_)) {
            Record entry;
            std::memcpy(&entry, place(records_), sizeof entry);
            if (entry.number != records_ + 1 || entry.checksum != checksum(entry, records_)) {
                break;
            }
            if (entry.kind == kTrade) {
                book(entry.symbol, entry.price, static_cast<Quantity>(entry.quantity),
                     static_cast<OrderSide>(entry.side), entry.order_id, entry.timestamp);
            } else {
                value(entry.symbol, entry.price);
            }
            ++records_;
        }
    }

    /// Maps the file at this size, extending it with zeros.
    bool map(std::size_t size) noexcept {
        struct stat info {};
        if (::fstat(file_, &info) != 0 ||
            (static_cast<std::size_t>(info.st_size) < size && ::ftruncate(file_, static_cast<off_t>(size)) != 0)) {
            return false;
        }
        void *fresh = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
        if (fresh == MAP_FAILED) {
            return false;
        }
        unmap();
        base_ = static_cast<unsigned char *>(fresh);
        size_ = size;
        return true;
    }
    void unmap() noexcept {
        if (base_ != nullptr) {
            ::munmap(base_, size_);
            base_ = nullptr;
        }
    }
    void close_file() noexcept {
        if (file_ >= 0) {
            ::close(file_);
            file_ = -1;
        }
    }

    std::string path_;
    int file_ = -1;
    unsigned char *base_ = nullptr;
    std::size_t size_ = 0;
    std::size_t records_ = 0;
    /// Symbol of the last record if that is a mark which may be overwritten.
    std::int32_t last_mark_ = kNone;
};

}  // namespace mm

#endif
#endif
