"""Which files a model's answers come from, for records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from rtlgen.llm.model import LanguageModel


@runtime_checkable
class HasDigests(Protocol):
    """A model that knows exactly which files it is made of."""

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 in hex by what the file is, such as `base` and `adapter`."""


def digests_of(model: LanguageModel) -> dict[str, str]:
    """Return the digests of the files that `model` is made of; nothing where it knows none."""
    return dict(model.digests) if isinstance(model, HasDigests) else {}
