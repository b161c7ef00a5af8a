#!/bin/sh
# The dynamic symbols of the shared library are exactly the functions that the header declares, and the archive has none of
# the functions that only tests have (feature test-panic) and nothing of the cxx bridge.
# Usage: exports.sh NM LIBRARY HEADER ARCHIVE
set -eu
exported=$("$1" -D --defined-only "$2" | awk '{print $3}' | sort)
declared=$(grep -oE 'mm_[a-z0-9_]+\(' "$3" | tr -d '(' | sort -u | while read -r name; do
  grep -qE "^[a-z].*[ *]$name\(" "$3" && echo "$name"
done)
if [ "$exported" != "$declared" ]; then
  printf '%s\n' "$exported" > exported.txt
  printf '%s\n' "$declared" > declared.txt
  diff exported.txt declared.txt || true
  echo "the library and its header differ"
  exit 1
fi
if "$1" --defined-only "$4" 2>/dev/null | grep -E ' mm_test_'; then
  echo "the archive has functions that are for tests only"
  exit 1
fi
# Nor anything of the cxx bridge (feature cxx), whose symbols carry cxx's version.
if "$1" --defined-only "$4" 2>/dev/null | grep -E 'cxxbridge1'; then
  echo "the archive has the cxx bridge"
  exit 1
fi
echo "$(printf '%s\n' "$declared" | wc -l) functions, exported and declared"
