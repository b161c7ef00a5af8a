// A C++ program on the installed package.
#include <market_maker/market_maker.hpp>

#include <cstdio>

int main() {
    mm::book book;
    book.add(1, mm::side::buy, 9999, 10);
    if (book.try_add(1, mm::side::buy, 9999, 10).status().code() != MM_E_DUPLICATE) {
        return 1;
    }
    if (book.try_best(mm::side::buy).value().quantity != 10) {
        return 2;
    }
    std::printf("market_maker %s from C++\n", mm_version());
    return 0;
}
