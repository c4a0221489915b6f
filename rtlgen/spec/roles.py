"""Which inputs are clocks and which are resets, from their names and from what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rtlgen.spec.model import Finding, Place, Severity
from rtlgen.spec.text import Sentence
from sim.interface import Port

_CLOCK_NAME = re.compile(
    r"^(?:i_|in_)?(?:clk|clock|ck|[a-z0-9]{1,4}clk|[a-z0-9]+_clk|clk_?(?:in|i|[a-z0-9]{1,3}|[0-9]+m?hz"
    r"|sys|core|fast|slow|main|rd|wr|read|write|src|dst)|[a-z0-9]+_clock|clock_?(?:in|[a-z0-9]{1,3}))"
    r"(?:_i|_in)?$"
)
_NO_CLOCK_NAME = re.compile(r"(?:_en$|_ena|enable|_sel|_div|_valid|_ok|_lock|clken|clk_?en)")
_RESET_NAME = re.compile(
    r"^(?:i_|in_)?(?:n|a|s|p|hw|sys|sw|[a-z]|[a-z0-9]+_)?_?(?:rst|reset|rstn|resetn|rstb|resetb)"
    r"(?:_?[nb]|_[a-z0-9]+|_?in|[a-z]?[0-9]*)(?:_?n)?(?:_i|_in)?$|^n?por(?:_?[nb])?(?:_i)?$"
)
_NO_RESET_NAME = re.compile(r"(?:_en$|enable|_val|_vec|_addr|_state|_cnt|_count|_req|_done|_ack)")
_CLEAR_NAME = re.compile(r"^(?:clr|clear|clrn|clr_n|aclr|sclr|r|ar|rs|init)$")
_CLOCK_ENTRY = re.compile(
    r"(?:(?:the|an?|main|system|input|master|write|read|global|single|1-bit)[\s;,]*)*clock"
    r"(?!\s*(?:enable|gat|sel|divi|mode|en\b))"
)
_RESET_ENTRY = re.compile(
    r"(?:(?:the|an?|system|input|master|global|active|low|high|active-low|active-high|asynchronous"
    r"|synchronous|write|read|1-bit)[\s;,-]*)*reset\b(?! value)"
)

EDGE = re.compile(
    r"\b(?:(pos|neg)edge|(positive|negative|rising|falling|leading|trailing)"
    r"[\s-]*(?:clock[\s-]*)?edges?)(?P<triggered>[\s-]*triggered)?",
    re.IGNORECASE,
)
BOTH_EDGES = re.compile(
    r"\bboth\s+(?:the\s+)?(?:positive|rising|clock)?\s*(?:and\s+(?:negative|falling)\s+)?edges\b"
    r"|dual[\s-]edge|double[\s-]data[\s-]rate",
    re.IGNORECASE,
)
RESET_WORD = re.compile(r"\b(?:re-?set(?:s|ting|table|ed)?|rst|clear(?:s|ed)?)\b", re.IGNORECASE)
_NO_RESET = re.compile(
    r"\b(?:there is no|no|without(?: a| any)?|has no|does not have a) (?:\w+ )?reset\b",
    re.IGNORECASE,
)
ASYNC = re.compile(r"\basync(?:hronous(?:ly)?)?\b", re.IGNORECASE)
SYNC = re.compile(
    r"(?<!a)\bsync(?:hronous(?:ly)?)?\b(?!\s+(?:operation|process|design|read|write|fifo|oper))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the text says of one port."""

    port: Port
    place: Place
    description: str = ""


