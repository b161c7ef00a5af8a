/* Times a tree engine's own C entry on rotating rows, one row a call: a JSON line of microseconds per call.
 *
 *   trees_peer NAME KIND LIBRARY MODEL FEATURES ROWS OUTPUTS CALLS
 *
 * KIND is lightgbm (SingleRow), lightgbm-fast (SingleRowFast), tl2cgen or lleaves; LIBRARY the shared object. ROWS and
 * OUTPUTS are raw doubles. Filling tl2cgen's entries from the row is part of its call; the clock's own time is
 * subtracted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

union entry {
  int missing;
  double fvalue;
  int qvalue;
};

enum { ROW_LIMIT = 4096, DOUBLES = 1, NORMAL = 0, ROW_MAJOR = 1 };

static int features;
static union entry entries[ROW_LIMIT];
static void *booster, *fast;
static int (*single)(void *, const void *, int, int, int, int, int, int, const char *, int64_t *, double *);
static int (*single_fast)(void *, const void *, int64_t *, double *);
static void (*tl2cgen)(union entry *, int, double *);
static void (*lleaves)(const double *, double *, int, int);

static double by_lightgbm(const double *row) {
  int64_t length;
  double out = NAN;
  single(booster, row, DOUBLES, features, ROW_MAJOR, NORMAL, 0, -1, "num_threads=1", &length, &out);
  return out;
}
static double by_lightgbm_fast(const double *row) {
  int64_t length;
  double out = NAN;
  single_fast(fast, row, &length, &out);
  return out;
}
static double by_tl2cgen(const double *row) {
  double out = 0;
  for (int i = 0; i < features; i++) entries[i].fvalue = row[i];
  tl2cgen(entries, 0, &out);
  return out;
}
static double by_lleaves(const double *row) {
  double out = NAN;
  lleaves(row, &out, 0, 1);
  return out;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}
static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double *read_doubles(const char *path, long *count) {
  FILE *file = fopen(path, "rb");
  if (!file) { perror(path); exit(1); }
  fseek(file, 0, SEEK_END);
  *count = ftell(file) / 8;
  rewind(file);
  double *values = malloc(*count * 8);
  if (fread(values, 8, *count, file) != (size_t)*count) exit(1);
  fclose(file);
  return values;
}
static void *symbol(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) { fprintf(stderr, "%s\n", dlerror()); exit(1); }
  return found;
}

int main(int argc, char **argv) {
  if (argc != 9) { fprintf(stderr, "NAME KIND LIBRARY MODEL FEATURES ROWS OUTPUTS CALLS\n"); return 2; }
  const char *kind = argv[2];
  features = atoi(argv[5]);
  long values, count, calls = atol(argv[8]);
  double *rows = read_doubles(argv[6], &values), *expected = read_doubles(argv[7], &count);
  if (features < 1 || features > ROW_LIMIT || values != count * features) return 1;
  void *library = dlopen(argv[3], RTLD_NOW);
  if (!library) { fprintf(stderr, "%s\n", dlerror()); return 1; }
  double (*predict)(const double *);
  if (!strncmp(kind, "lightgbm", 8)) {
    int iterations;
    int (*load)(const char *, int *, void **) = symbol(library, "LGBM_BoosterCreateFromModelfile");
    if (load(argv[4], &iterations, &booster)) return 1;
    single = symbol(library, "LGBM_BoosterPredictForMatSingleRow");
    single_fast = symbol(library, "LGBM_BoosterPredictForMatSingleRowFast");
    int (*prepare)(void *, int, int, int, int, int32_t, const char *, void **) =
        symbol(library, "LGBM_BoosterPredictForMatSingleRowFastInit");
    if (prepare(booster, NORMAL, 0, -1, DOUBLES, features, "num_threads=1", &fast)) return 1;
    predict = strcmp(kind, "lightgbm") ? by_lightgbm_fast : by_lightgbm;
  } else if (!strcmp(kind, "tl2cgen")) {
    tl2cgen = symbol(library, "predict");
    predict = by_tl2cgen;
  } else {
    lleaves = symbol(library, "forest_root");
    predict = by_lleaves;
  }
  double clock[1001], *taken = malloc(calls * sizeof *taken), sum = 0;
  for (int i = 0; i < 1001; i++) {
    double start = now();
    clock[i] = now() - start;
  }
  qsort(clock, 1001, sizeof *clock, ascending);
  double first = now();
  sum += predict(rows);
  first = now() - first - clock[500];
  for (long i = -count; i < calls; i++) {
    const double *row = rows + (i + count) % count * features;
    double start = now();
    sum += predict(row);
    double end = now();
    if (i >= 0) taken[i] = end - start - clock[500];
  }
  double error = isnan(sum) ? NAN : 0;
  for (long i = 0; i < count; i++) {
    double off = fabs(predict(rows + i * features) - expected[i]);
    if (!(off <= error)) error = off;
  }
  qsort(taken, calls, sizeof *taken, ascending);
  printf("{\"engine\":\"%s\",\"p50\":%.4f,\"p99\":%.4f,\"first\":%.4f,\"error\":%g}\n", argv[1],
         taken[calls / 2] / 1e3, taken[calls * 99 / 100] / 1e3, first / 1e3, error);
  return 0;
}
