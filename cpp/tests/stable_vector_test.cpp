// The documented stable_vector.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <list>
#include <memory>
#include <numeric>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

namespace {

template <class T, std::size_t N>
std::vector<T> contents(const stable_vector<T, N> &v) {
    return std::vector<T>(v.begin(), v.end());
}

/// Counts the living, and throws at the n-th construction or assignment from another.
struct Fickle {
    static inline int alive = 0;
    static inline int until_throw = -1;
    int value;

    static void tick() {
        if (until_throw >= 0 && until_throw-- == 0) {
            throw std::runtime_error("fickle");
        }
    }
    explicit Fickle(int v = 0) : value(v) {
        tick();
        ++alive;
    }
    Fickle(const Fickle &other) : value(other.value) {
        tick();
        ++alive;
    }
    Fickle &operator=(const Fickle &other) {
        tick();
        value = other.value;
        return *this;
    }
    ~Fickle() { --alive; }
    friend bool operator==(const Fickle &a, const Fickle &b) { return a.value == b.value; }
};

class StableVectorExceptions : public ::testing::Test {
protected:
    void SetUp() override {
        Fickle::alive = 0;
        Fickle::until_throw = -1;
    }
    void TearDown() override { EXPECT_EQ(Fickle::alive, 0); }
};

struct alignas(256) Wide {
    int value = 0;
};

}  // namespace

static_assert(std::is_same_v<std::iterator_traits<stable_vector<int>::iterator>::iterator_category,
                             std::random_access_iterator_tag>);
static_assert(std::is_convertible_v<stable_vector<int>::iterator, stable_vector<int>::const_iterator>);
static_assert(!std::is_convertible_v<stable_vector<int>::const_iterator, stable_vector<int>::iterator>);
static_assert(std::is_nothrow_move_constructible_v<stable_vector<std::string>>);
static_assert(std::is_nothrow_move_assignable_v<stable_vector<std::string>>);
static_assert(std::is_nothrow_swappable_v<stable_vector<std::string>>);
#if __cplusplus >= 202002L
static_assert(std::random_access_iterator<stable_vector<int>::iterator>);
static_assert(std::random_access_iterator<stable_vector<int>::const_iterator>);
static_assert(std::ranges::random_access_range<stable_vector<int>>);
static_assert(std::ranges::sized_range<const stable_vector<int>>);
static_assert(std::sortable<stable_vector<int>::iterator>);
#endif

TEST(StableVectorTest, IsEmptyAtFirst) {
    stable_vector<float> v;
    EXPECT_TRUE(v.empty());
    EXPECT_EQ(v.size(), 0u);
    EXPECT_EQ(v.capacity(), 0u);
    EXPECT_TRUE(v.begin() == v.end());
    v.clear();
    v.shrink_to_fit();
    EXPECT_TRUE(v == stable_vector<float>());
}

TEST(StableVectorTest, ElementsNeverMoveWhileItGrowsIsSwappedOrMoved) {
    stable_vector<int, 4> v;
    std::vector<const int *> places;
    for (int i = 0; i < 1000; ++i) {
        v.push_back(i);
        places.push_back(&v.back());
    }
    stable_vector<int, 4> other{7};
    const auto third = v.begin() + 3;
    v.swap(other);
    EXPECT_EQ(contents(v), std::vector<int>{7});
    stable_vector<int, 4> last(std::move(other));
    EXPECT_TRUE(other.empty());
    for (std::size_t i = 0; i < places.size(); ++i) {
        ASSERT_EQ(&last[i], places[i]);
        ASSERT_EQ(*places[i], static_cast<int>(i));
    }
    EXPECT_EQ(*third, 3) << "an iterator follows its element";
    EXPECT_EQ(&*third, &last[3]);
    other.push_back(5);
    EXPECT_EQ(other.back(), 5) << "what was moved from is empty and usable";
}

TEST(StableVectorTest, IteratorsSurviveGrowth) {
    stable_vector<int, 2> v{0, 1};
    auto it = v.begin();
    auto end = v.end();
    for (int i = 2; i < 100; ++i) {
        v.push_back(i);
    }
    EXPECT_EQ(*(it + 99), 99);
    EXPECT_EQ(*end, 2) << "the old end is where the next element came";
    EXPECT_EQ(v.end() - end, 98);
}