class TimingText:
    """The sentences that matter, sorted once."""

    def __init__(
        self, sentences: Sequence[Sentence], stated: Iterable[tuple[str, str, int]]
    ) -> None:
        self.stated = [(key, words, Place(line=line, end_line=line)) for key, words, line in stated]
        self.edges = [s for s in sentences if EDGE.search(s.text) or BOTH_EDGES.search(s.text)]
        resets = [s for s in sentences if RESET_WORD.search(s.text) or "rst" in s.text.lower()]
        self.resets = [s for s in resets if not _NO_RESET.search(s.text)]
        self._all = sentences
        self.says_latch = any(re.search(r"\blatch", s.text, re.IGNORECASE) for s in sentences)

    def naming(self, name: str) -> list[Sentence]:
        word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
        return [s for s in self._all if word.search(s.text)]

    def going_on(self, name: str) -> list[Sentence]:
        """Return the sentences that go on with "It is" right behind `NAME is the reset`."""
        ends = re.compile(
            rf"(?<!\w){re.escape(name)}[\"'`]?\s+is\s+(?:the|a)\s+(?:\w+\s+)?reset(?:\s+(?:input|signal))?\W*$"
        )
        pairs = zip(self._all, self._all[1:], strict=False)
        return [s for one, s in pairs if ends.search(one.text) and re.match(r"It\s+is\b", s.text)]

    def entry(self, key: str, name: str) -> str:
        """Return what the front matter says of port `name` as `key`."""
        for found, words, _ in self.stated:
            if found == key and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words):
                return words
        return ""


def is_clock(about: About, inputs: Sequence[About], text: TimingText) -> bool:
    """Return whether one-bit input `about` is a clock."""
    name = about.port.name.lower()
    if text.entry("clock", about.port.name):
        return True
    if _RESET_NAME.match(name) or _NO_CLOCK_NAME.search(name):
        return False
    if _CLOCK_NAME.match(name):
        return True
    if _CLOCK_ENTRY.match(about.description.strip(" ;(").lower()):
        return True
    if any(_CLOCK_NAME.match(other.port.name.lower()) for other in inputs):
        return False
    return _clocked_by(about.port.name, text)


def _clocked_by(name: str, text: TimingText) -> bool:
    """Whether the text says that registers change at an edge of `name`."""
    escaped = re.escape(name)
    when = r"\b(?:[Oo]n|[Aa]t|[Bb]y|[Ww]ith|[Aa]fter)\s+(?:the\s+|every\s+|each\s+)?"
    trigger = re.compile(
        rf"{when}(?:positive|rising|falling|negative)[\s-]edges?\s+of\s+(?:the\s+)?{escaped}(?!\w)"
        rf"|@\s*\(\s*(?:pos|neg)edge\s+{escaped}\b|\bclocked by (?:the )?{escaped}(?!\w)"
        rf"|\bclock(?:\s+signal|\s+input)?[\s,(]+{escaped}(?!\w)"
    )
    return any(trigger.search(s.text) for s in text.naming(name))


def is_reset(about: About, text: TimingText) -> bool:
    """Return whether one-bit input `about` is named or described as a reset."""
    name = about.port.name.lower()
    if text.entry("reset", about.port.name) or (
        _RESET_NAME.match(name) and not _NO_RESET_NAME.search(name)
    ):
        return True
    if not _CLEAR_NAME.match(name) and "reset" not in about.description.lower():
        return False
    if _RESET_ENTRY.match(about.description.strip(" ;(").lower()):
        return True
    escaped = re.escape(about.port.name)
    called = r"(?:\s+(?:input|signal|port|pin))?[\s,(:]*(?:called\s+|named\s+)?"
    named = re.compile(
        rf"\b(?:reset|clear){called}[\"'`]?{escaped}[\"'`]?(?!\w)"
        rf"|(?<!\w){escaped}[\"'`]?\s+is\s+(?:an?\s+)?(?:\S+\s+){{0,3}}(?:re)?set\b"
    )
    return any(named.search(s.text) for s in text.resets)


def is_hidden_reset(about: About, text: TimingText) -> bool:
    """Whether the text has a reset, and only this port's name stands for one."""
    described = [s for s in text.resets if ASYNC.search(s.text) or SYNC.search(s.text)]
    return bool(described) and _CLEAR_NAME.match(about.port.name.lower()) is not None


def question(rule: str, about: About, message: str, assumption: str) -> Finding:
    """Return what to ask about a port."""
    return Finding(
        rule=rule,
        severity=Severity.QUESTION,
        place=about.place,
        message=message,
        assumption=assumption,
    )


def describe(
    ports: Sequence[Port], places: Mapping[str, Place], said: Mapping[str, str]
) -> list[About]:
    """Bring ports, their places and their descriptions together."""
    return [
        About(port=port, place=places[port.name], description=said.get(port.name, ""))
        for port in ports
    ]
