"""Which walls this machine puts around a child process, and what a child may see.

`probe` finds out by trying: a tiny child is started with every layer, a layer
that the system refuses is left out, and the child that comes up tries to break
out and reports how far it got.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sim.errors import EnvironmentFault
from sim.jail.job import FEATURES
from sim.scratch import scratch_folder

_VARIABLE = "RTLGEN_ISOLATION"


class Wanted(Enum):
    """How much isolation the user asks for by RTLGEN_ISOLATION."""

    OFF = "off"
    AUTO = "auto"
    REQUIRE = "require"


def wanted() -> Wanted:
    """Read RTLGEN_ISOLATION.

    Raises:
        EnvironmentFault: Its value is not one of the three.
    """
    value = os.environ.get(_VARIABLE) or "auto"
    try:
        return Wanted(value)
    except ValueError:
        raise EnvironmentFault(
            f"{_VARIABLE} must be one of off, auto, require, not {value!r}\n\n"
            f"hint: unset it; `auto` uses every layer that this machine offers"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """What was found to hold for a confined child on this machine."""

    features: frozenset[str] = frozenset()
    """Layers that are set up: a subset of `sim.jail.job.FEATURES`."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Layers that the system refused, each with its error."""
    writes_confined: bool = False
    """A child cannot write outside its work folder."""
    reads_confined: bool = False
    """A child cannot read what it was not given, such as ~/.ssh."""
    network_cut: bool = False
    """A child cannot reach the network, this machine included."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "refused", MappingProxyType(dict(self.refused)))

    @property
    def user_namespace(self) -> bool:
        return "user" in self.features

    @property
    def pid_namespace(self) -> bool:
        """Whether the kernel itself ends the whole tree with its first process."""
        return "pid" in self.features

    @property
    def network(self) -> str:
        """What cuts the network; empty where nothing does."""
        names = {"net": "network namespace", "seccomp": "seccomp: no sockets"}
        return self._held(self.network_cut, names)

    @property
    def file_system(self) -> str:
        """What confines file access; empty where nothing does."""
        names = {"mount": "private mount namespace", "landlock": "Landlock"}
        return self._held(self.writes_confined, names)

    @property
    def full(self) -> bool:
        """Whether nothing is lacking that matters against hostile input."""
        return (
            self.pid_namespace
            and self.writes_confined
            and self.reads_confined
            and self.network_cut
            and "mount" in self.features
        )

    def lines(self) -> tuple[str, ...]:
        """Lines for a person, one per layer."""
        processes = "PID namespace" if self.pid_namespace else "sweep of orphans; a race remains"
        hidden = "hidden" if self.reads_confined else "READABLE"
        lines = [
            f"file system: {self.file_system or 'NOT CONFINED'}; home folders {hidden}",
            f"network: {self.network or 'REACHABLE'}",
            f"process tree: {processes}",
            "limits: wall time, CPU time, memory, file size, output, processes",
        ]
        return (*lines, *(f"refused: {name} ({why})" for name, why in self.refused.items()))

    def _held(self, holds: bool, names: Mapping[str, str]) -> str:
        return " + ".join(v for k, v in names.items() if k in self.features) if holds else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of starting a child with some layers."""

    output: str
    refused: str | None = None
    """The layer that the system refused, and then nothing ran."""
    error: str = ""


_INTRUDER = """
import json, socket, sys
secret, target, port = sys.argv[1:]
def works(step):
    try:
        step()
    except OSError:
        return False
    return True
works(lambda: open(target, "w").close())
def connect():
    with socket.create_connection(("127.0.0.1", int(port)), 1):
        pass
print(json.dumps({
    "reads": works(lambda: open(secret).close()),
    "connects": works(connect),
}))
"""

_NEEDS = {"mount": ("proc",)}
"""Layers that go with the one that was refused."""

Attempter = Callable[[Sequence[str], Path, frozenset[str]], Attempt]


def probe(attempt: Attempter) -> Isolation:
    """Find the layers that work here, by having `attempt` start a child that tries to break out."""
    with scratch_folder() as folder, _listener() as port:
        work = folder / "work"
        work.mkdir()
        (folder / "secret").write_text("secret")
        arguments = [str(folder / "secret"), str(folder / "target"), str(port)]
        argv = [sys.executable, "-I", "-S", "-c", _INTRUDER, *arguments]
        found = _drop_what_is_refused(lambda features: attempt(argv, work, features))
        # A write that only a private view saw is no escape.
        return replace(found, writes_confined=not (folder / "target").exists())