TEST(StableVectorTest, BehavesAsVectorUnderRandomOperations) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 50; ++round) {
        stable_vector<int, 8> v;
        std::vector<int> oracle;
        for (int step = 0; step < 400; ++step) {
            const int value = static_cast<int>(random() % 1000);
            const std::size_t size = oracle.size();
            switch (random() % 10) {
            case 0: case 1: case 2: case 3:
                v.push_back(value);
                oracle.push_back(value);
                break;
            case 4:
                EXPECT_EQ(v.emplace_back(value), value);
                oracle.emplace_back(value);
                break;
            case 5:
                if (size > 0) {
                    v.pop_back();
                    oracle.pop_back();
                }
                break;
            case 6:
                if (size > 0) {
                    const auto at = static_cast<std::ptrdiff_t>(random() % size);
                    const auto next = v.erase(v.begin() + at);
                    oracle.erase(oracle.begin() + at);
                    ASSERT_EQ(next - v.begin(), at);
                }
                break;
            case 7: {
                const auto from = static_cast<std::ptrdiff_t>(random() % (size + 1));
                const auto to = from + static_cast<std::ptrdiff_t>(random() % (size + 1 - static_cast<std::size_t>(from)));
                v.erase(v.cbegin() + from, v.cbegin() + to);
                oracle.erase(oracle.begin() + from, oracle.begin() + to);
                break;
            }
            case 8: {
                const std::size_t count = random() % 60;
                v.resize(count, value);
                oracle.resize(count, value);
                break;
            }
            default:
                if (random() % 4 == 0) {
                    v.reserve(size + 20);
                    EXPECT_GE(v.capacity(), size + 20);
                } else {
                    v.shrink_to_fit();
                    EXPECT_LT(v.capacity(), v.size() + 8);
                }
            }
            ASSERT_EQ(v.size(), oracle.size());
            ASSERT_TRUE(std::equal(v.begin(), v.end(), oracle.begin(), oracle.end()));
        }
        std::vector<int> copy(v.size());
        v.copy_to(copy.data());
        EXPECT_EQ(copy, oracle);
        EXPECT_EQ(std::vector<int>(v.rbegin(), v.rend()), std::vector<int>(oracle.rbegin(), oracle.rend()));
    }
}

TEST(StableVectorTest, ConstructsCopiesAndCompares) {
    stable_vector<std::string, 2> v{"a", "b", "c"};
    stable_vector<std::string, 2> copy(v);
    EXPECT_TRUE(copy == v);
    EXPECT_NE(&copy[0], &v[0]);
    copy[1] = "x";
    EXPECT_TRUE(copy != v);
    copy = v;
    EXPECT_TRUE(copy == v);
    const auto &self = copy;
    copy = self;
    EXPECT_TRUE(copy == v);
    copy = {"z"};
    EXPECT_EQ(copy.size(), 1u);
    copy.assign(3, "w");
    EXPECT_EQ(contents(copy), (std::vector<std::string>{"w", "w", "w"}));
    std::istringstream words("one two three");
    copy.assign(std::istream_iterator<std::string>(words), std::istream_iterator<std::string>());
    EXPECT_EQ(copy.back(), "three") << "a range that can be read only once";
    EXPECT_EQ((contents(stable_vector<int, 4>(5, 7))), std::vector<int>(5, 7));
    EXPECT_EQ((contents(stable_vector<int, 4>(3))), std::vector<int>(3));
    const std::list<int> list{1, 2, 3};
    EXPECT_EQ((contents(stable_vector<int>(list.begin(), list.end()))), (std::vector<int>{1, 2, 3}));
    EXPECT_FALSE((stable_vector<int>{1, 2} == stable_vector<int>{1, 3}));
    EXPECT_FALSE((stable_vector<int>{1, 2} == stable_vector<int>{1}));
    copy.push_back(copy.front());
    EXPECT_EQ(copy.back(), "one") << "an element of its own";
}

TEST(StableVectorTest, HoldsWhatCanOnlyBeMoved) {
    stable_vector<std::unique_ptr<int>, 4> v;
    for (int i = 0; i < 20; ++i) {
        v.push_back(std::make_unique<int>(i));
    }
    v.emplace_back(new int(20));
    v.erase(v.begin());
    EXPECT_EQ(*v.front(), 1);
    EXPECT_EQ(*v.back(), 20);
    v.resize(25);
    EXPECT_EQ(v.back(), nullptr);
    auto other = std::move(v);
    EXPECT_EQ(other.size(), 25u);
    std::reverse(other.begin(), other.end());
    EXPECT_EQ(*other.back(), 1);
}

