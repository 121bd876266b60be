#!/usr/bin/env bash
# Sets up, builds and installs the Python package as a release into build/venv, and runs the demo,
# which fills a SQLite CRM file, prints its reports and writes a page with charts. Everything is in
# build/demo; open build/demo/report.html in a browser.
#
#   scripts/demo.sh                                     a company that the project makes up
#   scripts/demo.sh --seed 7                            another one
#   scripts/demo.sh --data DIR [--mapping FILE]         CSV files
#   scripts/demo.sh --language zh                       in Chinese
#
# All arguments go to examples/demo.py; --help lists them.
set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/setup.sh --demo

# Relative paths are the caller's, so the demo runs where the caller is.
root=$PWD
export PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1
mkdir -p build/demo
started=$SECONDS
echo "demo: building the release (the first time takes minutes)"
# The compiler by the name that the other builds use, so that its cache serves them all.
CC=${CC:-cc} CXX=${CXX:-c++} \
  build/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation \
  --no-deps .
echo "demo: built in $((SECONDS - started)) s"

cd "$here"
exec "$root/build/venv/bin/python" "$root/examples/demo.py" "$@"
