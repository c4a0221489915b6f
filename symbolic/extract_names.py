"""Names of states, inputs and outputs of extracted machines, as the source has them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.design import Design
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op
from symbolic.dataflow.source_map import SourceMap
from symbolic.extract_mentions import Mentions, note_mentions
from symbolic.names import identifier

_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_COMPARED = {Op.EQ: ("eq", "eq"), Op.ULT: ("lt", "gt"), Op.SLT: ("lt", "gt")}
_REDUCTION_NAMES = {Op.REDUCE_AND: "all", Op.REDUCE_OR: "any", Op.REDUCE_XOR: "odd"}
_LONGEST = 40
_NUMBERED = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A name of the source that may be that of a state."""

    name: str
    value: int
    tied: frozenset[str]
    """Signals that it is compared with or assigned to, or that are of its type."""
    kind: str = ""
    """What makes a set of it: its enumeration's name, else `parameter`, `define` and so on."""


def constants_of(design: Design, source: SourceMap) -> list[Constant]:
    """Return the named constants of a design's top module, in the order of the source."""
    mentions = Mentions()
    for item in source.items:
        text = design.sources[item.span.file][item.span.start : item.span.end]
        note_mentions(mentions, text, source.constants)
    tied = mentions.settled()
    typed: dict[str, set[str]] = {}
    for signal in source.signals.values():
        typed.setdefault(signal.keyword, set()).add(signal.name)
    return [
        Constant(
            name=constant.name,
            value=int(constant.bits, 2),
            tied=tied.get(name, frozenset()) | typed.get(constant.type or " ", set()),
            kind=constant.type or constant.kind,
        )
        for name, constant in source.constants.items()
        if constant.bits and not set(constant.bits) - set("01") and _WORD.fullmatch(constant.name)
    ]


# -- states -----------------------------------------------------------------


def state_names(
    module: Dataflow,
    registers: Sequence[Register],
    codes: Sequence[str],
    constants: Sequence[Constant],
) -> tuple[dict[str, str], bool]:
    """Return a name for each code, all different, and whether the source has given names."""
    best: dict[str, str] = {}
    place = 0
    for register in registers:
        part = slice(place, place + register.width)
        place += register.width
        signals = _signals(module, register)
        near = [constant for constant in constants if signals & constant.tied]
        found = _named(register.width, {code[part] for code in codes}, near)
        if len(found) > len(best):
            best = {code: found[code[part]] for code in codes if code[part] in found}
    if not best:
        best = _hot(registers, codes)
    return _distinct(codes, best, registers[0].width), bool(best)


def _signals(module: Dataflow, register: Register) -> set[str]:
    """Return the names under which a register goes."""
    own = module.nodes.reg(register.name, register.width)
    aliases = {name for name, node in module.named.items() if node is own}
    return {register.name.partition("[")[0], *aliases}


def _named(width: int, parts: set[str], near: Sequence[Constant]) -> dict[str, str]:
    """Return names of values of a register: constants by value, or by the bit that is 1."""
    sets: dict[tuple[str, bool], dict[str, str]] = {}
    for constant in near:
        for hot in (False, True):
            code = _code(constant.value, width, hot=hot)
            if code in parts:
                sets.setdefault((constant.kind, hot), {}).setdefault(code, constant.name)
    # A single value in common with a set of constants is an accident.
    able = [found for found in sets.values() if len(found) > 1 or len(parts) == 1]
    return max(able, key=len, default={})


def _code(value: int, width: int, *, hot: bool) -> str:
    if hot:
        value = 1 << value if 0 <= value < width and width > 2 else -1
    return format(value, f"0{width}b") if 0 <= value < 1 << width else ""


def _hot(registers: Sequence[Register], codes: Sequence[str]) -> dict[str, str]:
    """Name states of one-hot registers of one bit each by the register."""
    if len(registers) < 2 or any(register.width > 1 for register in registers):
        return {}
    if any(code.count("1") > 1 for code in codes):
        return {}
    names = [identifier(register.name.rpartition(".")[2]) for register in registers]
    return {code: names[code.index("1")] for code in codes if "1" in code}


