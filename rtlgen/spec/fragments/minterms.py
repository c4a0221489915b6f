"""Lists of minterms, maxterms and don't-cares, in symbols and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rtlgen.spec.fragments.functions import Stated, function
from rtlgen.spec.fragments.source import Reading, Source, objection, question
from rtlgen.spec.model import Finding, Kind
from symbolic.truth_table import Row

_NUMBER = r"(?:\d{1,5}|0x[0-9a-fA-F]{1,4}|\d+'[bdh][0-9a-fA-F]+)"
_RANGE = rf"{_NUMBER}(?:\s*(?:-|–|\.\.\.?|through|thru|to)\s*{_NUMBER})?"  # noqa: RUF001
_ITEM = rf"{_RANGE}(?!\d|\s+(?:for|when|if|at|on|otherwise|elsewhere)\b)"
_LIST = rf"{_RANGE}(?:\s*(?:,\s*(?:and\s|or\s)?|;|\sand\s|\sor\s|&)\s*{_ITEM})*"
_WORD_LIST = _LIST.replace(";|", "")
"""In a sentence a semicolon ends the list."""
_SUM = r"(?:Σ|∑|\\[Ss]um|\b[Ss]igma|\b[Ss]um|\bSUM|\bSOP)"
_PRODUCT = r"(?:Π|∏|\\[Pp]rod|\b[Pp]i|\b[Pp]rod(?:uct)?|\bPROD(?:UCT)?|\bPOS)"
_COLON = r"\s*(?:=|:)\s*"
_SUBSCRIPT = r"[\s_{{}}\\]*(?:{letters})?[\s}}]*"

_BRACKETED = rf"\s*[({{]\s*(?P<list>{_LIST})\s*[)}}]"
_ON = re.compile(
    rf"(?:{_SUM}{_SUBSCRIPT.format(letters='m|minterms?')}|(?<![\w])m|\bminterms?(?:\s+list)?)"
    rf"(?:{_BRACKETED}|(?<=s){_COLON}(?P<bare>{_LIST}))",
)
_OFF = re.compile(
    rf"(?:{_PRODUCT}{_SUBSCRIPT.format(letters='M|maxterms?')}|(?<![\w])M|\b[Mm]axterms?(?:\s+list)?)"
    rf"(?:{_BRACKETED}|(?<=s){_COLON}(?P<bare>{_LIST}))",
)
_FREE = re.compile(
    rf"(?:{_SUM}|{_PRODUCT})?[\s_{{\\]*(?<![A-Za-z0-9_])(?:d|dc|DC|D|φ|[Dd]on'?t[\s-]?cares?)[\s}}]*"
    rf"(?:{_BRACKETED}|(?<=s){_COLON}(?P<bare>{_LIST}))",
)

_WORDS_ON = (
    rf"\b(?:minterms?|sum of (?:the )?minterms)\b[^.\d]{{0,50}}?(?P<list>{_WORD_LIST})",
    rf"\blogic[- ](?:1|one|high)\b[^.\d]{{0,50}}?(?P<list>{_WORD_LIST})",
    rf"(?:(?:\b(?:is|be|are|outputs?|equals?|becomes|produces?|gives?|generates?|asserted)|=)\s+"
    rf"(?:a\s+|logic\s+)?(?:1|one|high|true)|\b(?:is|be)\s+asserted)\b"
    rf"(?=[^.]{{0,60}}\b(?:for|when|if|at|on)\b)[^.\d]{{0,60}}?(?P<list>{_WORD_LIST})",
)
_WORDS_OFF = (
    rf"\b(?:maxterms?|product of (?:the )?maxterms)\b[^.\d]{{0,50}}?(?P<list>{_WORD_LIST})",
    rf"\blogic[- ](?:0|zero|low)\b[^.\d]{{0,50}}?(?P<list>{_WORD_LIST})",
    rf"(?:(?:\b(?:is|be|are|outputs?|equals?|becomes|produces?|gives?|generates?|and)|=)\s+"
    rf"(?:a\s+|logic\s+)?(?:0|zero|low|false))\b"
    rf"(?=[^.]{{0,60}}\b(?:for|when|if|at|on)\b)[^.\d]{{0,60}}?(?P<list>{_WORD_LIST})",
)
_WORDS_FREE = (
    rf"\bdon'?t[\s-]?cares?\b[^.\d]{{0,50}}?(?P<list>{_WORD_LIST})",
    rf"(?P<list>{_WORD_LIST})[^.\d]{{0,60}}?"
    r"\b(?:never|cannot|can't|do not|don't|does not|will not|won't)\s+"
    rf"(?:occur|appear|happen|arise|be\b|come|matter|care)",
    rf"(?P<list>{_WORD_LIST})[^.\d]{{0,40}}?\bdon'?t[\s-]?cares?\b",
)
_NO_GAP = re.compile(
    r"=|\botherwise\b|\belse\b|\b(?!(?:inputs?|numbers?|values?|codes?|combinations?)\b)\w+\s+(?:is|are|equals?)\b"
    r"[^,]*\b(?:is|are|equals?)\b|\[",
    re.IGNORECASE,
)
_REST_OFF = re.compile(
    r"\b(?:0|zero|low|false)\b[^.]{0,30}\b(?:otherwise|elsewhere|everything else|"
    r"(?:all|any|every|for)\s+(?:the\s+)?(?:others?|else|remaining|rest))"
    r"|\b(?:all|any|every)\s+others?\b[^.]{0,40}\b(?:0|zero|low|false)\b"
    r"|\b(?:otherwise|elsewhere|else)\b[^.]{0,30}\b(?:0|zero|low|false)\b"
    r"|\b(?:exactly|only)\s+(?:when|if|for)\b",
    re.IGNORECASE,
)
_ARGUMENTS = re.compile(r"\b(?P<f>[A-Za-z_]\w*)\s*\((?P<args>[A-Za-z_][\w\s,\[\]]{0,80})\)")
_TUPLE = re.compile(r"[({](?P<args>[A-Za-z_][\w\s\[\]]*(?:,\s*[A-Za-z_][\w\s\[\]]*){1,11})[)}]")
_END_BIT = re.compile(
    r"\b(?P<name>[A-Za-z_]\w*(?:\[\d+\])?)\s*(?:is|being|as|=|\()\s*(?:the\s+)?"
    r"(?:(?P<msb>most[\s-]significant|MSB)|(?P<lsb>least[\s-]significant|LSB))",
    re.IGNORECASE,
)
_INVERTED = re.compile(
    rf"(?:[~!¬/]\s*\w+|\bnot\s+\w+|\b\w+\s*['’]|\\(?:over|bar)\w*\W*\w+\W*?)\s*(?:\([^()=]{{0,80}}\)\s*)?=\s*"  # noqa: RUF001
    rf"(?:{_SUM}|{_PRODUCT}|[mM]\s*\()"
)
_FREE_FUNCTION = re.compile(
    rf"(?<![\w'])(?:d|dc|DC|D|φ)\s*\([A-Za-z_][\w\s,\[\]]{{0,80}}\)\s*=\s*{_SUM}?[\s_{{}}\\]*[md]?(?=\s*[({{])"
)
"""Don't-cares written as a function of their own, `d(a, b) = Σm(...)`."""
_FORM = r"(?:sum[\s-]of[\s-]products?|products?[\s-]of[\s-]sums?|\bSOP\b|\bPOS\b)"


