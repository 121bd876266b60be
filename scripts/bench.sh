#!/usr/bin/env bash
# Sets up, builds a release with the benchmarks, and measures every goal beside what one would write
# by hand; prints a line a goal, leaves them in build/bench/goals.txt, and writes the table to
# docs/performance.md.
#
#   scripts/bench.sh                          1,000,000 records, and a company of 100,000 and of
#                                             1,000,000 deals: about half an hour
#   scripts/bench.sh --goal M1 S1             only these goals; the table stays in build/bench
#   scripts/bench.sh --goal Q1 Q2 [--long]    only a company's questions to our stores and to others,
#                                             with --long at 10,000,000 deals too (some hours); their
#                                             section goes into docs/performance.md
#   scripts/bench.sh --rows N                 another size
#   scripts/bench.sh --quick                  1,000 records: whether it runs, not how fast
#   scripts/bench.sh --long                   10,000,000 records
#   scripts/bench.sh --load                   in place of the goals, a company at work: 50 and 500
#                                             users on 100,000 and 1,000,000 records, on SQLite and
#                                             in memory; into docs/performance.md
#   scripts/bench.sh --load [--users N] [--threads N] [--rows N] [--seconds N] [--store NAME]
#                                             only this; the table stays in build/bench/load.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/setup.sh

build=build/bench
mkdir -p "$build"
quietly() {
  local log=$1
  shift
  "$@" > "$log" 2>&1 || {
    cat "$log" >&2
    exit 1
  }
}
started=$SECONDS
quietly "$build/configure.log" cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DGUANXI_BUILD_BENCHMARKS=ON -DGUANXI_BUILD_PYTHON=ON -DGUANXI_BUILD_TESTS=OFF \
  -DGUANXI_BUILD_EXAMPLES=OFF
echo "bench: building in $build"
quietly "$build/build.log" cmake --build "$build" --target guanxi_benchmarks by_hand _guanxi
echo "bench: built in $((SECONDS - started)) s"

# Whoever uses threads uses one: what is compared is work, not machines.
export POLARS_MAX_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export PYTHONPATH=$PWD/$build/python PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1
exec build/venv/bin/python benchmarks/run.py --build "$build" "$@"
