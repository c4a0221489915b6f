"""The hardware under test, as a value that can be hashed."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from sim.errors import InvalidDesign

VERILOG_SUFFIXES = frozenset({".v", ".sv", ".vh", ".svh"})
HEADER_SUFFIXES = (".vh", ".svh", ".h", ".inc")
"""Of sources that are only included, never compiled by themselves."""
MAX_FILE_BYTES = 64 << 20
"""Files longer than this are not read."""
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Verilog sources and the name of their top module.

    Sources are keyed by relative path and held as text, so that a design is
    the same on every machine and `digest` identifies it. Text from a model
    becomes a design that is simulated only through `sim.gate.admit`.
    """

    top: str
    sources: Mapping[str, str]
    data: Mapping[str, bytes] = field(default_factory=dict)
    """Files that came with the design, such as memory images for `$readmemh`."""

    def __post_init__(self) -> None:
        if not _IDENTIFIER.match(self.top):
            raise InvalidDesign(f"top module must be a plain Verilog identifier, not {self.top!r}")
        if not self.sources:
            raise InvalidDesign(f"design {self.top!r} has no sources")
        for name in (*self.sources, *self.data):
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or not path.name or "\0" in name:
                raise InvalidDesign(f"source name must stay inside the work folder, not {name!r}")
        object.__setattr__(self, "sources", MappingProxyType(dict(self.sources)))
        object.__setattr__(self, "data", MappingProxyType(dict(self.data)))

    def __reduce__(self) -> tuple[object, ...]:
        return _design, (self.top, dict(self.sources), dict(self.data))

    @classmethod
    def from_files(cls, paths: Iterable[Path], *, top: str) -> Design:
        """Read `paths`, named by their file names: Verilog by its suffix as source, others as data.

        Raises:
            InvalidDesign: A path cannot be read, is no text, or two share a name.
        """
        sources: dict[str, str] = {}
        data: dict[str, bytes] = {}
        for path in paths:
            if path.name in sources or path.name in data:
                raise InvalidDesign(f"two files share the name {path.name!r}")
            try:
                content = _content(path)
                if path.suffix in VERILOG_SUFFIXES:
                    sources[path.name] = content.decode()
                else:
                    data[path.name] = content
            except OSError as error:
                raise InvalidDesign(f"cannot read {path}: {error.strerror}") from error
            except UnicodeDecodeError as error:
                raise InvalidDesign(
                    f"sources must be UTF-8 text; {path} is not (byte {error.start})"
                ) from error
        return cls(top=top, sources=sources, data=data)

    @property
    def digest(self) -> str:
        """Hex digest of the top module name, every source and every data file."""
        parts = [self.top.encode()]
        for name, text in sorted(self.sources.items()):
            parts += [name.encode(), text.encode()]
        for name, data in sorted(self.data.items()):
            parts += [b"data:" + name.encode(), data]
        return digest(*parts)


def _design(top: str, sources: dict[str, str], data: dict[str, bytes]) -> Design:
    return Design(top=top, sources=sources, data=data)


def _content(path: Path) -> bytes:
    """Return what is in `path`; a device or pipe might never end."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise InvalidDesign(f"cannot read {path}: it is no regular file")
    if found.st_size > MAX_FILE_BYTES:
        raise InvalidDesign(
            f"a file of a design has at most {MAX_FILE_BYTES} bytes; {path} has {found.st_size}"
        )
    return path.read_bytes()


def digest(*parts: bytes) -> str:
    """Return a hex digest of `parts` that no other split of the same bytes has."""
    hasher = hashlib.blake2b(digest_size=16)
    for part in parts:
        hasher.update(len(part).to_bytes(8, "little") + part)
    return hasher.hexdigest()
