"""Problems as 64-bit hashes: enough to recognize a copy, and not to read the problem.

Of the words of a specification the runs of eight are kept (about every fourth where there are
many, by their hash), of short ones the runs of three; of the designs a digest
and the runs of ten tokens, both without names. Runs that more than `COMMON` problems of a set
share are its boilerplate and not kept.

The package holds the fingerprints of VerilogEval v1 (Human, Machine) and v2 (both tasks), of
RTLLM v2 and of the everyday examples of this repository; `tools/fingerprints.py` writes them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rtlgen.data.code_text import body_digest, body_tokens
from rtlgen.data.known import Known
from rtlgen.data.normalize import shingles
from rtlgen.data.spec_text import SHORT_GRAM, grams, kept, port_names, without_names, words

COMMON = 5
"""Problems of a set that may share a run before it is boilerplate."""
MANY = 96
"""Runs above which every fourth is kept."""
SHORT_WORDS = 24
"""Own words below which a text is short."""
SMALL_TOKENS = 30
"""Tokens of a body below which anybody writes the same design."""
SHIPPED = "fingerprints.jsonl.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A design without its names."""

    digest: int
    tokens: int
    shingles: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A problem."""

    problem_set: str
    problem: str
    plain: frozenset[int]
    """Runs of the words as they are."""
    nameless: frozenset[int]
    """Runs of the words without port names."""
    sampled: bool
    """Whether only those that `kept` chooses are there."""
    short: frozenset[int]
    """Runs of three words, where the text or the design is too short for the others."""
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A specification as it is compared."""

    plain: tuple[str, ...]
    nameless: tuple[str, ...]
    """The same without port names."""

    def short(self) -> set[int]:
        """Return the runs of three words of both."""
        return grams(self.plain, SHORT_GRAM) | grams(self.nameless, SHORT_GRAM)


def told(spec: str, designs: Iterable[str]) -> Told:
    """Return `spec` as it is compared; port names are those of `designs` or headers."""
    plain = words(spec)
    names = frozenset[str]().union(*map(port_names, designs))
    return Told(plain=tuple(plain), nameless=tuple(without_names(plain, names)))


def code_of(verilog: str) -> Code:
    """Return a design as it is compared."""
    of = body_tokens(verilog)
    return Code(digest=body_digest(of), tokens=len(of), shingles=frozenset(shingles(of)))


def fingerprints(problems: Sequence[Known]) -> list[Fingerprint]:
    """Return the fingerprints of the problems of one set."""
    texts = [told(known.spec, (known.header, *known.codes)) for known in problems]
    plain = _own([grams(text.plain) for text in texts])
    nameless = _own([grams(text.nameless) for text in texts])
    short = _own([text.short() for text in texts])
    return [
        _print(known, *own) for known, *own in zip(problems, plain, nameless, short, strict=True)
    ]


def _own(found: Sequence[set[int]]) -> list[set[int]]:
    """Return what is not common to many of the sets."""
    counted = Counter(gram for one in found for gram in one)
    common = {gram for gram, count in counted.items() if count > COMMON}
    return [one - common for one in found]


def _print(known: Known, plain: set[int], nameless: set[int], short: set[int]) -> Fingerprint:
    codes = tuple(map(code_of, known.codes))
    sampled = len(nameless) > MANY
    slight = len(nameless) < SHORT_WORDS or any(code.tokens < SMALL_TOKENS for code in codes)
    return Fingerprint(
        problem_set=known.problem_set,
        problem=known.problem,
        plain=frozenset(filter(kept, plain) if sampled else plain),
        nameless=frozenset(filter(kept, nameless) if sampled else nameless),
        sampled=sampled,
        short=frozenset(short if slight else ()),
        codes=codes,
    )


def dumped(prints: Iterable[Fingerprint]) -> bytes:
    """Return fingerprints as a file; the same ones always give the same bytes."""
    lines: list[dict[str, object]] = []
    seen: set[int] = set()
    for one in prints:
        for code in one.codes:
            if code.digest not in seen:
                seen.add(code.digest)
                lines.append(_code_line(code))
        lines.append(_problem_line(one))
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    return packed.getvalue()


def loaded(data: bytes) -> Iterator[Fingerprint]:
    """Yield the fingerprints of a file."""
    codes: dict[int, Code] = {}
    for line in gzip.decompress(data).splitlines():
        row = json.loads(line)
        if "digest" in row:
            (digest,) = _numbers(row["digest"])
            runs = frozenset(_numbers(row["shingles"]))
            codes[digest] = Code(digest=digest, tokens=row["tokens"], shingles=runs)
        else:
            yield Fingerprint(
                problem_set=row["set"],
                problem=row["problem"],
                plain=frozenset(_numbers(row["plain"])),
                nameless=frozenset(_numbers(row["nameless"])),
                sampled=row["sampled"],
                short=frozenset(_numbers(row["short"])),
                codes=tuple(codes[digest] for digest in _numbers(row["codes"])),
            )


@cache
def shipped_digest() -> str:
    """Return a hex digest of the fingerprints in the package."""
    return hashlib.sha256(_shipped()).hexdigest()


@cache
def shipped() -> tuple[Fingerprint, ...]:
    """Return the fingerprints in the package."""
    return tuple(loaded(_shipped()))


def _shipped() -> bytes:
    return (resources.files("rtlgen.data") / SHIPPED).read_bytes()


def _code_line(code: Code) -> dict[str, object]:
    return {
        "digest": _packed([code.digest]),
        "tokens": code.tokens,
        "shingles": _packed(code.shingles),
    }


def _problem_line(one: Fingerprint) -> dict[str, object]:
    return {
        "set": one.problem_set,
        "problem": one.problem,
        "sampled": one.sampled,
        "plain": _packed(one.plain),
        "nameless": _packed(one.nameless),
        "short": _packed(one.short),
        "codes": _packed([code.digest for code in one.codes]),
    }


def _packed(numbers: Iterable[int]) -> str:
    return base64.b64encode(_little(array("Q", sorted(numbers))).tobytes()).decode()


def _numbers(text: str) -> array[int]:
    found = array("Q")
    found.frombytes(base64.b64decode(text))
    return _little(found)


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
