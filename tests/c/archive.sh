#!/bin/sh
# The archive that ships: its only global symbols are the functions that the header declares, it carries no bitcode, unwinding tables
# are in it, and, stripped, it has fewer than 6,000,000 bytes.
# Usage: archive.sh NM READELF ARCHIVE INTERFACE
set -eu
global=$("$1" -g --defined-only "$3" | awk 'NF == 3 {print $3}' | LC_ALL=C sort)
declared=$(grep -v '^#' "$4" | LC_ALL=C sort)
if [ "$global" != "$declared" ]; then
  printf '%s\n' "$global" > archive_global.txt
  printf '%s\n' "$declared" > archive_declared.txt
  diff archive_global.txt archive_declared.txt | head -20 || true
  echo "the archive's global symbols are not the interface"
  exit 1
fi
sections=$("$2" -SW "$3")
case $sections in *.llvmbc*) echo "the archive carries bitcode"; exit 1 ;; esac
case $sections in *.eh_frame*) ;; *) echo "the archive has no unwinding tables: a panic would end the host"; exit 1 ;; esac
bytes=$(wc -c < "$3")
if grep -q 'stripped: ON' "$4"; then
  case $sections in *.debug_*) echo "the archive carries debugging information"; exit 1 ;; esac
  if [ "$bytes" -ge 6000000 ]; then
    echo "the archive has $bytes bytes"
    exit 1
  fi
fi
echo "$(printf '%s\n' "$declared" | wc -l) global symbols, all of them declared, in $bytes bytes"
