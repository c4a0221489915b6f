"""Lint rules about names, ports and places left open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rtlgen.spec.lint_subject import Subject, error, fragment_names, note, question
from rtlgen.spec.model import Finding
from rtlgen.spec.text import words
from sim.interface import Direction, Port

_WIDE_NAME = re.compile(
    r"(?:^|_)(?:addr|address|data|din|dout|wdata|rdata|count|cnt|value|bus|word|byte|product|quotient|"
    r"remainder|dividend|divisor|opcode|instr)(?:$|_(?:in|out|i|o|a|b))",
    re.IGNORECASE,
)
_ONE_BIT_WORDS = re.compile(
    r"serial|valid|ready|indicat|enabl|pulse|strobe|\b(?:bit|flag|stream)\b", re.IGNORECASE
)
_OPEN = re.compile(
    r"\b(?:TBD|TODO|FIXME|T\.B\.D\.?|to be (?:defined|decided|determined|specified))|\?\?\?"
)
_AND_SO_ON = re.compile(r"\b(?:etc\b\.?|and so on|and so forth)", re.IGNORECASE)
_ONE_BIT_DEFAULT = (
    r"\bone[\s-]bit unless\b|\b(?:all|other) (?:\w+ ){0,4}(?:are|is) (?:one|1|single)[\s-]bit\b"
)
_INDEXED = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\[\s*(\d{1,6})\s*(?::\s*(\d{1,6})\s*)?\]")
_CODE_NAME = re.compile(
    r"`([A-Za-z_]\w{2,})(?:\[[^`\]]*\])?`"
    r"|(?<![\w`.])([A-Za-z]+(?:_[A-Za-z0-9]+)+|[a-z]+[0-9]+|[a-z]{6,})(?!\w)"
)


def no_outputs(subject: Subject) -> Iterator[Finding]:
    """A module without outputs does nothing that could be seen."""
    interface = subject.spec.interface
    if not any(port.direction is not Direction.INPUT for port in interface.ports):
        yield error(
            "no-outputs",
            subject.spec.interface_place,
            f"module {interface.module!r} has no output, so that nothing can be checked",
        )


def unused_ports(subject: Subject) -> Iterator[Finding]:
    """A port that the text never speaks of has no behavior.

    A text that names few of its ports describes the whole, as `an XOR gate`
    does, and is not asked.
    """
    ports = subject.data_ports
    named = [port for port in ports if _is_named(port, subject)]
    if 2 * len(named) < len(ports):
        return
    for port in ports:
        if port not in named and not _is_implied(port, subject):
            yield question(
                "unused-port",
                subject.places[port.name],
                f"{port.direction.value} {port.name!r} is declared and never mentioned again",
                f"{port.name} has no effect" if port.direction is Direction.INPUT else "",
            )


def _elsewhere(subject: Subject) -> Iterator[str]:
    """Yield the sentences that are no declaration."""
    for sentence in subject.prose:
        one_line = sentence.place.line == sentence.place.end_line
        if not (one_line and sentence.place.line in subject.declared_lines):
            yield sentence.text


def _is_named(port: Port, subject: Subject) -> bool:
    if len(subject.descriptions.get(port.name, "").split()) >= 2:
        return True
    if port.name in _fragment_names(subject) or port.name in subject.code_names:
        return True
    # `a` and `in` are words of every text; as names they end a phrase.
    common = r"(?!\s[a-z])" if port.name.lower() in ("a", "i", "in", "out", "as", "is") else ""
    name = re.compile(rf"(?<!\w){re.escape(port.name)}(?!\w){common}")
    return any(name.search(text) for text in _elsewhere(subject))


def _is_implied(port: Port, subject: Subject) -> bool:
    """Whether the text speaks of all inputs, of the only output, of `q` where there is `q0`."""
    interface = subject.spec.interface
    kind = "output" if port.direction is Direction.OUTPUT else "input"
    siblings = interface.outputs if kind == "output" else interface.data_inputs
    stem = port.name.rstrip("0123456789")
    family = rf"(?<!\w){re.escape(stem)}[\d\[]|" if stem != port.name else ""
    several = rf"\b(?:{kind}s|ports|operands|numbers|vectors|values|bits|signals)\b"
    only = f"|{_ONLY[kind]}" if len(siblings) == 1 else ""
    pattern = re.compile(f"{family}{several}{only}", re.IGNORECASE)
    return any(pattern.search(text) for text in _elsewhere(subject))


_ONLY = {
    "input": (
        r"\b(?:inputs?|invert|data|NOT gate|wire|flip[\s-]?flops?|DFFs?|register|signal|vector)\b"
    ),
    "output": (
        r"\b(?:outputs?|outputted|produces?|implements?|computes?|returns?|gates?|drives?|circuit"
        r"|result|flip[\s-]?flops?|DFFs?|counters?|register|multiplexer|mux)\b"
    ),
}


def _fragment_names(subject: Subject) -> frozenset[str]:
    sides = ("inputs", "outputs")
    return frozenset(
        name
        for fragment in subject.spec.fragments
        for side in sides
        for name in fragment_names(fragment, side)
    )


def undeclared_names(subject: Subject) -> Iterator[Finding]:
    """A name that is nearly a port's is probably meant to be that port."""
    interface = subject.spec.interface
    ports = {port.name for port in interface.ports}
    known = ports | set(interface.parameters) | {interface.module}
    lowered = {name.lower() for name in known}
    seen: set[str] = set()
    for sentence in subject.prose:
        for match in _CODE_NAME.finditer(sentence.text):
            name = match[1] or match[2]
            if name in seen or name in known or name.lower() in lowered or name.lower() in _ENGLISH:
                continue
            seen.add(name)
            near = next((port for port in sorted(ports) if _is_slip(name, port)), None)
            if near and not _is_family(name, ports) and not _is_introduced(name, subject):
                yield question(
                    "undeclared-name",
                    sentence.place,
                    f"{name!r} is no port; {near!r} is",
                    f"{near} is meant",
                )


