"""From declarations to the ports of one module: merged, checked, widths evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from rtlgen.errors import SpecError
from rtlgen.spec.declared import KEYWORDS, DeclaredParameter, DeclaredPort
from rtlgen.spec.model import Finding, Place, Severity
from rtlgen.spec.widths import (
    UnknownParameter,
    Width,
    WidthError,
    evaluate,
    find_range,
    parametric_range,
)
from sim.interface import Direction, Port

PORT_LIMIT = 1024
"""Most ports that a module is taken to have."""

PARAMETER_DEFAULT = 8
"""What a parameter without a value is assumed to be."""


@dataclass(slots=True, kw_only=True)
class PortList:
    """Ports with evaluated widths, in the order of the text, and what there is to ask."""

    ports: tuple[Port, ...]
    declared: tuple[DeclaredPort, ...]
    parameters: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def make_ports(
    declared: Sequence[DeclaredPort], parameters: Sequence[DeclaredParameter], text: str
) -> PortList:
    """Return the ports that `declared` says there are.

    `text` is the normalized specification; it is asked for widths and ranges
    that the declarations leave open.

    Raises:
        SpecError: A port is declared twice or has no possible width.
    """
    merged, findings = merge(declared)
    check_number(merged)
    _check_names(merged)
    values = _Parameters(parameters)
    used = Mentions(text, [port.name for port in merged])
    ports = [_resolve(port, values, used, findings) for port in merged]
    findings += values.findings
    return PortList(
        ports=tuple(ports),
        declared=tuple(merged),
        parameters=values.formal,
        findings=findings,
    )


def written_ranges(
    ports: Sequence[Port], written: Mapping[str, Width], parameters: Mapping[str, int]
) -> dict[str, str]:
    """Return the ranges that name parameters, by port, where they come to the port's own."""
    found = {}
    for port in ports:
        width = written.get(port.name)
        text = parametric_range(width, parameters) if width else ""
        with suppress(WidthError):
            again = find_range(text)
            if again is not None and again.resolve(parameters) == (port.msb, port.lsb):
                found[port.name] = text
    return found


def check_number(ports: Sequence[DeclaredPort]) -> None:
    """Refuse more ports than a module can be meant to have.

    Raises:
        SpecError: There are more than `PORT_LIMIT`.
    """
    if len(ports) > PORT_LIMIT:
        raise SpecError(
            f"a module must have at most {PORT_LIMIT} ports, not {len(ports)}, "
            f"{ports[PORT_LIMIT].place}\n\nhint: join ports that belong together into vectors"
        )


def merge(declared: Iterable[DeclaredPort]) -> tuple[list[DeclaredPort], list[Finding]]:
    """Keep one declaration per name; what repeats in another form must agree.

    Raises:
        SpecError: A port stands twice in one list, or with both directions.
    """
    kept: dict[str, DeclaredPort] = {}
    findings: list[Finding] = []
    for port in declared:
        first = kept.setdefault(port.name, port)
        if first is port:
            continue
        _check_repeated(first, port)
        kept[port.name], found = _reconcile(first, port)
        findings += found
    return list(kept.values()), findings


def _check_repeated(first: DeclaredPort, again: DeclaredPort) -> None:
    opposed = again.direction is not first.direction and again.style == first.style
    if again.block != first.block and not opposed:
        return
    where = f"line {first.place.line} and line {again.place.line}"
    if again.direction is not first.direction and first.direction and again.direction:
        where = (
            f"line {first.place.line} as {first.direction.value} and "
            f"line {again.place.line} as {again.direction.value}"
        )
    raise SpecError(
        f"port {first.name!r} is declared twice: {where}\n\n"
        "hint: keep one of the two, or give one of them another name"
    )


def _reconcile(first: DeclaredPort, again: DeclaredPort) -> tuple[DeclaredPort, list[Finding]]:
    """Return the declaration that counts, and how the other one contradicts it."""
    ahead, behind = first, again
    if _RANK[again.style] < _RANK[first.style]:
        ahead, behind = again, first
    return ahead, compare(ahead, behind)


_RANK = {"header": 0, "front matter": 1, "table": 2, "list": 3, "prose": 4}


