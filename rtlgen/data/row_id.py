"""The digest that names a row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypeVar

from rtlgen.data.rows import Row

RowT = TypeVar("RowT", bound=Row)

_SAID = ("problem_set", "problem", "prompt", "chosen", "rejected", "completion", "label")
"""What a trainer is told, and whose it is; the rest is measured, or says where it comes from."""
_ALSO = {"grpo": "reward_data"}


def row_id(row: Row) -> str:
    """Return 32 hex digits: the digest of the row's kind and of what it says to a trainer."""
    kind = type(row).__name__.removesuffix("Row").lower()
    plain = row.model_dump(mode="json", include={*_SAID, _ALSO.get(kind, "")})
    return _digest(kind, plain)


def identified(row: RowT) -> RowT:
    """Return `row` with its `id`."""
    return row.model_copy(update={"id": row_id(row)})


def _digest(kind: str, plain: Mapping[str, object]) -> str:
    text = json.dumps([kind, plain], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
