"""What was found by running the references, kept between runs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.kept import Kept
from sim.cache_folder import cache_folder

log = logging.getLogger(__name__)

MAX_CHARACTERS = 16 << 20
"""A preparation that takes more is not kept."""


@cache
def _adapter() -> TypeAdapter[Preparation]:
    return TypeAdapter(Preparation)


class PreparationCache:
    """Preparations by key, between runs; several processes may use it at once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or `evaluation` in the user's cache folder; it is made when needed."""
        self._kept = Kept((folder or cache_folder() / "evaluation") / "preparations.sqlite")

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Preparation]:
        """Return what is kept under `keys`; a damaged entry is none."""
        found = {}
        for key, (_, text) in self._kept.get(keys).items():
            try:
                found[key] = _adapter().validate_json(text, strict=True)
            except ValidationError:
                log.warning("a damaged preparation is ignored")
        return found

    def put(self, preparations: Mapping[bytes, Preparation]) -> None:
        """Keep `preparations` of tests that can judge.

        That one cannot may be the moment's, such as a simulator that crashed; it is tried again.
        """
        sound = {key: one for key, one in preparations.items() if one.samples or not one.faults}
        texts = {key: _adapter().dump_json(one).decode() for key, one in sound.items()}
        small = {key: text for key, text in texts.items() if len(text) <= MAX_CHARACTERS}
        if small:
            self._kept.put(small)

    def close(self) -> None:
        """Close the file."""
        self._kept.close()
