// A program that uses a component with the library inside, and does not see the library: no function of it has a symbol here.
#include "part.h"

#include <cstdio>
#include <cstring>

// What a program may call its own once the library inside a component is hidden.
extern "C" int mm_book_create(int unrelated) { return unrelated + 1; }

int main() {
    if (mm_book_create(41) != 42 || cpp_a_open(77) != 0 || cpp_a_best() != 77) return 1;
    if (cpp_a_fail() != 0 || std::strlen(cpp_a_message()) == 0) return 2;
    if (cpp_a_panic() != 0 || cpp_a_best() != 77) return 3;
    cpp_a_close();
    std::printf("version %s inside\n", cpp_a_version());
    return 0;
}