def compare(ahead: DeclaredPort, behind: DeclaredPort) -> list[Finding]:
    """Return how `behind` contradicts `ahead`."""
    findings: list[Finding] = []
    if behind.direction and ahead.direction and behind.direction is not ahead.direction:
        findings.append(
            contradiction(
                behind.place,
                f"port {ahead.name!r} is {ahead.direction.value} in line {ahead.place.line} "
                f"and {behind.direction.value} here",
            )
        )
    if ahead.width and behind.width and not _same_width(ahead.width, behind.width):
        findings.append(
            contradiction(
                behind.place,
                f"port {ahead.name!r} has {ahead.width} in line {ahead.place.line} "
                f"and {behind.width} here",
            )
        )
    return findings


def contradiction(place: Place, message: str) -> Finding:
    """Return the finding that the text says two things."""
    return Finding(rule="contradiction", severity=Severity.ERROR, place=place, message=message)


def _same_width(a: Width, b: Width) -> bool:
    """Whether the widths agree, or cannot be compared."""
    try:
        bounds = [width.resolve({}) for width in (a, b)]
    except WidthError:
        return True
    sizes = [1 if pair is None else abs(pair[0] - pair[1]) + 1 for pair in bounds]
    return sizes[0] == sizes[1]


def _check_names(ports: Sequence[DeclaredPort]) -> None:
    by_case: dict[str, DeclaredPort] = {}
    for port in ports:
        if port.name in KEYWORDS:
            raise SpecError(
                f"a port must not be named like the Verilog keyword {port.name!r}, {port.place}"
                f"\n\nhint: give it another name, such as `{port.name}_value`"
            )
        by_case.setdefault(port.name.lower(), port)


class Mentions:
    """Bits and ranges of ports that the text names, such as `q[7:0]` and `x[3]`."""

    _USED = re.compile(r"([A-Za-z_]\w*)\s?\[\s*(\d{1,5})\s*(?::\s*(\d{1,5})\s*)?\]")
    _REGISTER = re.compile(
        r"\b(?:reg|wire|logic)\s*(?:signed\s*)?\[\s*(\d{1,5})\s*:\s*(\d{1,5})\s*\]\s*([A-Za-z_]\w*)(?!\s*\[)"
    )

    def __init__(self, text: str, names: Iterable[str]) -> None:
        wanted = set(names)
        self.indices: dict[str, set[int]] = {}
        self.lines: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            if "[" not in line:
                continue
            for found in self._USED.finditer(line):
                if found[1] in wanted:
                    self._add(found[1], number, found[2], found[3])
            for found in self._REGISTER.finditer(line):
                if found[3] in wanted:
                    self._add(found[3], number, found[1], found[2])

    def _add(self, name: str, line: int, first: str, last: str | None) -> None:
        self.lines.setdefault(name, line)
        self.indices.setdefault(name, set()).update({int(first), int(last or first)})


class _Parameters:
    """Values of parameters; asks about those that have none."""

    def __init__(self, declared: Sequence[DeclaredParameter]) -> None:
        self.values: dict[str, int] = {}
        self.findings: list[Finding] = []
        self._places = {parameter.name: parameter.place for parameter in declared}
        self._formal = [parameter.name for parameter in declared if parameter.formal]
        self._used: list[str] = []
        for _ in range(3):
            self._evaluate(declared)

    def _evaluate(self, declared: Sequence[DeclaredParameter]) -> None:
        for parameter in declared:
            if parameter.value and parameter.name not in self.values:
                try:
                    self.values[parameter.name] = evaluate(parameter.value, self.values)
                except WidthError:
                    continue

    def resolve(self, port: DeclaredPort, width: Width) -> tuple[int, int] | None:
        """Return the bounds of `width`; a name without a value is assumed, and asked about."""
        for _ in range(10):
            try:
                bounds = width.resolve(self.values)
            except UnknownParameter as unknown:
                self._assume(unknown.name, port)
            else:
                self._used += re.findall(r"[A-Za-z_]\w*", f"{width.msb} {width.lsb}")
                return bounds
        raise WidthError(f"too many unknown names in {width}")

    def _assume(self, name: str, port: DeclaredPort) -> None:
        self.values[name] = PARAMETER_DEFAULT
        self._formal.append(name)
        self.findings.append(
            Finding(
                rule="parameter-value",
                severity=Severity.QUESTION,
                place=self._places.get(name, port.place),
                message=f"no value is given for parameter {name!r}, which the width of port "
                f"{port.name!r} needs",
                assumption=f"{name} = {PARAMETER_DEFAULT}",
            )
        )

    @property
    def formal(self) -> dict[str, int]:
        """Those that stand in a list of parameters, or that a width needs."""
        wanted = dict.fromkeys([*self._formal, *self._used])
        return {name: self.values[name] for name in wanted if name in self.values}