def _distinct(codes: Sequence[str], known: Mapping[str, str], width: int) -> dict[str, str]:
    """Complete names, by the value of the first `width` bits where that tells states apart."""
    cut = width if len({code[:width] for code in codes}) == len(codes) else len(codes[0])
    found: dict[str, str] = {}
    taken, used = set(known.values()), set[str]()
    for code in codes:
        part = code[:cut]
        plain = known.get(code) or f"S{int(part, 2) if cut <= _NUMBERED else part}"
        name, count = plain, 1
        while name in used or (name in taken and known.get(code) != name):
            count += 1
            name = f"{plain}_{count}"
        found[code] = name
        used.add(name)
    return found


# -- inputs and outputs -----------------------------------------------------


class BitNames:
    """Names for single bits of nodes, none of them twice."""

    def __init__(self, module: Dataflow, constants: Sequence[Constant]) -> None:
        self._module, self._constants = module, constants
        self._taken: set[str] = set()
        self._wires = {node: name for name, node in reversed(list(module.named.items()))}
        self._ports = {port.name: port for port in module.interface.ports}
        nexts = {register.next: name for name, register in module.registers.items()}
        self._nexts = {node: f"next_{name.replace('.', '_')}" for node, name in nexts.items()}

    def of(self, node: Node, *, port: str = "") -> tuple[str, ...]:
        """Return names for the bits of `node`, or of the port, the most significant first."""
        if port:
            names = self._ports[port].bits
        elif node.op is Op.INPUT:
            names = self._ports[str(node.payload)].bits
        else:
            names = self._bits(self._base(node), node.width)
        return tuple(map(self._free, names))

    def _bits(self, base: str, width: int) -> tuple[str, ...]:
        return (base,) if width == 1 else tuple(f"{base}[{i}]" for i in reversed(range(width)))

    def _base(self, node: Node) -> str:
        if node.op is Op.REG or node in self._wires:
            name = self._wires.get(node, str(node.payload))
            return identifier(name.replace(".", "_"))
        if node in self._nexts:
            return identifier(self._nexts[node])
        return identifier(self._described(node)[:_LONGEST])

    def _described(self, node: Node) -> str:
        if node in self._wires or node.op in (Op.REG, Op.INPUT):
            return str(self._wires.get(node, node.payload))
        if node.value is not None:
            return str(node.value)
        inner = [self._described(operand) for operand in node.operands]
        if node.op is Op.NOT:
            return f"not_{inner[0]}"
        if (
            node.op is Op.EQ
            and node.operands[0].op is Op.REG
            and node.operands[1].value is not None
        ):
            return f"{inner[0]}_eq_{self._label(node.operands[0], node.operands[1].value)}"
        if node.op in _COMPARED:
            said, turned = _COMPARED[node.op]
            if node.operands[0].value is not None:
                return f"{inner[1]}_{turned}_{inner[0]}"
            return f"{inner[0]}_{said}_{inner[1]}"
        if node.op in _REDUCTION_NAMES:
            return f"{_REDUCTION_NAMES[node.op]}_{inner[0]}"
        if node.op in (Op.SLICE, Op.ZEXT, Op.SEXT):
            return inner[0]
        return "condition" if node.width == 1 else "value"

    def _label(self, register: Node, value: int) -> str:
        """Return what the source calls a value of a register."""
        signals = _signals(self._module, self._module.registers[str(register.payload)])
        tied = [constant for constant in self._constants if constant.tied & signals]
        names = [constant.name for constant in tied if constant.value == value]
        # One name may be a bound of something that counts; several are states.
        return names[0] if names and len({c.value for c in tied}) > 1 else str(value)

    def _free(self, name: str) -> str:
        base, bracket, rest = name.partition("[")
        found, count = name, 1
        while found in self._taken:
            count += 1
            found = f"{base}_{count}{bracket}{rest}"
        self._taken.add(found)
        return found
