"""The different answers to one problem, each once, ready to be paired."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rtlgen.data.judged import Judged
from rtlgen.data.normalize import slang_tokens, tokens
from rtlgen.data.score import verdict_score

_DEFINE = "`define"
MOST = 128
"""Answers of a problem that are looked at for rows, right ones and wrong ones each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An answer with what pairing needs to know of it."""

    judged: Judged
    text: str
    """The answer as a row has it; empty where it has nothing to show."""
    score: float
    code: str
    """Its Verilog tokens, a character each; equal for answers that say the same."""

    @property
    def size(self) -> int:
        """Number of Verilog tokens."""
        return len(self.code)

    @property
    def passed(self) -> bool:
        """Whether it holds."""
        return self.judged.passed


class Coding:
    """Writes tokens as characters, so that distances are those of strings; for one problem."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}

    def of(self, verilog: str) -> str:
        """Return `verilog` with a character for each token, the same for equal tokens."""
        return self.of_tokens(tokens(verilog))

    def of_tokens(self, found: Iterable[str]) -> str:
        """Return a character for each token, the same for equal ones."""
        return "".join(map(self._code, found))

    def _code(self, token: str) -> str:
        if token not in self._codes:
            number = len(self._codes) + 1
            # Surrogates are no characters by themselves.
            self._codes[token] = chr(number if number < 0xD800 else number + 0x800)
        return self._codes[token]


def distinct(candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Return the first of all candidates that say the same, and those that contradict themselves.

    A design that passed once and failed once, by tests of different runs, is no label.
    """
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.code or f"text {candidate.text}", []).append(candidate)
    kept: list[Candidate] = []
    doubtful: list[Candidate] = []
    for same in groups.values():
        alike = len({candidate.passed for candidate in same}) == 1
        (kept if alike else doubtful).append(same[0])
    return kept, doubtful


def spread_out(candidates: Sequence[Candidate], most: int = MOST) -> list[Candidate]:
    """Return at most `most` of `candidates`, evenly from first to last."""
    if len(candidates) <= most:
        return list(candidates)
    return [candidates[len(candidates) * n // most] for n in range(most)]


def codes(texts: Sequence[str], coding: Coding) -> list[str]:
    """Return each text's code; where macros decide what it says, as slang expands them.

    Raises:
        EnvironmentFault: A child process cannot be run at all.
    """
    found = [tokens(text) for text in texts]
    unclear = [n for n, one in enumerate(found) if _DEFINE in one]
    if unclear:
        for n, expanded in zip(unclear, slang_tokens([texts[n] for n in unclear]), strict=True):
            found[n] = found[n] if expanded is None else expanded
    return [coding.of_tokens(one) for one in found]


def candidates_of(judged: Sequence[Judged], text: Callable[[Judged], str]) -> list[Candidate]:
    """Return answers to one problem, which have verdicts, as candidates.

    `text` gives an answer as a row has it.
    """
    shown = [one.completion if one.verilog is None else one.verilog for one in judged]
    found = codes(shown, Coding())
    return [candidate_of(one, text(one), code) for one, code in zip(judged, found, strict=True)]


def candidate_of(judged: Judged, text: str, code: str) -> Candidate:
    """Return `judged`, which has a verdict, as a candidate.

    Raises:
        ValueError: It was not judged.
    """
    if judged.verdict is None:
        raise ValueError("what was not judged is no candidate")
    return Candidate(
        judged=judged,
        text=text,
        score=verdict_score(judged.verdict),
        code=code,
    )