@contextmanager
def _listener() -> Iterator[int]:
    """Yield a port that can be connected to, or 0 where we have no network ourselves."""
    with ExitStack() as opened:
        try:
            listener = opened.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            listener.listen()
        except OSError:
            yield 0
        else:
            yield listener.getsockname()[1]


def _drop_what_is_refused(attempt: Callable[[frozenset[str]], Attempt]) -> Isolation:
    features = set(FEATURES)
    refused: dict[str, str] = {}
    while True:
        result = attempt(frozenset(features))
        if result.refused is None:
            return _judge(result.output, frozenset(features), refused)
        if result.refused not in features:
            raise EnvironmentFault(f"the launcher refused {result.refused!r}: {result.error}")
        features -= {result.refused, *_NEEDS.get(result.refused, ())}
        refused[result.refused] = result.error


def _judge(output: str, features: frozenset[str], refused: Mapping[str, str]) -> Isolation:
    try:
        found = json.loads(output)
    except ValueError:
        raise EnvironmentFault(
            f"the child that tests isolation must report, not print {output!r}\n\n"
            f"hint: {_VARIABLE}=off runs tools without isolation"
        ) from None
    return Isolation(
        features=features,
        refused=refused,
        reads_confined=not found["reads"],
        network_cut=not found["connects"],
    )


def require_full(isolation: Isolation) -> None:
    """Check what RTLGEN_ISOLATION=require asks for.

    Raises:
        EnvironmentFault: Something is lacking; says what and how to enable it.
    """
    if isolation.full:
        return
    found = "; ".join(isolation.lines())
    raise EnvironmentFault(
        f"{_VARIABLE}=require needs full isolation, and this machine gives: {found}\n\n"
        "hint: allow unprivileged user namespaces: `sysctl kernel.unprivileged_userns_clone=1` "
        "(Debian), `sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), "
        "`--security-opt seccomp=unconfined --security-opt systempaths=unconfined` (Docker)"
    )


_SYSTEM = (
    "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr", "/opt",
    "/nix/store", "/gnu/store", "/run/current-system",
    *(f"/etc/{name}" for name in (
        "alternatives", "fonts", "group", "ld.so.cache", "ld.so.conf", "ld.so.conf.d",
        "localtime", "nsswitch.conf", "passwd", "perl", "python3",
    )),
)  # fmt: skip
"""What programs need of a system, without its configuration and data."""


@dataclass(frozen=True, slots=True)
class Visible:
    """What a child may read."""

    paths: Mapping[str, str]
    """Absolute path, as the child names it, to the real path of what it shows."""
    links: Mapping[str, str]
    """Symbolic links at the top, such as /bin to usr/bin."""

    def covers(self, path: str) -> bool:
        """Whether `path` can be named by the child."""
        return any(path == p or path.startswith(p + "/") for p in (*self.paths, *self.links))

    def extended(self, added: Sequence[Path]) -> Visible:
        """Return this with `added`, each under the name given and under its real one."""
        shown = self
        for path in added:
            real = str(path.resolve())
            for name in (os.path.abspath(path), real):  # noqa: PTH100 - symbolic links stay
                if path.exists() and not shown.covers(name):
                    shown = Visible({**shown.paths, name: real}, self.links)
        return shown


@cache
def system_view() -> Visible:
    """What every child may read: the system's programs, and this Python with its packages."""
    found = [Path(name) for name in _SYSTEM if Path(name).exists()]
    links = [path for path in found if path.is_symlink() and path.parent != Path("/etc")]
    paths = {str(path): str(path.resolve()) for path in found if path not in links}
    packages = [Path(p) for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    shown = Visible(paths, {str(path): str(path.readlink()) for path in links})
    return shown.extended([Path(sys.base_prefix), Path(sys.prefix), *packages])


def installation(tool: Path) -> list[Path]:
    """Return the folders that belong to `tool`: its prefix where that is not a whole home.

    A prefix such as ~/.local holds much that is not the tool's; of it only the
    library folders are named.
    """
    found = []
    for path in {tool, tool.resolve()}:
        folder = path.parent
        prefix = folder.parent
        if folder.name not in ("bin", "sbin", "libexec"):
            found.append(folder)
        elif _is_broad(prefix):
            found += [folder, *(prefix / name for name in ("lib", "lib64", "libexec", "include"))]
        else:
            found.append(prefix)
    return [path for path in found if path.exists()]


def _is_broad(prefix: Path) -> bool:
    home = Path.home()
    return prefix in (Path("/"), home, home / ".local", *home.parents)
