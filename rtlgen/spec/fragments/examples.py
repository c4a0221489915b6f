"""Worked examples: "for example, a=1, b=0 gives f=1", "input 8'b10010000 should output 3'd4"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rtlgen.spec.fragments.literals import Radix, cell_bits, column_radix
from rtlgen.spec.fragments.source import Reading, Source, found
from rtlgen.spec.model import Kind
from sim.interface import Port
from symbolic.waveform import Column, Waveform

_CUE = re.compile(
    r"\b(?:for example|for instance|e\.g\.?|examples?:?|such as)(?=\W)", re.IGNORECASE
)
_ASSIGN = re.compile(
    r"(?<![\w\]])(?P<name>[A-Za-z_]\w*)(?:\[\d+:\d+\])?\s*(?:==?|is|being)\s*"
    r"(?P<value>\d*'[bdhBDH]\s?[0-9a-fA-F_]+|0x[0-9a-fA-F]+|\d+)(?![\w'])"
)
_LITERAL = r"(?:\d+'[bdhBDH]\s?[0-9a-fA-F_]+|0x[0-9a-fA-F]+)"
_PAIR = re.compile(
    rf"\binputs?\b[^.]{{0,40}}?(?P<given>{_LITERAL})[^.]{{0,60}}?\b(?:outputs?|gives?|yields?|produces?|"
    rf"results? in|returns?)\b[^.]{{0,30}}?(?P<result>{_LITERAL})",
    re.IGNORECASE,
)

_LONGEST_TEXT = 100_000
_Sample = dict[str, int]


def read_examples(source: Source) -> Reading:
    """Return each sentence that gives outputs for inputs by way of example."""
    result = Reading()
    if source.interface.clocks or len(source.prose) > _LONGEST_TEXT:
        return result  # one row says nothing about time
    for first, last in source.paragraphs():
        text = source.text(first, last)
        for cue in _CUE.finditer(text):
            sentence = re.split(r"[.;](?:\s|$)", text[cue.end() : cue.end() + 400])[0]
            line = first + text.count("\n", 0, cue.start())
            end = line + sentence.count("\n")
            value = _example(source, " ".join(sentence.split()))
            if value:
                fragment = found(source, Kind.EXAMPLE, value, line, min(end, last))
                result += Reading(fragments=(fragment,))
    return result


def _example(source: Source, sentence: str) -> Waveform | None:
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
    read = column_radix([text], port.width)
    radix = read.radix if read.certain else Radix.DECIMAL
    bits = cell_bits(text, port.width, radix)
    return int(bits, 2) if bits and "-" not in bits else None
