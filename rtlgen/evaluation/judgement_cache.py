"""Judgements that are kept, so that no design is simulated twice.

Kept for later runs is what would be found again: every verdict, those by limits
of processor time and memory included, as the limits are part of the key. What
the moment decided, `not judged`, is known only to the run that saw it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.kept import Kept
from sim.cache_folder import cache_folder
from sim.scratch import make_folder, remove_folder

log = logging.getLogger(__name__)

MAX_CHARACTERS = 256 << 10
"""A judgement that takes more is not kept for later runs."""
_FILE = "judgements.sqlite"


@cache
def _adapter() -> TypeAdapter[Judgement]:
    return TypeAdapter(Judgement, config=ConfigDict(extra="forbid", strict=True))


class JudgementCache:
    """Judgements by key, between runs; several processes may use it at once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or `evaluation` in the user's cache folder; it is made when needed."""
        self._kept = Kept((folder or cache_folder() / "evaluation") / _FILE)

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Judgement]:
        """Return what is kept under `keys`; a damaged entry is none."""
        found = _read(self._kept.get(keys))
        return {key: one for key, one in found.items() if _lasts(one)}

    def put(
        self, judgements: Mapping[bytes, Judgement], also: Mapping[bytes, bytes]
    ) -> dict[bytes, Judgement]:
        """Keep the judgements that last; return the others, or all where that fails.

        Args:
            judgements: By key.
            also: Further keys, each with the one whose judgement it shares.
        """
        texts = {key: _text(one) for key, one in judgements.items() if _lasts(one)}
        texts = {key: text for key, text in texts.items() if len(text) <= MAX_CHARACTERS}
        if texts and not self._kept.put(texts, also=also):
            return dict(judgements)
        return {key: one for key, one in judgements.items() if key not in texts}

    def close(self) -> None:
        """Close the file."""
        self._kept.close()


class RunJudgements:
    """All judgements of one run, in a file of its own where no cache behind keeps them."""

    def __init__(self, behind: JudgementCache | None = None) -> None:
        self._behind = behind
        self._folder: Path | None = None
        self._own: Kept | None = None

    def get(self, keys: Iterable[bytes]) -> tuple[dict[bytes, Judgement], dict[bytes, Judgement]]:
        """Return what this run found under `keys`, and what else the cache has."""
        wanted = list(keys)
        own = _read(self._own.get(wanted)) if self._own is not None else {}
        if self._behind is None:
            return own, {}
        return own, self._behind.get(key for key in wanted if key not in own)

    def put(self, judgements: Mapping[bytes, Judgement], also: Mapping[bytes, bytes]) -> None:
        """Keep `judgements`, under the keys of `also` too."""
        left = dict(judgements)
        if self._behind is not None:
            left = self._behind.put(judgements, also)
        if left:
            texts = {key: _text(one) for key, one in left.items()}
            self._file().put(texts, also={key: to for key, to in also.items() if to in texts})

    def close(self) -> None:
        """Close the files and remove this run's own."""
        if self._own is not None:
            self._own.close()
        if self._folder is not None:
            remove_folder(self._folder)
        if self._behind is not None:
            self._behind.close()

    def _file(self) -> Kept:
        if self._own is None:
            self._folder = make_folder("rtlgen-eval-")
            self._own = Kept(self._folder / _FILE, private=True)
        return self._own


def _lasts(judgement: Judgement) -> bool:
    """Whether judging again would find the same."""
    return judgement.category is not Category.NOT_JUDGED and judgement.official is not None


def _text(judgement: Judgement) -> str:
    return _adapter().dump_json(judgement).decode()


def _read(texts: Mapping[bytes, str]) -> dict[bytes, Judgement]:
    found = {}
    damaged = 0
    for key, text in texts.items():
        try:
            found[key] = _adapter().validate_json(text)
        except ValidationError:
            damaged += 1
    if damaged:
        log.warning("%d damaged judgements are ignored", damaged)
    return found