TEST(StableVectorTest, KeepsAlignment) {
    stable_vector<Wide, 2> v(5);
    for (const Wide &wide : v) {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&wide) % alignof(Wide), 0u);
    }
}

TEST(StableVectorTest, AlgorithmsWorkOnItsIterators) {
    stable_vector<int, 16> v(1000);
    std::iota(v.begin(), v.end(), 0);
    std::mt19937_64 random(2);
    std::shuffle(v.begin(), v.end(), random);
    std::sort(v.begin(), v.end());
    EXPECT_TRUE(std::is_sorted(v.cbegin(), v.cend()));
    EXPECT_EQ(std::lower_bound(v.begin(), v.end(), 500) - v.begin(), 500);
    EXPECT_EQ(v.begin()[7], 7);
    EXPECT_EQ(*(3 + v.begin()), 3);
    EXPECT_TRUE(v.cbegin() == v.begin() && v.begin() < v.cend() && v.cend() >= v.begin());
    v.erase(std::remove_if(v.begin(), v.end(), [](int x) { return x % 2 == 1; }), v.end());
    EXPECT_EQ(v.size(), 500u);
#if __cplusplus >= 202002L
    std::ranges::sort(v, std::greater<>());
    EXPECT_EQ(v.front(), 998);
    EXPECT_EQ(*std::ranges::find(v, 500), 500);
    EXPECT_EQ(std::ranges::count_if(v, [](int x) { return x % 4 == 0; }), 250);
#if !defined(__clang__) || __clang_major__ >= 16
    // Older clang cannot read the views of libstdc++.
    int sum = 0;
    for (const int x : v | std::views::drop(1) | std::views::take(3)) {
        sum += x;
    }
    EXPECT_EQ(sum, 996 + 994 + 992);
#endif
#endif
}

TEST(StableVectorTest, AtNamesTheIndexThatThereIsNot) {
    stable_vector<int> v{1, 2};
    EXPECT_EQ(v.at(1), 2);
    try {
        v.at(2);
        FAIL();
    } catch (const std::out_of_range &error) {
        EXPECT_STREQ(error.what(), "stable_vector: index 2, size 2");
    }
    EXPECT_THROW(std::as_const(v).at(100), std::out_of_range);
    EXPECT_THROW(stable_vector<int>().at(0), std::out_of_range);
    EXPECT_THROW(v.reserve(v.max_size() + 1), std::length_error);
    EXPECT_EQ(v.size(), 2u);
}

TEST_F(StableVectorExceptions, LeaveItAsItWas) {
    stable_vector<Fickle, 4> v;
    for (int i = 0; i < 10; ++i) {
        v.emplace_back(i);
    }
    const auto before = contents(v);
    const auto fails = [&](auto change) {
        for (int when = 0; when < 3; ++when) {
            const int alive = Fickle::alive;
            Fickle::until_throw = when;
            EXPECT_THROW(change(), std::runtime_error);
            Fickle::until_throw = -1;
            EXPECT_EQ(Fickle::alive, alive);
            EXPECT_TRUE(std::equal(v.begin(), v.end(), before.begin(), before.end()));
        }
    };
    fails([&] { for (;;) { stable_vector<Fickle, 4> copy(v); } });
    fails([&] { v.resize(30); });
    fails([&] { v.resize(30, before[0]); });
    fails([&] { v.assign(20, before[0]); });
    fails([&] { v.assign(before.begin() + 2, before.end()); });
    stable_vector<Fickle, 4> other;
    fails([&] { for (;;) { other = v; } });
    Fickle::until_throw = 0;
    EXPECT_THROW(v.emplace_back(7), std::runtime_error);
    Fickle::until_throw = 0;
    EXPECT_THROW(v.push_back(before[0]), std::runtime_error);
    Fickle::until_throw = -1;
    EXPECT_EQ(v.size(), 10u);
}

TEST_F(StableVectorExceptions, AFailingEraseLosesNoElement) {
    stable_vector<Fickle, 4> v(12);
    Fickle::until_throw = 3;
    EXPECT_THROW(v.erase(v.begin()), std::runtime_error);
    Fickle::until_throw = -1;
    EXPECT_EQ(v.size(), 12u);
    EXPECT_EQ(Fickle::alive, 12);
}
