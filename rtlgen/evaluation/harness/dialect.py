"""What Icarus Verilog takes beyond the standard, said in the standard's words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sim.refusal import Refusal
from sim.text import unclosed_comment, without_comments

_REG_LOGIC = re.compile(r"\breg(\s{1,40})logic\b")
_PURE = frozenset(
    {"signed", "unsigned", "clog2", "bits", "size", "left", "right", "high", "low"}
    | {"countones", "onehot", "onehot0", "isunknown", "rtoi", "itor"}
)
_SYSTEM = re.compile(r"\$([A-Za-z_]\w*)")
_BARE = re.compile(r"[`\\\"]")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_RANDOM = re.compile(
    r"\$(?:u?random|urandom_range|dist_\w+)\b|\b(?:randomize|shuffle|randcase|randsequence)\b"
)


def draws_random(canonical: str) -> bool:
    """Whether a design draws random numbers.

    They come from the stream that a test's stimulus is drawn from: a design could throw
    numbers away until the stimulus shows no fault.
    """
    return _RANDOM.search(canonical) is not None


def random_refusal(canonical: Iterable[str]) -> Refusal | None:
    """Return the refusal of a design whose texts draw random numbers."""
    if not any(map(draws_random, canonical)):
        return None
    message = "a design may not draw random numbers: the test's stimulus comes from their stream"
    return Refusal(rule="random", file="", line=0, message=message)


def standard(text: str) -> str:
    """Return `text` with `reg logic` written as `logic`, and without a comment that never ends."""
    return _REG_LOGIC.sub(r"\1logic", text[: unclosed_comment(text)])


def same_tokens(text: str, canonical: str) -> bool:
    """Whether `text` is, but for comments and white space, the `canonical` text.

    Only texts without directives, escaped names and strings are compared: in these
    alone comments and white space are what they seem.
    """
    if _BARE.search(text) or _BARE.search(canonical) or unclosed_comment(text) < len(text):
        return False
    return _SPACE.sub("", without_comments(text)) == _SPACE.sub("", canonical)


def tells_neighbors(canonical: str) -> bool:
    """Whether a design may behave or print otherwise beside others than alone.

    It does where it has delays, whose unit is the test's, and where it calls a
    system task that does more than compute.
    """
    return "#" in canonical or any(name not in _PURE for name in _SYSTEM.findall(canonical))
