"""State codes and the reset state, as the text around a machine gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from rtlgen.spec.fragments.literals import literal

_CODE = r"(?:\d+\s*'\s*[bdhBDH]\s*)?[0-9a-fA-F][0-9a-fA-F_]*"
_BINARY_CODE = r"(?:\d+\s*'\s*[bB]\s*)?[01][01_]+"
_CODE_LIST = re.compile(
    rf"{_BINARY_CODE}(?:\s*(?:,|and)\s*(?:and\s+)?(?:{_BINARY_CODE}|\.\.\.+|…)){{1,63}}"
)
_ELLIPSIS = re.compile(r"\.\.\.+|…")
_ONE_HOT = re.compile(r"\bone[\s-]*hot\b", re.IGNORECASE)
_RESET_CUE = re.compile(
    r"\b(?:re-?set\w*|rst\w*|n?clear|clr\w*|initial(?:ly|i[sz]e[sd]?)?|power(?:s|ed)?[\s-]?(?:up|on)|starts?|starting|begins?)\b",
    re.IGNORECASE,
)
_STRONG_CUE = re.compile(r"\b(?:re-?set|\w*rst)", re.IGNORECASE)
_BIT_RANGE = re.compile(
    r"\b(?P<port>[A-Za-z_]\w*)\[(?P<low>\d+)\]\s*(?:through|thru|to|-|–|\.\.+)\s*"  # noqa: RUF001
    r"(?P=port)\[(?P<high>\d+)\][^.]{0,60}?\bstates?\s+(?P<first>\w+)\s*"
    r"(?:through|though|thru|to|-|–|\.\.+)\s*(?P<last>\w+)",  # noqa: RUF001
    re.IGNORECASE,
)
_LONG_SENTENCE = 400
"""Characters; what is longer is a table."""
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n\s*\n|\n\s*(?=[-*•]\s|\(\d+\))")


def find_codes(text: str, states: Sequence[str]) -> dict[str, str]:
    """Return the binary code of every state as `text` gives it; empty if it does not."""
    if _are_codes(states):
        return {state: state for state in states}
    prose = " ".join(text.split())
    for finder in (_assigned, _called, _by_bit, _listed):
        codes = finder(prose, states)
        if codes:
            return codes
    return {}


def says_one_hot(text: str) -> bool:
    """Whether a one-hot code is spoken of."""
    return bool(_ONE_HOT.search(text))


def find_reset_state(text: str, states: Sequence[str]) -> str | None:
    """Return the state that reset leads to; None if the text does not say."""
    sentences = [s for s in _SENTENCE.split(text) if _RESET_CUE.search(s)]
    strong = [s for s in sentences if _STRONG_CUE.search(s)]
    for group in (strong, sentences):
        named = {state for s in group for state in _states_in(" ".join(s.split()), states)}
        if len(named) == 1:
            return named.pop()
    return None


def speaks_of_reset_state(text: str, states: Sequence[str]) -> bool:
    """Whether a sentence about reset names a state, so that one cannot be assumed."""
    names = re.compile(rf"(?<![\w'])(?:\d+'b)?(?:{_alternatives(states)})(?![\w'])")
    about = (s for s in _SENTENCE.split(text) if _STRONG_CUE.search(s) and len(s) < _LONG_SENTENCE)
    plain = (re.sub(r"\b[Aa]\b(?!\s*[.,;)])", " ", s) for s in about)
    return any(len(m[0]) > 1 or m[0].isupper() for s in plain for m in names.finditer(s))


def _are_codes(states: Sequence[str]) -> bool:
    widths = {len(state) for state in states}
    return (
        len(widths) == 1 and all(set(state) <= {"0", "1"} for state in states) and max(widths) > 0
    )


def _alternatives(states: Sequence[str]) -> str:
    return "|".join(re.escape(state) for state in sorted(states, key=len, reverse=True))


def _states_in(sentence: str, states: Sequence[str]) -> Iterator[str]:
    """Yield the states a sentence about reset leads to, nearest to its cue first."""
    names = _alternatives(states)
    led = re.compile(
        rf"(?:\b(?:state|into|to|in|is|at|be|as|enters?|selects?|becomes|loads|forces)\b|[=:→]|->)[\s:=]*(?:the\s+)?(?:state\s+)?(?:called\s+|named\s+)?"
        rf"[\"'`(_*]*(?:\d+'b)?(?P<s>{names})(?![\w'])(?!\s*\)?\s*--?)"
    )
    cue = _RESET_CUE.search(sentence)
    start = cue.start() if cue else 0
    for text in (sentence[start:], sentence[:start]):
        found = [m["s"] for m in led.finditer(text)]
        if found:
            yield found[0]
            return
    subject = re.search(
        rf"\b(?:state\s+)?(?P<s>{names})\s+(?:is|as)\s+the\s+(?:re-?set|initial|start)", sentence
    )
    if subject:
        yield subject["s"]


def _assigned(text: str, states: Sequence[str]) -> dict[str, str]:
    """Read `A = 2'b00, B = 2'b01`, `A: 00`."""
    pattern = re.compile(
        rf"(?<![\w\[])(?P<s>{_alternatives(states)})\s*(?:=|:|is|->|→)\s*[\"`]?(?P<c>{_CODE})(?!\w)"
    )
    return _complete(((m["s"], m["c"]) for m in pattern.finditer(text)), states)


def _called(text: str, states: Sequence[str]) -> dict[str, str]:
    """Read `000001(A), 000010(B)` and `A (000), B (001)`."""
    names = _alternatives(states)
    after = re.compile(rf"(?<!\w)(?P<c>{_BINARY_CODE})\s*\(\s*(?P<s>{names})\s*\)")
    before = re.compile(rf"(?<!\w)(?P<s>{names})\s*\(\s*(?P<c>{_BINARY_CODE})\s*\)(?!\s*-)")
    for pattern in (after, before):
        codes = _complete(((m["s"], m["c"]) for m in pattern.finditer(text)), states)
        if codes:
            return codes
    return {}


def _by_bit(text: str, states: Sequence[str]) -> dict[str, str]:
    """Read "state[0] through state[9] correspond to the states S0 through S9"."""
    for match in _BIT_RANGE.finditer(text):
        low, high = int(match["low"]), int(match["high"])
        order = list(states) if match["first"] == states[0] else list(reversed(states))
        ends = (order[0], order[-1]) == (match["first"], match["last"])
        if ends and abs(high - low) + 1 == len(states):
            upward = order if low < high else order[::-1]
            return {s: format(1 << i, f"0{len(states)}b") for i, s in enumerate(upward)}
    return {}


def _listed(text: str, states: Sequence[str]) -> dict[str, str]:
    """Read a list of codes beside a list of states, either with an ellipsis."""
    for match in _CODE_LIST.finditer(text):
        codes = _code_list(match[0], len(states))
        near = text[max(match.start() - 200, 0) : match.end() + 120]
        if codes:
            order = _state_order(near, states)
            return dict(zip(order, codes, strict=True))
    return {}


def _code_list(text: str, count: int) -> list[str]:
    """Return `count` codes, those under an ellipsis filled in; empty if they do not fit."""
    written = [bits for part in re.findall(_BINARY_CODE, text) if (bits := _bits(part))]
    widths = {len(code) for code in written}
    if len(widths) != 1:
        return []
    width = widths.pop()
    if not _ELLIPSIS.search(text):
        return written if len(written) == count == len(set(written)) else []
    head = re.findall(_BINARY_CODE, _ELLIPSIS.split(text)[0])
    first = [int(_bits(part), 2) for part in head]
    for series in (
        [1 << i for i in range(count)],
        list(range(count)),
        [1 << count - 1 - i for i in range(count)],
    ):
        fits = max(series, default=0) < 1 << width and series[: len(first)] == first
        if fits and int(written[-1], 2) == series[-1]:
            return [format(n, f"0{width}b") for n in series]
    return []


def _bits(text: str) -> str:
    """Return a binary code without size and base."""
    size, bits = literal(text)
    digits = text.replace("_", "") if bits is None else bits
    return digits.rjust(size or 0, "0")


def _state_order(text: str, states: Sequence[str]) -> list[str]:
    """Return the states in the order in which `text` lists them all, else as they are."""
    name = rf"(?:{_alternatives(states)})(?!\w)"
    pattern = rf"(?<!\w){name}(?:\s*,\s*(?:and\s+)?{name})+"
    for match in re.finditer(pattern, text):
        listed = re.findall(r"\w+", match[0].replace(" and ", " "))
        if sorted(listed) == sorted(states):
            return listed
    return list(states)


def _complete(pairs: Iterator[tuple[str, str]], states: Sequence[str]) -> dict[str, str]:
    """Return the codes as binary strings of one width if every state has one of its own."""
    raw: dict[str, str] = {}
    for state, code in pairs:
        raw.setdefault(state, code)
    if set(raw) != set(states):
        return {}
    sized = {state: literal(code) for state, code in raw.items()}
    codes = {s: (sized[s][1] or code).rjust(sized[s][0] or 0, "0") for s, code in raw.items()}
    if any(not set(code) <= {"0", "1"} for code in codes.values()):
        codes = _numbered(raw)
    widths = {len(code) for code in codes.values()}
    return codes if len(widths) == 1 and len(set(codes.values())) == len(states) else {}


def _numbered(raw: Mapping[str, str]) -> dict[str, str]:
    """Return decimal state numbers as codes of the smallest width."""
    if not all(code.isdigit() for code in raw.values()):
        return {}
    numbers = {state: int(code) for state, code in raw.items()}
    width = max(max(numbers.values()).bit_length(), 1)
    return {state: format(number, f"0{width}b") for state, number in numbers.items()}


def is_one_hot(codes: Mapping[str, str]) -> bool:
    """Whether every code has a single 1."""
    return bool(codes) and all(code.count("1") == 1 for code in codes.values()) and len(codes) > 1


def consecutive(numbers: Sequence[int]) -> bool:
    """Whether numbers count up by one."""
    return all(b == a + 1 for a, b in pairwise(numbers))
