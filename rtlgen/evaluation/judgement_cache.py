"""Judgements that are kept, so that no design is simulated twice.

Kept for later runs is what would be found again: every verdict, those by limits
of processor time and memory included, as the limits are part of the key. What
the moment decided, `not judged`, is known only to the run that saw it, and so is
`incomplete`: a simulator that crashed on everything would be believed for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.kept import Kept
from sim.cache_folder import cache_folder
from sim.scratch import make_folder, remove_folder

log = logging.getLogger(__name__)

MAX_CHARACTERS = 256 << 10
"""A judgement that takes more is not kept for later runs."""
_FILE = "judgements.sqlite"
_OF_THE_MOMENT = frozenset({Category.NOT_JUDGED, Category.INCOMPLETE})


@cache
def _adapter() -> TypeAdapter[Judgement]:
    return TypeAdapter(Judgement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A judgement that was found."""

    judgement: Judgement
    number: int
    """The same for all designs that share it, in one file of judgements."""


class JudgementCache:
    """Judgements by key, between runs; several processes may use it at once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or `evaluation` in the user's cache folder; it is made when needed."""
        self._kept = Kept((folder or cache_folder() / "evaluation") / _FILE)

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Known]:
        """Return what is kept under `keys`; a damaged entry is none."""
        found = _read(self._kept.get(keys))
        return {key: one for key, one in found.items() if _lasts(one.judgement)}

    def put(
        self, judgements: Mapping[bytes, Judgement], also: Mapping[bytes, bytes]
    ) -> dict[bytes, int]:
        """Keep the judgements that last, and return the number of each that is kept.

        Args:
            judgements: By key.
            also: Further keys, each with the one whose judgement it shares.
        """
        texts = {key: _text(one) for key, one in judgements.items() if _lasts(one)}
        small = {key: text for key, text in texts.items() if len(text) <= MAX_CHARACTERS}
        return self._kept.put(small, also=also) if small or also else {}

    def close(self) -> None:
        """Close the file."""
        self._kept.close()


class RunJudgements:
    """All judgements of one run, in a file of its own where no cache behind keeps them."""

    def __init__(self, behind: JudgementCache | None = None) -> None:
        self._behind = behind
        self._folder: Path | None = None
        self._own: Kept | None = None
        self._used = bytearray()
        """A bit for each number of `behind`."""

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Known]:
        """Return what is known under `keys`; numbers below 0 are of this run's own file."""
        wanted = list(keys)
        own = _read(self._own.get(wanted)) if self._own is not None else {}
        found = {key: replace(one, number=-one.number) for key, one in own.items()}
        if self._behind is not None:
            found.update(self._behind.get(key for key in wanted if key not in found))
        return found

    def used(self, known: Known) -> bool:
        """Return whether this run has had `known` before, and note that it has it now."""
        return known.number < 0 or self._note(known.number)

    def put(self, judgements: Mapping[bytes, Judgement], also: Mapping[bytes, bytes]) -> None:
        """Keep what this run has found, under the keys of `also` too."""
        kept = self._behind.put(judgements, also) if self._behind is not None else {}
        for number in kept.values():
            self._note(number)
        self.put_own({key: one for key, one in judgements.items() if key not in kept}, also)

    def put_own(self, judgements: Mapping[bytes, Judgement], also: Mapping[bytes, bytes]) -> None:
        """Keep `judgements` for this run only."""
        if not judgements:
            return
        texts = {key: _text(one) for key, one in judgements.items()}
        self._file().put(texts, also={key: to for key, to in also.items() if to in texts})

    def alias(self, also: Mapping[bytes, bytes]) -> None:
        """Let the keys of `also` share the judgements of its values from now on."""
        for file in (self._own, self._behind):
            if file is not None and also:
                file.put({}, also=also)

    def close(self) -> None:
        """Close the files and remove this run's own."""
        if self._own is not None:
            self._own.close()
        if self._folder is not None:
            remove_folder(self._folder)
        if self._behind is not None:
            self._behind.close()

    def _note(self, number: int) -> bool:
        byte, bit = number >> 3, 1 << (number & 7)
        if len(self._used) <= byte:
            self._used.extend(bytes(max(byte + 1, len(self._used) * 5 // 4) - len(self._used)))
        before = bool(self._used[byte] & bit)
        self._used[byte] |= bit
        return before

    def _file(self) -> Kept:
        if self._own is None:
            self._folder = make_folder("rtlgen-eval-")
            self._own = Kept(self._folder / _FILE, private=True)
        return self._own


def _lasts(judgement: Judgement) -> bool:
    """Whether judging again would find the same."""
    return judgement.category not in _OF_THE_MOMENT and judgement.official is not None


def _text(judgement: Judgement) -> str:
    return _adapter().dump_json(judgement).decode()


def _read(texts: Mapping[bytes, tuple[int, str]]) -> dict[bytes, Known]:
    by_number: dict[int, Known | None] = {}
    for number, text in texts.values():
        if number not in by_number:
            by_number[number] = _known(number, text)
    if damaged := sum(one is None for one in by_number.values()):
        log.warning("%d damaged judgements are ignored", damaged)
    found = {key: by_number[number] for key, (number, _) in texts.items()}
    return {key: one for key, one in found.items() if one is not None}


def _known(number: int, text: str) -> Known | None:
    try:
        return Known(judgement=_adapter().validate_json(text, strict=True), number=number)
    except ValidationError:
        return None