_LONGEST_PARAGRAPH = 4000
"""Characters; a person who lists minterms needs fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Numbers where a function is 1, 0 and free; `rest` is what holds for the others."""

    on: frozenset[int]
    off: frozenset[int]
    free: frozenset[int]
    rest: str | None


def read_minterms(source: Source) -> Reading:
    """Return the functions that are given by numbers of input combinations."""
    result = Reading()
    for first, last in source.paragraphs():
        text = " ".join(source.text(first, last).split())
        if len(text) > _LONGEST_PARAGRAPH:
            continue
        symbols = _symbols(source, text, (first, last))
        found = symbols.fragments or symbols.findings
        result += symbols if found else _words(source, text, (first, last))
    return result


def _symbols(source: Source, text: str, span: tuple[int, int]) -> Reading:
    """Read `f(a, b, c) = Σm(1, 3) + d(0, 2)`, each function of a paragraph by itself."""
    inverted = _INVERTED.search(text)
    if inverted:
        message = f"{inverted[0].strip()!r} defines the complement of an output"
        asked = question(
            "unread-function", source.place(*span), message, assumption="it is left out"
        )
        return Reading(findings=(asked,))
    text = _FREE_FUNCTION.sub(" d", text)
    starts = [m.start() for m in re.finditer(r"[A-Za-z_]\w*(?:\s*\([^()=]{0,80}\))?\s*=\s*", text)]
    pieces = [text[a:b] for a, b in pairwise([*starts, len(text)])] or [text]
    result = Reading()
    for piece in pieces:
        on, off, free = _ON.search(piece), _OFF.search(piece), _FREE.search(piece)
        if not (on or off):
            continue
        lists = Lists(
            on=_matched(on),
            off=_matched(off),
            free=_matched(free),
            rest=None if on and off else "0" if on else "1",
        )
        outputs = _named_output(source, piece) or _outputs(source, text)
        result += _function(source, lists, piece, outputs, span)
    return result