_ENGLISH = words(
    "output outputs input inputs reset resets count counts counter shift shifts enable enables "
    "value values clock clocks state states result results register registers address addresses "
    "signal signals"
)


def _is_slip(name: str, port: str) -> bool:
    """Whether `name` is `port` with an underscore, a letter or two neighbors wrong."""
    if min(len(name), len(port)) < 5:
        return False
    a, b = name.lower(), port.lower()
    if a.replace("_", "") == b.replace("_", ""):
        return True
    if "_" not in a or a[-1:] != b[-1:] or re.sub(r"\d", "", a) == re.sub(r"\d", "", b):
        return False
    return _one_apart(a, b)


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter added, or two neighbors swapped, make `b` of `a`."""
    short, long = sorted((a, b), key=len)
    if len(long) - len(short) == 1:
        return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    if len(long) != len(short):
        return False
    differing = [i for i in range(len(a)) if a[i] != b[i]]
    if len(differing) == 2 and differing[1] == differing[0] + 1:
        i, j = differing
        return a[i] == b[j] and a[j] == b[i]
    return False


def _is_family(name: str, ports: set[str]) -> bool:
    """Whether `name` is what a group of ports shares, as `led` of `led_a` and `led_b`."""
    return any(port.startswith(f"{name}_") or name.startswith(f"{port}_") for port in ports)


def _is_introduced(name: str, subject: Subject) -> bool:
    """Whether the text says what `name` is: a register, a state, a signal inside."""
    kinds = "register|wire|internal|signal called|state|variable|counter|module|submodule|instance"
    pattern = (
        rf"\b(?:{kinds}|block|pointer)s?\b[^.\n]{{0,60}}(?<!\w){re.escape(name)}(?!\w)"
        rf"|(?<!\w){re.escape(name)}\b[^.\n]{{0,30}}\b(?:register|state|internal|wire|module)\b"
    )
    return subject.says(pattern)


def bit_ranges(subject: Subject) -> Iterator[Finding]:
    """A bit that a port does not have."""
    ports = {port.name: port for port in subject.spec.interface.ports}
    seen: set[str] = set()
    for sentence in subject.prose:
        for match in _INDEXED.finditer(sentence.text):
            port = ports.get(match[1])
            if port is None or port.name in seen or not _is_outside(port, match):
                continue
            seen.add(port.name)
            message = (
                f"{match[0]} is used; {port.direction.value} {port.name!r} is "
                f"{port.range or 'one bit'}, {subject.places[port.name]}"
            )
            if match[3] and abs(int(match[2]) - int(match[3])) >= port.width:
                yield error("contradiction", sentence.place, message)
            else:
                yield question("bit-range", sentence.place, message, "there is no such bit")


def _is_outside(port: Port, match: re.Match[str]) -> bool:
    low, high = (0, 0) if port.msb is None or port.lsb is None else sorted((port.msb, port.lsb))
    used = [int(match[2]), int(match[3] or match[2])]
    return min(used) < low or max(used) > high


def port_widths(subject: Subject) -> Iterator[Finding]:
    """A port called `data` or `addr` is seldom one bit wide."""
    if subject.says(_ONE_BIT_DEFAULT):
        return
    for port in subject.data_ports:
        if port.name in subject.widths_open and _WIDE_NAME.search(port.name):
            description = subject.descriptions.get(port.name, "")
            if _ONE_BIT_WORDS.search(f"{port.name} {description}"):
                continue
            yield question(
                "port-width",
                subject.places[port.name],
                f"the width of port {port.name!r} is not stated",
                f"{port.name} is one bit",
            )


def open_marks(subject: Subject) -> Iterator[Finding]:
    """`TBD` and `etc.` leave something to be said."""
    for sentence in subject.prose:
        if found := _OPEN.search(sentence.text):
            yield question("to-be-defined", sentence.place, f"{found[0]!r} leaves something open")
        elif found := _AND_SO_ON.search(sentence.text):
            yield note("and-so-on", sentence.place, f"{found[0]!r} leaves the rest to be guessed")


def state_names(subject: Subject) -> Iterator[Finding]:
    """States that differ only by case, or that share a port's name."""
    ports = {port.name for port in subject.spec.interface.ports}
    for table, place in subject.machines:
        lowered: dict[str, str] = {}
        for state in table.states:
            other = lowered.setdefault(state.lower(), state)
            if other != state:
                yield question(
                    "state-name",
                    place,
                    f"states {other!r} and {state!r} differ only by case",
                    "they are two states",
                )
            if state in ports:
                yield note("state-name", place, f"state {state!r} has the name of a port")
