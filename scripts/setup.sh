#!/usr/bin/env bash
# Installs what building and testing need, and nothing that is there already: system packages by apt
# (Debian 12, as root or with sudo), Python packages into build/venv. With all present it contacts
# nobody and takes a fraction of a second.
#
#   scripts/setup.sh            called first by scripts/test.sh
#   scripts/setup.sh --demo     without what only tests need; called first by scripts/demo.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  echo "setup: $1" >&2
  exit 1
}

packages=(g++ cmake ninja-build ccache pkg-config git
          libsqlite3-dev libicu-dev nlohmann-json3-dev
          libboost-dev libboost-serialization-dev libxxhash-dev libsodium-dev
          python3 python3-venv python3-dev)
case ${1:-} in
  # CLI11 and libedit are of the command line, which the Python package does without.
  # Chromium opens the pages of reports; tzdata is what time zones are compared with; unicode-data
  # has the characters that src/base/han_table.cpp is made of; clang fuzzes.
  '') packages+=(libcli11-dev libedit-dev
                 libgtest-dev libgmock-dev libbenchmark-dev abigail-tools chromium tzdata
                 unicode-data clang libclang-rt-14-dev) ;;
  --demo) ;;
  *) fail "unknown argument \`$1\`; usage: scripts/setup.sh [--demo]" ;;
esac

command -v dpkg-query > /dev/null ||
  fail "this machine has no dpkg; install a C++20 compiler, CMake 3.25, Ninja, SQLite, ICU, nlohmann-json, Boost, xxHash, libsodium, CLI11, libedit, GoogleTest and Python 3.11 by hand, then run CMake's presets"

installed=" $(dpkg-query --show --showformat='${db:Status-Status}/${Package} ' "${packages[@]}" \
  2> /dev/null || true)"
missing=()
for package in "${packages[@]}"; do
  [[ $installed == *" installed/$package "* ]] || missing+=("$package")
done

if ((${#missing[@]})); then
  as_root=()
  if ((EUID != 0)); then
    command -v sudo > /dev/null ||
      fail "cannot install ${missing[*]} without root or sudo; have an administrator install them"
    as_root=(sudo)
  fi
  echo "setup: installing ${missing[*]}"
  log=build/setup-apt.log
  mkdir -p build
  apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >> "$log" 2>&1 || {
      tail -n 20 "$log" >&2
      fail "apt-get $1 did not succeed; the whole log is in $log"
    }
  }
  : > "$log"
  apt update
  apt install --yes --no-install-recommends "${missing[@]}"
fi

# The system's Python, for that is whose headers python3-dev has.
python=/usr/bin/python3
venv=build/venv
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$python is older than Python 3.11; Debian 12 has a new enough one"

wanted="$("$python" --version) $(sha256sum < scripts/requirements.txt)"
stamp=$venv/.installed
if [[ ! -x $venv/bin/python || ! -f $stamp || $(< "$stamp") != "$wanted" ]]; then
  echo "setup: installing Python packages into $venv"
  "$python" -m venv --clear "$venv" || fail "could not make a Python environment in $venv"
  # The list is complete, but for what panel needs to run: only a file of it is read.
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --requirement scripts/requirements.txt ||
    fail "pip could not install scripts/requirements.txt"
  echo "$wanted" > "$stamp"
fi
