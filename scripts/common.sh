# Shared by the scripts of this folder: sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
build=$root/build/package
prefix=$root/prefix
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}

say() { printf '\n== %s\n' "$*"; }

have_gtest() { [ -f /usr/include/gtest/gtest.h ] || pkg-config --exists gtest 2>/dev/null; }

# The first Python that has NumPy: a version manager's own may lack what the system's has.
python_with_numpy() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import numpy' 2>/dev/null; then command -v "$candidate"; return; fi
  done
  return 1
}

# What building and testing need besides Rust, one missing package a line.
missing() {
  command -v cargo >/dev/null || echo "cargo (https://rustup.rs)"
  command -v g++ >/dev/null || echo g++
  command -v cmake >/dev/null || echo cmake
  command -v ninja >/dev/null || echo ninja-build
  command -v pkg-config >/dev/null || echo pkg-config
  have_gtest || echo libgtest-dev
  # The scripts that make small model files for the tests.
  command -v python3 >/dev/null || echo python3
  python_with_numpy >/dev/null || echo python3-numpy
}

neon_target=aarch64-unknown-linux-gnu

# What scripts/test-neon needs besides, each with its Debian package (or rustup's target) as the first word.
missing_for_neon() {
  command -v qemu-aarch64 >/dev/null || echo "qemu-user (qemu-aarch64)"
  command -v aarch64-linux-gnu-gcc >/dev/null || echo "gcc-aarch64-linux-gnu (aarch64-linux-gnu-gcc)"
  [ -f /usr/aarch64-linux-gnu/lib/libc.so.6 ] || echo "libc6-dev-arm64-cross (its C library)"
  [ -d "$(rustc --print sysroot)/lib/rustlib/$neon_target" ] || echo "$neon_target (rustup target add $neon_target)"
}

require() {
  local lacking
  lacking=$(missing)
  [ -z "$lacking" ] || "$root/scripts/setup"
}

configure() {
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" \
    -DCMAKE_INSTALL_LIBDIR=lib -DMARKET_MAKER_CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}" \
    -DPython3_EXECUTABLE="$(python_with_numpy || command -v python3)" "$@"
}

# Builds the package and installs it into prefix/.
install_package() {
  rm -rf "$prefix"
  cmake --install "$build" >/dev/null
}
