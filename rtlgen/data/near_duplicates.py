"""Texts that are there already, word for word or nearly so.

Exact: equal tokens. Near: the sets of runs of `SHINGLE` tokens have a Jaccard
similarity of at least a threshold, estimated by MinHash (Broder 1997; datasketch)
with `PERMUTATIONS` permutations (standard error below 0.045) and found by locality-sensitive
hashing, whose bands datasketch chooses so that of pairs right at the threshold 95 of 100 meet at
least, and nearly all of those above it.

What is remembered lies in SQLite on disk, 5,120 bits of signature and digest a text plus
its index (about 1 KiB in all), so that memory does not grow with the number of
texts: `CACHE_BYTES` at most. The first text of a kind stays, so that the order decides and
nothing else does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rtlgen.data.extra import require
from rtlgen.data.normalize import hash64, tokens
from rtlgen.data.scratch_base import ScratchBase

SHINGLE = 5
"""Tokens of a run."""
PERMUTATIONS = 128
THRESHOLD = 0.9
"""Least similarity of near duplicates."""
CACHE_BYTES = 8 << 20
"""Memory that SQLite keeps pages in."""
_LOW = (1 << 32) - 1
_FINEST = 0.95
"""Threshold above which datasketch finds no bands."""
_WEIGHTS = (0.02, 0.98)
"""Of bands that meet by chance, which only cost a look, and of near duplicates that do not meet."""
_TABLES = """
CREATE TABLE texts (number INTEGER PRIMARY KEY, key TEXT, digest BLOB UNIQUE, signature BLOB);
CREATE TABLE bands (band INTEGER, number INTEGER, PRIMARY KEY (band, number)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The earlier text that a text repeats."""

    of: str
    """Its key."""
    score: float
    """Estimated similarity; 1 where the tokens are equal."""
    exact: bool


class Deduplicator:
    """Remembers texts and finds those that repeat one; a context manager."""

    def __init__(
        self,
        *,
        threshold: float = THRESHOLD,
        store: Path | None = None,
        read: Callable[[str], Sequence[str]] = tokens,
    ) -> None:
        """Begin with no texts; what is remembered goes below `store`, or a temporary folder.

        `read` makes words of a text. A threshold of 1 leaves exact duplicates alone.

        Raises:
            ToolNotFound: datasketch is not installed.
        """
        if not 0.5 <= threshold <= 1:
            raise ValueError(f"a threshold must be between 0.5 and 1, not {threshold}")
        require("datasketch")
        from datasketch import MinHash  # noqa: PLC0415 - slow to load

        self.threshold = threshold
        self._read = read
        self._minhash = MinHash(num_perm=PERMUTATIONS, hashfunc=_low)
        self._bands, self._rows = _bands(min(threshold, _FINEST))
        self._base = ScratchBase(_TABLES, cache_bytes=CACHE_BYTES, below=store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget all texts."""
        self._base.close()

    def add(self, key: str, text: str) -> Duplicate | None:
        """Return the first text that `text` repeats; where there is none, remember it as `key`.

        Raises:
            OSError: The disk is full.
        """
        words = self._read(text)
        digest = hashlib.blake2b("\n".join(words).encode("utf-8", "replace"), digest_size=16)
        query = "SELECT key FROM texts WHERE digest = ?"
        if row := next(self._base.rows(query, (digest.digest(),)), None):
            return Duplicate(of=row[0], score=1.0, exact=True)
        signature = self._signature(words)
        bands = self._band_hashes(signature)
        near = self._near(signature, bands) if self.threshold < 1 else None
        if near is None:
            self._remember(key, digest.digest(), signature, bands)
        return near

    def _signature(self, words: Sequence[str]) -> Any:  # noqa: ANN401 - an array of uint64
        runs = range(max(len(words) - SHINGLE, 0) + 1)
        self._minhash.clear()
        self._minhash.update_batch(
            sorted({hash64("\n".join(words[at : at + SHINGLE])) for at in runs})
        )
        return self._minhash.hashvalues.astype("<u4")

    def _band_hashes(self, signature: Any) -> list[int]:  # noqa: ANN401
        pieces = (signature[i * self._rows : (i + 1) * self._rows] for i in range(self._bands))
        return [_signed(i, piece.tobytes()) for i, piece in enumerate(pieces)]

    def _near(self, signature: Any, bands: Sequence[int]) -> Duplicate | None:  # noqa: ANN401
        import numpy as np  # noqa: PLC0415 - comes with datasketch

        marks = ",".join("?" * len(bands))
        query = (
            "SELECT key, signature FROM texts WHERE number IN "  # noqa: S608 - question marks
            f"(SELECT number FROM bands WHERE band IN ({marks})) ORDER BY number"
        )
        for key, kept in self._base.rows(query, bands):
            score = float((np.frombuffer(kept, "<u4") == signature).mean())
            if score >= self.threshold:
                return Duplicate(of=key, score=score, exact=False)
        return None

    def _remember(self, key: str, digest: bytes, signature: Any, bands: Sequence[int]) -> None:  # noqa: ANN401
        values = (key, digest, signature.tobytes())
        cursor = self._base.execute(
            "INSERT INTO texts (key, digest, signature) VALUES (?, ?, ?)", values
        )
        pairs = [(band, cursor.lastrowid) for band in bands]
        self._base.insert("INSERT OR IGNORE INTO bands VALUES (?, ?)", pairs)


@cache
def _bands(threshold: float) -> tuple[int, int]:
    """Return number and length of the bands that find pairs of at least this similarity."""
    from datasketch import MinHashLSH  # noqa: PLC0415 - slow to load

    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, weights=_WEIGHTS)
    return index.b, index.r


def _low(value: int) -> int:
    """Return the 32 bits of a hash that MinHash permutes."""
    return value & _LOW


def _signed(band: int, piece: bytes) -> int:
    hashed = hashlib.blake2b(piece, digest_size=8, salt=band.to_bytes(2, "little")).digest()
    return int.from_bytes(hashed, "little", signed=True)