def _resolve(
    port: DeclaredPort, values: _Parameters, used: Mentions, findings: list[Finding]
) -> Port:
    width = port.width or port.described
    try:
        bounds = values.resolve(port, width) if width else None
        _compare_description(port, bounds, values, findings)
    except WidthError as error:
        raise SpecError(
            f"port {port.name!r}: {error}, {port.place}\n\n"
            "hint: write the width as a number of bits such as `8`, or as a range such as `[7:0]`"
        ) from error
    if width is None:
        bounds = _from_mentions(port, used, findings)
    elif not width.lsb and bounds is not None:
        bounds = _shifted(port, bounds, used, findings)
    if port.direction is None:
        raise SpecError(
            f"port {port.name!r} has no direction, {port.place}\n\n"
            "hint: write `input`, `output` or `inout` in front of its name"
        )
    msb, lsb = bounds or (None, None)
    return Port(name=port.name, direction=port.direction, msb=msb, lsb=lsb, signed=port.signed)


def _compare_description(
    port: DeclaredPort,
    bounds: tuple[int, int] | None,
    values: _Parameters,
    findings: list[Finding],
) -> None:
    """Report that a port's own description states another width than its declaration."""
    if port.width is None or (described := port.described) is None:
        return
    try:
        other = described.resolve(values.values)
    except UnknownParameter:
        return
    if _bits(other) != _bits(bounds):
        findings.append(
            contradiction(
                port.place,
                f"port {port.name!r} is declared with {_bits(bounds)} bit(s) and described "
                f"with {_bits(other)}",
            )
        )


def _bits(bounds: tuple[int, int] | None) -> int:
    return 1 if bounds is None else abs(bounds[0] - bounds[1]) + 1


def _from_mentions(
    port: DeclaredPort, used: Mentions, findings: list[Finding]
) -> tuple[int, int] | None:
    """Return the range that the text uses of a port whose width is not stated."""
    indices = used.indices.get(port.name)
    if not indices or max(indices) == 0:
        return None
    msb, lsb = max(indices), min(*indices, 1)
    findings.append(
        Finding(
            rule="port-width",
            severity=Severity.QUESTION,
            place=port.place,
            message=f"the width of port {port.name!r} is not stated; "
            f"line {used.lines[port.name]} uses its bit {msb}",
            assumption=f"{port.name} is [{msb}:{lsb}]",
        )
    )
    return msb, lsb


def _shifted(
    port: DeclaredPort, bounds: tuple[int, int], used: Mentions, findings: list[Finding]
) -> tuple[int, int]:
    """Return `[N:1]` for N bits where the text numbers them from 1 to N."""
    bits = _bits(bounds)
    indices = used.indices.get(port.name, set())
    if len(indices) < 2 or bits not in indices or min(indices) < 1 or max(indices) > bits:
        return bounds
    findings.append(
        Finding(
            rule="port-range",
            severity=Severity.NOTE,
            place=port.place,
            message=f"the text numbers the bits of port {port.name!r} up to {bits} "
            f"(line {used.lines[port.name]}) and never from 0",
            assumption=f"{port.name} is [{bits}:1]",
        )
    )
    return bits, 1


def check_ports(ports: Sequence[Port], place: Mapping[str, Place]) -> list[Finding]:
    """Return what is odd about a complete list of ports."""
    findings: list[Finding] = []
    for port in ports:
        where = place[port.name]
        if port.direction is Direction.INOUT:
            findings.append(
                Finding(
                    rule="inout",
                    severity=Severity.NOTE,
                    place=where,
                    message=f"port {port.name!r} is inout; no testbench can be built for it",
                )
            )
        if port.msb is not None and port.lsb is not None and port.msb < port.lsb:
            findings.append(
                Finding(
                    rule="reversed-range",
                    severity=Severity.NOTE,
                    place=where,
                    message=f"port {port.name!r} is {port.range}: bit {port.msb} is the most "
                    "significant one",
                )
            )
    return findings
