"""Worked examples of a design without a clock, in prose.

"For example, a=1, b=0 gives f=1", "input 8'b10010000 should output 3'd4", and several in a row:
"Examples: x = 16'h8000 gives 0, x = 1 gives 15".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rtlgen.spec.fragments.literals import Radix, cell_bits, column_radix
from rtlgen.spec.fragments.source import Reading, Source, found
from rtlgen.spec.model import Kind
from sim.interface import Port
from symbolic.waveform import Column, Waveform

_CUE = re.compile(
    r"\b(?:for example|for instance|e\.g\.?|examples?:?|such as)(?=\W)", re.IGNORECASE
)
_CUES = re.compile(r"\bexamples\b:?", re.IGNORECASE)
_ASSIGN = re.compile(
    r"(?<![\w\]])(?P<name>[A-Za-z_]\w*)(?:\[\d+:\d+\])?\s*(?:==?|is|being)\s*"
    r"(?P<value>\d*'[bdhBDH]\s?[0-9a-fA-F_]+|0x[0-9a-fA-F]+|-?\d+)(?![\w'])"
)
_LITERAL = r"(?:\d+'[bdhBDH]\s?[0-9a-fA-F_]+|0x[0-9a-fA-F]+)"
_PAIR = re.compile(
    rf"\binputs?\b[^.]{{0,40}}?(?P<given>{_LITERAL})[^.]{{0,60}}?\b(?:outputs?|gives?|yields?|produces?|"
    rf"results? in|returns?)\b[^.]{{0,30}}?(?P<result>{_LITERAL})",
    re.IGNORECASE,
)

_GIVES = re.compile(
    r"(?:\b(?:gives?|yields?|produces?|returns?|results?\s+in|makes|becomes|leads?\s+to|maps?\s+to"
    r"|is\s+turned\s+into)|-+>|=>|\u2192|\u21d2)\s*"
    rf"(?P<result>{_LITERAL}|-?\d+)(?![\w'])",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[.;](?:\s|\Z)")
_LONGEST_TEXT = 100_000
_LONGEST = 400
"""Characters of a sentence that shows an example."""
_LONGEST_LIST = 4000
_Sample = dict[str, int]


def read_example_lists(source: Source) -> Reading:
    """Return what stands behind "examples" in its paragraph, and use it up."""
    result = Reading()
    after = {end: place for (_, end), place in pairwise(source.paragraphs())}
    for cue, end_of_cue, behind in _behind(_CUES, source):
        below = None if behind.strip() else after.get(end_of_cue)  # after a blank line
        line, last = below or (cue, end_of_cue)
        said = (source.text(*below) if below else behind)[:_LONGEST_LIST]
        value = _several(source, " ".join(said.split()))
        if value:
            ends = [match.end() for form in (_ASSIGN, _GIVES) for match in form.finditer(said)]
            end = min(line + said.count("\n", 0, max(ends)), last)
            fragment = found(source, Kind.EXAMPLE, value, line, end)
            used = frozenset(range(line, end + 1))
            result += Reading(fragments=(fragment,), used=used)
    return result


def read_examples(source: Source) -> Reading:
    """Return each sentence that gives outputs for inputs by way of example."""
    result = Reading()
    for line, last, said in _behind(_CUE, source):
        sentence = _SENTENCES.split(said[:_LONGEST])[0]
        value = _example(source, " ".join(sentence.split()))
        if value:
            end = min(line + sentence.count("\n"), last)
            fragment = found(source, Kind.EXAMPLE, value, line, end)
            result += Reading(fragments=(fragment,))
    return result


def _behind(cue: re.Pattern[str], source: Source) -> Iterator[tuple[int, int, str]]:
    """Yield line, last line and text of what stands behind each cue in its paragraph."""
    if source.interface.clocks or len(source.prose) > _LONGEST_TEXT:
        return  # one row says nothing about time
    for first, last in source.paragraphs():
        text = source.text(first, last)
        for match in cue.finditer(text):
            yield first + text.count("\n", 0, match.start()), last, text[match.end() :]


def _several(source: Source, said: str) -> Waveform | None:
    """Return examples that follow each other, each with a value for all inputs."""
    samples = list(_samples(source, said))
    ports = [port for port in source.interface.ports if any(port.name in s for s in samples)]
    if not samples:
        return None
    columns = tuple(
        Column(port=port, samples=tuple(sample.get(port.name) for sample in samples))
        for port in ports
    )
    return Waveform(
        columns=columns, times=tuple(f"example {n}" for n in range(1, len(samples) + 1))
    )


def _samples(source: Source, said: str) -> Iterator[_Sample]:
    """Yield what is said of inputs, up to and with what is said of outputs after them."""
    needed = {port.name for port in source.interface.data_inputs}
    outputs = {port.name: port for port in source.interface.outputs}
    given: _Sample = {}
    shown: _Sample = {}
    for name, value in _said(source, said):
        if name in outputs:
            shown[name] = value
            continue
        if shown:
            if needed <= given.keys():
                yield given | shown
            given, shown = {}, {}
        given[name] = value
    if shown and needed <= given.keys():
        yield given | shown


def _said(source: Source, said: str) -> Iterator[tuple[str, int]]:
    """Yield ports and their values in the order of the text; the only output needs no name."""
    outputs = source.interface.outputs
    found = [(match.start(), match) for match in _ASSIGN.finditer(said)]
    if len(outputs) == 1:
        found += [(match.start(), match) for match in _GIVES.finditer(said)]
    for _, match in sorted(found, key=lambda item: item[0]):
        named = match.re is _ASSIGN
        port = source.names.port(match["name"]) if named else outputs[0]
        value = _value(match["value" if named else "result"], port) if port else None
        if port and value is not None:
            yield port.name, value


def _example(source: Source, sentence: str) -> Waveform | None:
    several = _several(source, sentence)
    if several is not None:
        return several
    samples = dict(_assigned(source, sentence)) or dict(_pair(source, sentence))
    ports = [port for port in source.interface.ports if port.name in samples]
    faces = {port.direction for port in ports}
    if len(faces) < 2:
        return None
    columns = tuple(Column(port=port, samples=(samples[port.name],)) for port in ports)
    return Waveform(columns=columns, times=("example",))


def _assigned(source: Source, sentence: str) -> Iterator[tuple[str, int]]:
    for match in _ASSIGN.finditer(sentence):
        port = source.names.port(match["name"])
        value = _value(match["value"], port) if port else None
        if port and value is not None:
            yield port.name, value


def _pair(source: Source, sentence: str) -> Iterator[tuple[str, int]]:
    """Read a value for the only input and one for the only output."""
    inputs, outputs = source.interface.data_inputs, source.interface.outputs
    match = _PAIR.search(sentence)
    if not match or len(inputs) != 1 or len(outputs) != 1:
        return
    for port, text in ((inputs[0], match["given"]), (outputs[0], match["result"])):
        value = _value(text, port)
        if value is not None:
            yield port.name, value


def _value(text: str, port: Port) -> int | None:
    if text.startswith("-"):
        value, half = int(text), 1 << (port.width - 1)
        return value % (2 * half) if value >= -half else None
    read = column_radix([text], port.width)
    radix = read.radix if read.certain else Radix.DECIMAL
    bits = cell_bits(text, port.width, radix)
    return int(bits, 2) if bits and "-" not in bits else None
