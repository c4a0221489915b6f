"""One adder for all sums, differences and comparisons of which one is needed at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.facts.bits import BitLogic
from symbolic.facts.gates import TRUE
from symbolic.facts.patterns import Patterns
from symbolic.facts.shared import facts_of
from symbolic.rules.decision_trees import smallest
from symbolic.rules.matching import proposing
from symbolic.rules.rule import LIMIT, Example, Goal, Rule
from symbolic.rules.shared_add_subtract import (
    LONGEST,
    aligned,
    with_borrow_chain,
    with_carry_bit,
)

_BITS = 7
_NARROWEST = 3
_MEMBERS = 48


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield groups of operations as bits of one adder, in several forms of it."""
    facts = facts_of(module)
    cares = facts.cares
    bits_of = _control_bits(module.nodes, facts.logic)
    members = {
        node: care
        for node, care in cares.items()
        if _adds(node) and care != TRUE and facts.logic.gates.support([care]) <= bits_of.keys()
    }
    chosen = dict(islice(sorted(members.items(), key=_largest), _MEMBERS))
    for group in islice(_groups(chosen, facts.logic), LIMIT // 3):
        used = sorted(facts.logic.gates.support([chosen[node] for node in group]))
        bits = [bits_of[variable] for variable in used]
        for image in _images(module.nodes, group, chosen, bits, facts.logic):
            yield image, f"one adder for {_listed(group)}, of which one is needed at a time"


def _listed(group: Sequence[Node]) -> str:
    names = {Op.ADD: "sum", Op.SUB: "difference", Op.ULT: "comparison"}
    counts = {name: sum(node.op is op for node in group) for op, name in names.items()}
    return ", ".join(f"{n} {name}{'s' if n > 1 else ''}" for name, n in counts.items() if n)


def _adds(node: Node) -> bool:
    return node.op in (Op.ADD, Op.SUB, Op.ULT) and node.operands[0].width >= _NARROWEST


def _largest(member: tuple[Node, int]) -> tuple[int, int]:
    return -member[0].operands[0].width, member[0].number


def _control_bits(nodes: Nodes, logic: BitLogic) -> dict[int, Node]:
    """Return the node of each bit of an input or register."""
    return {
        abs(bit): nodes.slice(node, i, 1)
        for node, bits in logic.leaves().items()
        if node.op is not Op.CONST
        for i, bit in enumerate(bits)
    }


def _groups(members: Mapping[Node, int], logic: BitLogic) -> Iterator[list[Node]]:
    """Yield sets of operations that exclude each other, each operation in the first that fits."""
    groups: list[list[Node]] = []
    for node in members:
        for group in groups:
            if _fits(node, group, members, logic):
                group.append(node)
                break
        else:
            groups.append([node])
    yield from (group for group in groups if len(group) > 1)


def _fits(node: Node, group: Sequence[Node], members: Mapping[Node, int], logic: BitLogic) -> bool:
    literals = [members[other] for other in (*group, node)]
    return (
        len(logic.gates.support(literals)) <= _BITS
        and all(logic.gates.never(members[node], members[other]) for other in group)
        and not any(_nested(node, other) for other in group)
    )


def _nested(one: Node, other: Node) -> bool:
    low, high = sorted((one, other), key=lambda node: node.number)
    return low in reached([high])


def _images(
    nodes: Nodes,
    group: Sequence[Node],
    members: Mapping[Node, int],
    bits: Sequence[Node],
    logic: BitLogic,
) -> Iterator[dict[Node, Node]]:
    width = max(node.operands[0].width + (node.op is Op.ULT) for node in group)
    active = _active(group, members, Patterns(logic, bits))
    operands = aligned(group)
    first, second = (
        _selected(nodes, bits, active, {n: nodes.resized(operands[n][i], width) for n in group})
        for i in (0, 1)
    )
    subtract = {n: nodes.const(n.op is not Op.ADD, 1) for n in group}
    choice = _selected(nodes, bits, active, subtract)
    if choice.value == 0:
        yield _parts(nodes, group, nodes.make(Op.ADD, width, first, second))
        return
    makers = (with_carry_bit, with_borrow_chain) if width <= LONGEST else (with_carry_bit,)
    for make in makers:
        yield _parts(nodes, group, make(nodes, first, second, choice))


def _active(
    group: Sequence[Node], members: Mapping[Node, int], patterns: Patterns
) -> list[Node | None]:
    """Return which operation is needed for each value of the bits."""
    needed = {node: patterns.of(members[node]) for node in group}
    return [
        next((node for node in group if needed[node] >> point & 1), None)
        for point in range(patterns.count)
    ]


def _selected(
    nodes: Nodes,
    bits: Sequence[Node],
    active: Sequence[Node | None],
    values: Mapping[Node, Node],
) -> Node:
    """Return a tree that selects for each value of the bits what is needed there."""
    table = [None if node is None else values[node] for node in active]
    while None in table:
        table = [value or _neighbor(table, point, len(bits)) for point, value in enumerate(table)]
    return smallest(nodes, bits, tuple(value for value in table if value is not None))


def _neighbor(table: Sequence[Node | None], point: int, count: int) -> Node | None:
    """Return what is selected where one bit differs: don't-cares join what is beside them."""
    return next((other for i in range(count) if (other := table[point ^ 1 << i])), None)


def _parts(nodes: Nodes, group: Sequence[Node], total: Node) -> dict[Node, Node]:
    """Return each operation's result as bits of the adder; a borrow says that `a < b`."""
    return {
        node: nodes.slice(total, node.operands[0].width, 1)
        if node.op is Op.ULT
        else nodes.slice(total, 0, node.width)
        for node in group
    }


RULE = Rule(
    name="one-adder",
    title="One adder for sums, differences and comparisons",
    matches="additions, subtractions and comparisons a < b of any widths, anywhere in the module,"
    " of which a few bits (an operation code, a state) choose one",
    makes="a + (b ^ {w{s}}) + s with the operands selected before it; a < b is its borrow",
    allowed="no two of them are needed together, by SAT; their conditions depend on at most"
    f" {_BITS} bits",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Hennessy, Patterson: Computer Organization and Design, appendix on ALUs; Hwang, Lee,"
    " Hsu: A formal approach to the scheduling problem, IEEE TCAD 10(4), 1991",
    example=Example(
        before="""
module small_alu(input [1:0] op, input [7:0] a, input [7:0] b, output reg [7:0] y);
  always @*
    case (op)
      2'd0: y = a + b;
      2'd1: y = a - b;
      2'd2: y = a + 8'd1;
      default: y = {7'd0, a < b};
    endcase
endmodule
""",
        after="""
module small_alu (
    input wire [1:0] op,
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    wire [9:0] sum = {a, 1'b1} + {(op[0] ? b : op[1] ? 8'd1 : b) ^ {9{op[0]}}, op[0]};
    assign y = |op ? ((op == 2'd1) ? sum[8:1] : (op == 2'd2) ? sum[8:1] : sum[9]) : sum[8:1];
endmodule
""",
    ),
    apply=proposing(find),
)
