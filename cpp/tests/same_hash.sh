#!/bin/sh
# The C++ example and the command replay the same events with the same settings: both must end in the same state.
#   same_hash.sh EXAMPLE MM FORMAT [ARGUMENT...]
set -eu
example=$1 mm=$2 format=$3
shift 3

hash_of() {
  "$@" | sed -n '$s/.*"state_hash":"\([0-9a-f]\{16\}\)".*/\1/p'
}
from_cpp=$(hash_of "$example" --json --format "$format" "$@")
from_rust=$(hash_of "$mm" replay --json --format "$format" "$@")
echo "C++ $from_cpp, mm $from_rust"
[ -n "$from_cpp" ] && [ "$from_cpp" = "$from_rust" ]
