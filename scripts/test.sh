#!/usr/bin/env bash
# Sets up, builds everything with the address and undefined-behaviour sanitizers, and runs every
# test: C++ and C through ctest, then Python through pytest. Their closing lines come last.
#
#   scripts/test.sh             all but the tests that are labelled long
#   scripts/test.sh --long      these too, a hundred thousand kills and as many power cuts, and all of
#                               the lower floors with the thread sanitizer: half a day
#
# GUANXI_TEST_DATA names the folder of real data sets (by default ../shared/data, where it exists);
# without one, the tests that use it say that they skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

with_long=no
for argument in "$@"; do
  case $argument in
    --long) with_long=yes ;;
    *)
      echo "test: unknown argument \`$argument\`; usage: scripts/test.sh [--long]" >&2
      exit 2
      ;;
  esac
done

bash scripts/setup.sh

if [[ -z ${GUANXI_TEST_DATA:-} && -d ../shared/data ]]; then
  GUANXI_TEST_DATA=$(cd ../shared/data && pwd)
fi
export GUANXI_TEST_DATA=${GUANXI_TEST_DATA:-}
export GUANXI_SOURCE_DIR=$PWD
export PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1
export UBSAN_OPTIONS=print_stacktrace=1

# Only what fails to configure or build is worth its output.
quietly() {
  local log=$1
  shift
  "$@" > "$log" 2>&1 || {
    cat "$log" >&2
    exit 1
  }
}

build=build/sanitize
mkdir -p "$build"
started=$SECONDS
quietly "$build/configure.log" cmake --preset sanitize
echo "test: building in $build"
quietly "$build/build.log" cmake --build --preset sanitize
echo "test: built in $((SECONDS - started)) s"

outcome=0
selection=(--label-exclude '^long$')
if [[ $with_long == yes ]]; then
  selection=()
  export GUANXI_KILLS=100000 GUANXI_POWER_CUTS=100000 GUANXI_ROUNDS_OF_EIGHT=50
fi
ctest --preset sanitize --parallel 2 --progress "${selection[@]}" || outcome=1

if [[ $with_long == yes ]]; then
  mkdir -p build/threads
  quietly build/threads/configure.log cmake --preset threads
  quietly build/threads/build.log cmake --build --preset threads
  TSAN_OPTIONS=second_deadlock_stack=1 ctest --preset threads --parallel 2 --progress || outcome=1
fi

if [[ -n $(find tests/python -name 'test_*.py' -o -name '*_test.py' 2> /dev/null) ]]; then
  export PYTHONPATH=$PWD/$build/python GUANXI_PROGRAM=$PWD/$build/bin/guanxi
  export HYPOTHESIS_STORAGE_DIRECTORY=$PWD/build/hypothesis MYPY_CACHE_DIR=$PWD/build/mypy
  marks=()
  [[ $with_long == yes ]] || marks=(-m 'not long')
  # Python itself is not sanitised: the runtime has to be there before the module is loaded (and
  # libstdc++, for the runtime to see exceptions), and what the interpreter keeps until its end is no
  # leak of ours.
  LD_PRELOAD="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libstdc++.so)" \
    ASAN_OPTIONS=detect_leaks=0 \
    build/venv/bin/python -m pytest --quiet -n 2 "${marks[@]}" tests/python || outcome=1
fi
exit $outcome
