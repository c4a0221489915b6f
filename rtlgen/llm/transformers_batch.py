"""How many answers a model makes side by side: by its size, and by the memory that is free."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

SIDE_BY_SIDE = 96
"""Answers of a small model in float32: more are hardly faster a token."""
_SMALL = 200_000_000
"""Parameters of a model that so many answers suit; a larger one takes too long over a step."""
_FEWEST = 4
_UNKNOWN = 1_000_000_000
"""Parameters that a model is taken to have where nothing tells."""
_SHARE = 4
"""One part in so many of the free memory is for keys and values; to grow, they take it twice."""
_GROUPS = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/memory"))
_LIMITS = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))


def side_by_side(parameters: int, *, size: int = 4) -> int:
    """Return how many answers a processor best makes at once with a model of this size.

    Args:
        parameters: Of the model.
        size: Bytes of each. With two, products are so much faster that larger ones pay.
    """
    most = SIDE_BY_SIDE * 4 // size
    return max(_FEWEST, min(most, most * _SMALL // max(parameters, 1)))


def parameters_of(source: str) -> int:
    """Return about how many parameters a model in a folder or file has, without loading it."""
    path = Path(source).expanduser()
    if path.is_file():  # a GGUF, with a byte a parameter where it is little quantized
        return path.stat().st_size
    size = sum(file.stat().st_size for file in path.glob("*.safetensors"))
    return size // 2 or _UNKNOWN


def token_bytes(model: Any) -> int:  # noqa: ANN401 - transformers is imported late
    """Return the bytes of keys and values a token, 0 where its configuration does not tell."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_attention_heads", 0)
    shared = getattr(config, "num_key_value_heads", None) or heads
    width = getattr(config, "head_dim", None) or getattr(config, "hidden_size", 0) // max(heads, 1)
    layers = getattr(config, "num_hidden_layers", 0)
    return int(2 * layers * shared * width * model.dtype.itemsize)


def memory_for_cache() -> float:
    """Return the bytes of the processor's memory that keys and values may take."""
    return min(_available(), *map(_group_leaves, _GROUPS)) / _SHARE


def _available() -> float:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2
    entries = dict(line.split(":", 1) for line in lines)
    return int(entries["MemAvailable"].split()[0]) * 1024.0


def _group_leaves(group: Path) -> float:
    """Return what the limit of a control group leaves, infinity where there is none."""
    for limit, used in _LIMITS:
        try:
            return float((group / limit).read_text()) - float((group / used).read_text())
        except (OSError, ValueError):  # "max" is no number
            continue
    return float("inf")