def _matched(match: re.Match[str] | None) -> frozenset[int]:
    return _numbers(match["list"] or match["bare"]) if match else frozenset()


def _words(source: Source, text: str, span: tuple[int, int]) -> Reading:
    """Read "is 1 for 2, 7 and 15, 0 for ...; 3 and 8 never occur"."""
    text = _unnamed(source, text)
    free = _first(_WORDS_FREE, text)
    on, off = _first(_WORDS_ON, text), _first(_WORDS_OFF, text)
    if (on | off) & free:
        return Reading()  # the lists were not told apart
    lists = Lists(
        on=on,
        off=off,
        free=free,
        rest="0" if not off and _REST_OFF.search(text) else None,
    )
    stated = bool(on) and (bool(off) or lists.rest is not None or "minterm" in text.lower())
    if not stated:
        return Reading()
    if "minterm" in text.lower() and not off:
        lists = Lists(on=lists.on, off=off, free=free, rest="0")
    return _function(source, lists, text, _outputs(source, text), span)


def _unnamed(source: Source, text: str) -> str:
    """Leave out the name of the only input: in "for sel = 0, 3 and 5" its values are listed."""
    inputs = source.interface.data_inputs
    if len(inputs) != 1:
        return text
    name = re.escape(inputs[0].name)
    return re.sub(
        rf"\b(for|when|if|at)\s+[`*]?{name}(?:\[\d+:\d+\])?[`*]?\s*(?:==?|∈|is(?:\s+one\s+of)?|in|equals)\s*[{{(]?(?=\d)",
        r"\1 ",
        text,
    )


def _first(patterns: Sequence[str], text: str) -> frozenset[int]:
    for pattern in patterns:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if _is_list(match, text):
                return _numbers(match["list"])
    return frozenset()


def _is_list(match: re.Match[str], text: str) -> bool:
    """Whether numbers are those of input combinations, not values of a signal."""
    before = text[match.start() : match.start("list")].lstrip("= ")
    if _NO_GAP.search(before) or re.match(r"\s*'|\s*bits?\b|-bit", text[match.end("list") :]):
        return False
    listed = [int(n) for n in re.findall(r"(?<![\w'])\d+(?!\w)", match["list"])]
    if len(set(listed)) < len(listed) or re.search(r"\bsequence\b", text, re.IGNORECASE):
        return False
    several = len(_numbers(match["list"])) > 1
    return several or bool(
        re.search(r"minterm|maxterm|number|value|appear|occur", match[0], re.IGNORECASE)
    )


def _numbers(text: str) -> frozenset[int]:
    return frozenset(n for part in re.finditer(_RANGE, text) for n in _range(part[0]))


def _range(text: str) -> Iterator[int]:
    ends = [_value(part) for part in re.findall(_NUMBER, text)]
    if len(ends) == 2 and ends[0] <= ends[1] < 1 << 16:
        yield from range(ends[0], ends[1] + 1)
    else:
        yield from ends


