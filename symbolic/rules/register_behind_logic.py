"""Registers that only feed one expression move behind it where that is narrower."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbolic.dataflow.module import AsyncReset, Dataflow, Register
from symbolic.dataflow.nodes import LEAVES, Node, Op, reached, rebuilt
from symbolic.facts.storage import domain, node_of
from symbolic.rules.folding import folded
from symbolic.rules.rule import LIMIT, Example, Goal, Rewriting, Rule
from symbolic.rules.storage_edits import fresh_name, known, with_registers

_MOST = 400


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield moves of registers behind an expression, those that save most bits first."""
    for count, (node, feeding) in enumerate(sorted(_moves(module), key=_order)):
        if count == LIMIT:
            return
        yield moved(module, node, feeding)


def _order(move: tuple[Node, Sequence[Register]]) -> tuple[int, int]:
    node, feeding = move
    return node.width - sum(register.width for register in feeding), node.number


def _moves(module: Dataflow) -> Iterator[tuple[Node, Sequence[Register]]]:
    below: dict[Node, frozenset[str] | None] = {}
    for node in reached(module.roots()):
        below[node] = _feeding(node, below)
    candidates = [n for n, names in below.items() if names and n.op not in LEAVES]
    for node in candidates[:_MOST]:
        names = below[node] or frozenset()
        feeding = [r for name, r in module.registers.items() if name in names]
        saved = sum(register.width for register in feeding) - node.width
        together = len({domain(register) for register in feeding}) == 1
        if saved > 0 and together and _only_fed(module, node, names):
            yield node, feeding


def _feeding(node: Node, below: Mapping[Node, frozenset[str] | None]) -> frozenset[str] | None:
    """Return the registers that an expression is made of; None if of other things, too."""
    if node.op is Op.REG:
        return frozenset({str(node.payload)})
    if node.op is Op.CONST:
        return frozenset()
    if node.op in (Op.INPUT, Op.READ):
        return None
    found: set[str] = set()
    for operand in node.operands:
        names = below[operand]
        if names is None:
            return None
        found |= names
    return frozenset(found)


def _only_fed(module: Dataflow, node: Node, names: frozenset[str]) -> bool:
    """Whether registers are read by this expression only, or to hold their values."""
    if names & {r.clock for r in module.registers.values()}:
        return False
    seen = {node}
    waiting = [*module.outputs.values(), *_other_roots(module, names)]
    for name in names:
        waiting += _not_held(module, name)
    while waiting:
        found = waiting.pop()
        if found in seen:
            continue
        seen.add(found)
        if found.op is Op.REG and found.payload in names:
            return False
        waiting += found.operands
    return True


def _not_held(module: Dataflow, name: str) -> Iterator[Node]:
    """Yield what a register's next value is made of, where it does not keep its value."""
    register = module.registers[name]
    held = node_of(module, register)
    waiting = [register.next]
    while waiting:
        node = waiting.pop()
        if node.op is Op.MUX:
            yield node.operands[0]
            waiting += node.operands[1:]
        elif node is not held:
            yield node


def _other_roots(module: Dataflow, names: frozenset[str]) -> Iterator[Node]:
    for name, register in module.registers.items():
        if name not in names:
            yield register.next
        if register.reset is not None:
            yield register.reset.signal
    for memory in module.memories.values():
        for port in memory.writes:
            yield from (port.address, port.data, port.enable)


def moved(module: Dataflow, node: Node, feeding: Sequence[Register]) -> Rewriting:
    """Return the module with one register for the value of `node` and none for what feeds it."""
    first = feeding[0]
    name = fresh_name(module, f"{first.name}_next" if len(feeding) == 1 else _joined_name(feeding))
    following = _composed(module, node, {node_of(module, r): r.next for r in feeding})
    reset = first.reset
    if reset is not None:
        texts = {node_of(module, r): r.reset.value for r in feeding if r.reset}
        reset = AsyncReset(
            signal=reset.signal, active_low=reset.active_low, value=_valued(module, node, texts)
        )
    texts = {node_of(module, r): r.initial or "x" * r.width for r in feeding}
    register = Register(
        name=name,
        width=node.width,
        clock=first.clock,
        rising=first.rising,
        next=following,
        reset=reset,
        initial=known(_valued(module, node, texts)),
        place=first.place,
    )
    stored = module.nodes.reg(name, node.width)
    gone: dict[str, Register | None] = {r.name: None for r in feeding}
    what = f"{', '.join(f'`{r.name}`' for r in feeding)} become `{name}`, behind what they feed"
    return Rewriting(
        module=with_registers(module, {node: stored}, {**gone, name: register}), what=what
    )


def _joined_name(feeding: Sequence[Register]) -> str:
    return "_".join(register.name for register in feeding[:3])


def _composed(module: Dataflow, node: Node, values: Mapping[Node, Node]) -> Node:
    """Return an expression of other values; muxes that all of them share stay outside."""
    if all(value is leaf for leaf, value in values.items()):
        return node
    sample = next(iter(values.values()))
    shared = sample.op is Op.MUX and all(
        v.op is Op.MUX and v.operands[0] is sample.operands[0] for v in values.values()
    )
    if shared:
        true, false = (
            _composed(module, node, {leaf: v.operands[i] for leaf, v in values.items()})
            for i in (1, 2)
        )
        return module.nodes.mux(sample.operands[0], true, false)
    image = rebuilt(module.nodes, [node], values.get)
    return image[node]


def _valued(module: Dataflow, node: Node, texts: Mapping[Node, str]) -> str:
    """Return the bits of an expression when registers have some, x where they are not known."""

    def fold(below: Node) -> Node | None:
        text = texts.get(below) or folded(below)
        return None if text is None else module.nodes.bits(text)

    return str(rebuilt(module.nodes, [node], fold)[node].payload)


RULE = Rule(
    name="register-behind-logic",
    title="Registers move behind the logic they feed",
    matches="registers that only one expression reads, which is narrower than they are together:"
    " a sum, a comparison or a selection of registered inputs",
    makes="one register for the expression's value, and the expression of what was registered",
    allowed="the registers change together; nothing else reads them",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Leiserson, Saxe: Retiming synchronous circuitry, Algorithmica 6, 1991",
    example=Example(
        before="""
module same_as(input clk, input [7:0] a, input [7:0] b, output reg y);
  reg [7:0] first, second;
  always @(posedge clk) begin
    first <= a;
    second <= b;
    y <= first == second;
  end
endmodule
""",
        after="""
module same_as (
    input wire clk,
    input wire [7:0] a,
    input wire [7:0] b,
    output reg y
);

    reg first_second;

    always @(posedge clk) begin
        y <= first_second;
        first_second <= a == b;
    end
endmodule
""",
    ),
    apply=apply,
)
