/* A C program on the installed package. */
#include <market_maker/market_maker.h>

#include <stdio.h>

int main(void) {
    mm_book_config_t config;
    mm_book_t *book = NULL;
    mm_level_t best;

    if (mm_abi_version() != MM_ABI_VERSION) {
        return 1;
    }
    if (mm_book_config_init(&config, sizeof config) != MM_OK || mm_book_create(&config, &book) != MM_OK) {
        return 2;
    }
    if (mm_book_add(book, 1, MM_SIDE_BUY, 9999, 10, NULL) != MM_OK) {
        return 3;
    }
    if (mm_book_add(book, 1, MM_SIDE_BUY, 9999, 10, NULL) != MM_E_DUPLICATE) {
        return 4;
    }
    if (mm_book_best(book, MM_SIDE_BUY, &best) != MM_OK || best.price != 9999) {
        return 5;
    }
    mm_book_destroy(book);
    printf("market_maker %s from C\n", mm_version());
    return 0;
}
