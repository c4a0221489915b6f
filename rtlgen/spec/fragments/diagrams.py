"""State diagrams as lists of arrows.

Read are, among others, `A (out=0) --in=1--> B`, `A --x=1 / z=0--> B`,
`B (1) --0--> A`, `S0 -> S1 on in=1`, `S0 --> S1 : in=1` (Mermaid) and
`S0 -> S1 [label="1/0"];` (Graphviz).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rtlgen.spec.fragments.conditions import is_always, is_else, read_condition, read_values
from rtlgen.spec.fragments.literals import Radix, cell_bits
from rtlgen.spec.fragments.machine import Draft, Edge, completed, machine
from rtlgen.spec.fragments.next_state import transition_inputs
from rtlgen.spec.fragments.source import Line, Reading, Source, remark
from rtlgen.spec.model import Kind
from symbolic.cubes import Cube, cube_from_text

_NAME = r"[\"'`*_]{0,2}(?:[A-Za-z]\w*|[01]{1,16})[\"'`*]{0,2}"
_ARROW = re.compile(
    rf"^\s*(?:[-*•+]\s+|\(?\d+[.)]\s+)?(?:[Ss]tate\s+|[Ff]rom\s+)?"
    rf"(?P<source>{_NAME}|\[\*\])\s*(?P<outputs>[(\[{{][^()\[\]{{}}]*[)\]}}]|/\s*[01x,\s-]+?(?=\s*[-–—=→]))?\s*"  # noqa: RUF001
    rf"(?:[-–—─━=](?P<label>[^>→⟶➔⇒]{{0,200}})[>→⟶➔⇒]|→|⟶|➔|⇒)\s*"  # noqa: RUF001
    rf"(?:[Ss]tate\s+)?(?P<target>{_NAME})\s*(?P<rest>.{{0,200}})$"
)
_GO = (
    r"(?:go|goes|going|move|moves|transition|transitions|proceed|proceeds|jump|jumps|advance|advances|"
    r"return|returns|switch|switches|change|changes|stay|stays|remain|remains)"
    r"(?:\s+back)?(?:\s+(?:to|in|into|at))?"
)
_IF = r"(?:on|when|if|with|for|while)\s+"
_LEAD_IN = r"^\s*(?:[-*•+]\s+|\(?\d+[.)]\s+)?"
_SENTENCES = (
    re.compile(
        rf"{_LEAD_IN}(?:From|In|While in|At)\s+(?:state\s+)?(?P<source>{_NAME})\s*[,:]?\s*"
        rf"(?:{_IF}(?P<label>[^>]{{1,120}}?)\s*[,:]?|(?P<always>always|unconditionally))\s+"
        rf"(?:then\s+)?(?:the machine\s+|it\s+)?{_GO}\s+(?:state\s+)?"
        rf"(?P<target>{_NAME})\s*[.;,]?\s*$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_LEAD_IN}(?:(?:From|In|State)\s+)?(?P<source>{_NAME})\s*[,:]?\s*(?P<always>always\s+|"
        rf"unconditionally\s+)?{_GO}\s+(?:state\s+)?(?P<target>{_NAME})"
        rf"(?:\s*,?\s*{_IF}(?P<label>[^>]{{1,120}}?))?\s*[.;,]?\s*$",
        re.IGNORECASE,
    ),
)
_CHOICE = re.compile(
    rf"{_LEAD_IN}(?:In\s+)?(?:state\s+)?(?P<source>{_NAME})\s*[:,]\s*if\s*(?P<label>[^>]{{1,120}}?)\s*[,:]?\s*"
    rf"then\s+(?:{_GO}\s+)?(?P<target>{_NAME})\s*[,;]?\s*(?:else|otherwise)\s+(?:{_GO}\s+)?"
    rf"(?P<other>{_NAME})\s*[.;,]?\s*$",
    re.IGNORECASE,
)
"""Transitions as sentences: they are read as the arrows that they describe."""
_LEGEND = re.compile(r"(?:next(?:_?state)?|state|target|destination)\Z", re.IGNORECASE)
_HEAD = re.compile(r"[>→⟶➔⇒]")
_LONGEST_ARROW = 400
_GRAPHVIZ_LABEL = re.compile(r"\[\s*label\s*=\s*\"?(?P<label>[^\"\]]*)\"?[^\]]*\]\s*;?")
_LEAD = re.compile(r"^(?:on|when|if|for|with|under|:|,|;|@|\[|\(|\|)\s*", re.IGNORECASE)
_ASSIGN = re.compile(r"(?P<name>[A-Za-z_]\w*(?:\[\d+(?::\d+)?\])?)\s*(?:=|:)\s*(?P<value>[\w']+)")
_RESET_SOURCE = re.compile(r"(?:re-?set|rst|start|init(?:ial)?|power_?on|entry)\Z", re.IGNORECASE)
_ORDER = re.compile(
    r"outputs?\b[^.]{0,60}?[\"'(]*\(\s*(?P<names>[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)+)\s*\)"
)
_DECORATION = "\"'`*"


@dataclass(kw_only=True)
class _Parts:
    """What the arrows read so far say."""

    edges: list[Edge] = field(default_factory=list)
    moore: dict[str, dict[str, str]] = field(default_factory=dict)
    positional: dict[str, str] = field(default_factory=dict)
    initial: str | None = None
    unread: str = ""
    """A label that could not be understood."""
    unread_line: int = 0


def read_diagrams(source: Source) -> Reading:
    """Return the machines that are drawn as lists of arrows."""
    result = Reading()
    for block in _blocks(source):
        parts = _Parts()
        for index, arrow in block:
            _add(source, parts, index, arrow)
        span = (block[0][0], block[-1][0])
        result += _block(source, parts, span)
    return result


def _blocks(source: Source) -> Iterator[list[tuple[int, re.Match[str]]]]:
    """Yield runs of lines with arrows; other lines may stand between, but no long text."""
    block: list[tuple[int, re.Match[str]]] = []
    for index, line in enumerate(source.lines):
        for arrow in _arrows(line):
            if _is_wire(source, arrow) or _is_prose(source, line, arrow, index):
                continue
            if block and index - block[-1][0] > 4:
                yield block
                block = []
            block.append((index, arrow))
    if block:
        yield block


def _arrow(line: Line) -> re.Match[str] | None:
    if line.code or len(line.text) > _LONGEST_ARROW or not _HEAD.search(line.text):
        return None
    arrow = _ARROW.match(line.text)
    return None if arrow and _is_legend(arrow) else arrow


def _arrows(line: Line) -> list[re.Match[str]]:
    """Return the arrow on a line, or those that a sentence describes."""
    arrow = _arrow(line)
    if arrow or line.code or len(line.text) > _LONGEST_ARROW:
        return [arrow] if arrow else []
    choice = _CHOICE.match(line.text)
    if choice:
        drawn = (
            f"{choice['source']} --{choice['label']}--> {choice['target']}",
            f"{choice['source']} --else--> {choice['other']}",
        )
        return [found for text in drawn if (found := _ARROW.match(text))]
    for sentence in _SENTENCES:
        said = sentence.match(line.text)
        if said and (said["label"] or said["always"]):
            found = _ARROW.match(
                f"{said['source']} --{said['label'] or 'always'}--> {said['target']}"
            )
            return [found] if found else []
    return []


def _is_prose(source: Source, line: Line, arrow: re.Match[str], index: int) -> bool:
    """Whether a sentence that is no item of a list only sounds like a transition."""
    if arrow.string == line.text or re.match(r"\s*(?:[-*•+]|\(?\d+[.)])\s", line.text):
        return False
    start, end = (arrow[name].strip(_DECORATION) for name in ("source", "target"))
    return _edge(source, start, end, _label(arrow)[0], index) is None


def _is_legend(arrow: re.Match[str]) -> bool:
    """Whether a line explains the notation, such as `state (output) --input--> next state`."""
    names = arrow["target"].strip(_DECORATION)
    label = (arrow["label"] or "").strip(" -")
    return bool(_LEGEND.match(names)) and bool(
        re.match(r"(?:inputs?|conditions?|events?)?\b\W*$", label)
    )


def _is_wire(source: Source, arrow: re.Match[str]) -> bool:
    """Whether an arrow leads from a port to a port, such as `a -> w`."""
    ends = [source.names.bits(arrow[end].strip(_DECORATION)) for end in ("source", "target")]
    return all(ends) and not (arrow["label"] or "").strip(" -")


def _block(source: Source, parts: _Parts, span: tuple[int, int]) -> Reading:
    used = frozenset(range(span[0], span[1] + 1))
    if parts.unread:
        place = source.place(parts.unread_line, parts.unread_line)
        note = remark(
            "unread-arrow", place, f"the label {parts.unread!r} is no condition on inputs"
        )
        return Reading(findings=(note,), used=used)
    if len(parts.edges) < 2:
        return Reading()
    draft = Draft(
        edges=tuple(parts.edges),
        moore=parts.moore,
        positional=parts.positional,
        initial=parts.initial,
    )
    if (
        not draft.moore
        and not draft.positional
        and not any(e.outputs or e.positional for e in draft.edges)
    ):
        draft = _outputs_in_text(source, draft)
    return machine(source, Kind.STATE_DIAGRAM, completed(source, draft), span)


def _add(source: Source, parts: _Parts, index: int, arrow: re.Match[str]) -> None:
    """Add what one arrow says."""
    state = arrow["source"].strip(_DECORATION)
    target = arrow["target"].strip(_DECORATION)
    if state == "[*]" or _RESET_SOURCE.match(state):
        parts.initial = target
        return
    label, after = _label(arrow)
    _state_outputs(source, parts, state, arrow["outputs"] or "")
    _state_outputs(source, parts, target, after)
    edge = _edge(source, state, target, label, index)
    if edge is None:
        parts.unread, parts.unread_line = parts.unread or label, index
    else:
        parts.edges.append(edge)


def _label(arrow: re.Match[str]) -> tuple[str, str]:
    """Return the condition on an arrow, and the outputs written behind its target."""
    label = (arrow["label"] or "").strip(" -–—─━=[]|")  # noqa: RUF001
    rest = arrow["rest"].strip().rstrip(".;,")
    graphviz = _GRAPHVIZ_LABEL.match(arrow["rest"].strip())
    if graphviz:
        return graphviz["label"], ""
    if label:
        outputs = re.match(r"\([^()]*\)$", rest)
        return label, outputs[0] if outputs else ""
    behind = re.match(r"(\([^()]*\))\s*(?:on|when|if|:)\s*(.*)$", rest, re.IGNORECASE)
    if behind:
        return behind[2], behind[1]
    while (plain := _LEAD.sub("", rest)) != rest:
        rest = plain
    return rest.rstrip("])|").strip() if rest.count("(") < rest.count(")") or "]" in rest[
        -1:
    ] else rest, ""


def _state_outputs(source: Source, parts: _Parts, state: str, text: str) -> None:
    """Record the outputs written beside a state."""
    inner = text.strip().strip("()[]{}/").strip()
    if not text.strip():
        return
    named = _named(source, inner)
    if named is not None:
        parts.moore.setdefault(state, {}).update(named)
        return
    values = _values(inner)
    order = _output_order(source)
    if values and order and len(order) == len(values):
        parts.moore.setdefault(state, {}).update(zip(order, values, strict=True))
    elif values:
        parts.positional[state] = values


@lru_cache(maxsize=4)
def _output_order(source: Source) -> tuple[str, ...] | None:
    """Return the outputs in the order that the text gives for tuples of values."""
    for match in _ORDER.finditer(source.flat):
        bits = source.names.group(match["names"])
        if bits and source.names.are_outputs(bits):
            return bits
    return None


def _named(source: Source, text: str) -> dict[str, str] | None:
    """Return outputs written `z=1, y=0`; empty for nothing; None if the text is something else."""
    if not text:
        return {}
    found: dict[str, str] = {}
    for piece in re.split(r"[,;&\s]\s*(?=[A-Za-z_])", text):
        match = _ASSIGN.fullmatch(piece.strip())
        bits = source.names.bits(match["name"]) if match else source.names.bits(piece.strip())
        if bits is None or not source.names.are_outputs(bits):
            return None
        value = cell_bits(match["value"], len(bits), Radix.BINARY) if match else "1" * len(bits)
        if value is None:
            return None
        found.update(zip(bits, value, strict=True))
    return found


def _values(text: str) -> str:
    """Return bare values such as `01` or `0, 1` as one string; empty if there is anything else."""
    joined = re.sub(r"^(?:output|out)\s*[:=]?\s*", "", text, flags=re.IGNORECASE)
    joined = re.sub(r"[,\s]+", "", joined)
    joined = re.sub(r"\d+'[bB]", "", joined)
    cells = [cell_bits(char, 1, Radix.BINARY) for char in joined]
    return "".join(cell or "" for cell in cells) if cells and None not in cells else ""


def _edge(source: Source, state: str, target: str, label: str, index: int) -> Edge | None:
    """Return the arrow with its label read; None if the label cannot be understood."""
    plain = label.strip().strip("\"'").strip()
    condition, outputs, positional = _split(source, plain)
    edge = Edge(
        state=state, cover=None, target=target, outputs=outputs, positional=positional, line=index
    )
    if is_else(condition):
        return edge
    if is_always(condition):
        return replace(edge, cover=tuple(read_condition("*", source.names, ()) or ()))
    bits = source.names.data_bits
    cover = read_condition(condition, source.names, bits) or _bare(source, condition, bits)
    return replace(edge, cover=tuple(cover)) if cover else None


def _bare(source: Source, text: str, bits: tuple[str, ...]) -> list[Cube] | None:
    """Read values without names, as those of the data inputs that are not the state."""
    inputs = transition_inputs(source)
    values = read_values(text, inputs)
    if values is None:
        return None
    places = {name: len(inputs) - 1 - i for i, name in enumerate(inputs)}
    (cube,) = values
    return [
        cube_from_text(
            "".join(
                str(cube.value >> places[bit] & 1)
                if bit in places and cube.care >> places[bit] & 1
                else "-"
                for bit in bits
            )
        )
    ]


def _split(source: Source, label: str) -> tuple[str, dict[str, str], str]:
    """Split a Mealy label into its condition, named outputs, and bare output values."""
    pieces = re.split(r"\s*/\s*", label, maxsplit=1)
    if len(pieces) == 1:
        behind = re.match(r"^(?P<c>[^()]*?)\s*\((?P<o>[^()]*)\)$", label)
        named = _named(source, behind["o"]) if behind else None
        if behind and behind["c"] and (named or _values(behind["o"])):
            pieces = [behind["c"], behind["o"]]
    if len(pieces) == 2:
        named = _named(source, pieces[1].strip("() "))
        if named:
            return pieces[0], named, ""
        return pieces[0], {}, _values(pieces[1].strip("() "))
    return _inline(source, label)


def _inline(source: Source, label: str) -> tuple[str, dict[str, str], str]:
    """Take the outputs out of a label such as `x=1, z=0`."""
    kept: list[str] = []
    outputs: dict[str, str] = {}
    for piece in re.split(r"\s*[,;]\s*", label):
        named = _named(source, piece) if "=" in piece else None
        if named:
            outputs.update(named)
        else:
            kept.append(piece)
    return ", ".join(kept), outputs, ""


def _outputs_in_text(source: Source, draft: Draft) -> Draft:
    """Add outputs that sentences give, such as "z is 1 in states C and D"."""
    moore: dict[str, dict[str, str]] = {}
    names = "|".join(re.escape(s) for s in sorted(draft.states, key=len, reverse=True))
    between = r"(?:\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+)"
    listed = rf"(?:states?\s+)?[`'\"]?(?:{names})[`'\"]?(?:{between}[`'\"]?(?:{names})[`'\"]?)*"
    for form in (_OUTPUT_FIRST, _STATE_FIRST):
        pattern = re.compile(form.replace("STATES", listed))
        for match in pattern.finditer(source.flat):
            values = _output_value(source, match["out"], match["v"])
            for state in re.findall(rf"(?<!\w)(?:{names})(?!\w)", match["states"]):
                known = moore.setdefault(state, {})
                if any(known.get(bit, value) != value for bit, value in values.items()):
                    return draft  # sentences that contradict each other, or mean something else
                known |= values
    return replace(draft, moore={state: values for state, values in moore.items() if values})


_OUTPUT_FIRST = (
    r"(?<!\w)(?P<out>[A-Za-z_]\w*)[`]?\s*(?:is|=|are|outputs?)\s*(?P<v>[01]|high|low|asserted|\d+'[bdh][0-9a-fA-F]+)"
    r"\s+(?:only\s+)?(?:in|for|when in|while in)\s+(?:the\s+)?(?P<states>STATES)(?!\w)"
)
_STATE_FIRST = (
    r"(?<!\w)(?P<states>STATES)[`'\"]?\s*(?:,|:|gives|has|have|sets|drives|outputs|with)?\s*(?:the\s+)?"
    r"[`]?(?P<out>[A-Za-z_]\w*)[`]?\s*(?:=|is|to)\s*[`]?(?P<v>[01]|high|low|\d+'[bdh][0-9a-fA-F]+)(?!\w)"
    r"(?!\s*(?:when|if|for|on|while|unless|and\s+(?:if|when)))"
)


def _output_value(source: Source, name: str, text: str) -> dict[str, str]:
    """Return the bits of an output with their values; empty if there is no such output."""
    bits = source.names.bits(name)
    if bits is None or not source.names.are_outputs(bits):
        return {}
    plain = {"high": "1", "asserted": "1", "low": "0"}.get(text, text)
    value = cell_bits(plain, len(bits), Radix.BINARY)
    sized = len(bits) == 1 or "'" in text
    return dict(zip(bits, value, strict=True)) if value and sized else {}
