#!/bin/sh
# Two programs with the same arguments succeed and print the same bytes, which are not few.
#   same_output.sh PROGRAM PROGRAM [ARGUMENT...]
set -eu
one=$1 other=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$one" "$@" > "$folder/one"
"$other" "$@" > "$folder/other"
lines=$(wc -l < "$folder/one")
if ! cmp "$folder/one" "$folder/other"; then
  diff "$folder/one" "$folder/other" | head -40
  exit 1
fi
[ "$lines" -ge 150 ] || { echo "only $lines lines"; exit 1; }
echo "$lines lines, the same from both"