def _value(text: str) -> int:
    sized = re.match(r"\d+'([bdh])([0-9a-fA-F]+)", text)
    if sized:
        return int(sized[2], {"b": 2, "d": 10, "h": 16}[sized[1]])
    return int(text, 0) if text.startswith("0x") else int(text)


def _function(
    source: Source, lists: Lists, text: str, outputs: tuple[str, ...], span: tuple[int, int]
) -> Reading:
    inputs, findings, notes = _order(source, text, span)
    highest = max(lists.on | lists.off | lists.free, default=0)
    if not inputs or not outputs or len(inputs) > 16:
        return Reading()
    if highest >= 1 << len(inputs):
        return Reading()
    both = lists.on & lists.off
    if both:
        message = f"the function is 0 and 1 for {min(both)}"
        place = source.place(*span)
        return Reading(findings=(objection("contradictory-table", place, message),))
    values = {**dict.fromkeys(lists.free, "-"), **dict.fromkeys(lists.off, "0")}
    values |= dict.fromkeys(lists.on, "1")
    if lists.rest:
        values = {n: values.get(n, lists.rest) for n in range(1 << len(inputs))}
    rows = tuple(
        Row(inputs=format(n, f"0{len(inputs)}b"), outputs=value * len(outputs))
        for n, value in sorted(values.items())
    )
    stated = Stated(inputs=inputs, outputs=outputs, rows=rows)
    reading = function(source, Kind.MINTERMS, stated, span, notes=notes)
    return reading + Reading(findings=findings)


def _order(
    source: Source, text: str, span: tuple[int, int]
) -> tuple[tuple[str, ...], tuple[Finding, ...], tuple[str, ...]]:
    """Return the inputs, most significant first, with what had to be assumed for that."""
    data = source.names.data_bits
    stated = _stated_order(source, text) or _stated_order(source, source.prose)
    if stated:
        return stated, (), (f"{stated[0]} is the most significant bit of the numbers",)
    ends = [m for m in _END_BIT.finditer(source.prose) if source.names.bits(m["name"])]
    for end in ends:
        bit = (source.names.bits(end["name"]) or ("",))[0]
        if data and bit in (data[0], data[-1]):
            ordered = data if (bit == data[0]) == bool(end["msb"]) else data[::-1]
            return ordered, (), (f"{ordered[0]} is the most significant bit of the numbers",)
    if len(source.interface.data_inputs) == 1:
        return data, (), ()
    finding = question(
        "variable-order",
        source.place(*span),
        "the order of the variables in the minterm numbers is not stated",
        assumption=f"{data[0]} is the most significant bit" if data else "declared order",
    )
    return data, (finding,), ()


def _stated_order(source: Source, text: str) -> tuple[str, ...] | None:
    """Return the inputs as listed in `f(a, b, c)` or `(a, b, c)`, if all of them are."""
    data = set(source.names.data_bits)
    for pattern in (_ARGUMENTS, _TUPLE):
        for match in pattern.finditer(text):
            bits = source.names.group(match["args"])
            if bits and set(bits) <= data and (set(bits) == data or pattern is _ARGUMENTS):
                return bits
    return None


def _named_output(source: Source, piece: str) -> tuple[str, ...]:
    name = re.match(r"[A-Za-z_]\w*", piece)
    bits = source.names.bits(name[0]) if name else None
    return bits if bits and source.names.are_outputs(bits) and len(bits) == 1 else ()


def _outputs(source: Source, text: str) -> tuple[str, ...]:
    """Return the outputs that an unnamed function is for; empty if that cannot be told."""
    outputs = source.names.output_bits
    if len(outputs) == 1:
        return outputs
    named = [bit for bit in outputs if re.search(rf"(?<!\w){re.escape(bit)}(?!\w)", text)]
    if len(named) == 1:
        return (named[0],)
    # "out_a in minimum sum-of-products form, and out_b in product-of-sums form"
    prose = source.flat
    formed = [
        bit
        for bit in outputs
        if re.search(rf"(?<!\w){re.escape(bit)}\b[^.,;]{{0,40}}{_FORM}", prose)
    ]
    return outputs if len(formed) == len(outputs) else ()
