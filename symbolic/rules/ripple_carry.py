"""Adders written bit by bit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.concat_of_neighbors import match as neighbors
from symbolic.rules.cuts import Cut, Cuts, bit_of
from symbolic.rules.matching import proposing
from symbolic.rules.rule import Example, Goal, Rule

_SHORTEST = 3
_MAJORITY = 0b11101000
_PARITY = 0b10010110
_BOTH = 0b1000
_EITHER_NOT_BOTH = 0b0110

_Bits = dict[tuple[Node, int], Node]


@dataclass(frozen=True, slots=True)
class _Link:
    """One full or half adder: two bits, the carry that comes in (if any) and goes out."""

    left: Node
    right: Node
    carried: Node | None
    carry: Node


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    nodes = reached(module.roots())
    known: _Bits = {}
    bits = {n: bit_of(module.nodes, n, 0, known) for n in nodes if n.width == 1}
    words = [n for n in nodes if n.op is Op.XOR and n.width > 1]
    cuts = Cuts(3)
    every = dict.fromkeys((*bits.values(), *known.values()))
    carries = {bit: found for bit in every if (found := _carry(cuts, bit))}
    image: dict[Node, Node] = {}
    length = 0
    for chain in _chains(carries):
        made = _adder(module.nodes, chain)
        sums = _sums(module.nodes, cuts, list(every), chain, made)
        if len(sums) >= _SHORTEST - 1:
            image |= {node: sums[bit] for node, bit in bits.items() if bit in sums}
            image |= _words(module.nodes, words, known, sums)
            length = max(length, len(chain))
    if image:
        yield image, f"a chain of {length} full adders is an addition"


def _carry(cuts: Cuts, bit: Node) -> list[Cut]:
    """Return the sets of bits of which a bit is the carry."""
    return [
        leaves
        for leaves, table in cuts.of(bit).items()
        if (len(leaves) == 3 and table == _MAJORITY) or (len(leaves) == 2 and table == _BOTH)
    ]


def _chains(carries: Mapping[Node, list[Cut]]) -> Iterator[list[_Link]]:
    """Yield the longest chains of carries, the least significant link first."""
    taken: set[Node] = set()
    for bit in sorted(carries, key=lambda node: -node.number):
        if bit in taken:
            continue
        chain = _followed(carries, bit)
        if len(chain) >= _SHORTEST:
            taken |= {link.carry for link in chain}
            yield chain


def _followed(carries: Mapping[Node, list[Cut]], bit: Node) -> list[_Link]:
    links: list[_Link] = []
    carry: Node | None = bit
    while carry is not None:
        link = _link(carries, carry)
        if link is None:
            break
        links.append(link)
        carry = link.carried
    return links[::-1]


def _link(carries: Mapping[Node, list[Cut]], carry: Node) -> _Link | None:
    cuts = carries.get(carry, [])
    for leaves in cuts:
        if len(leaves) == 3:
            before = next((leaf for leaf in reversed(leaves) if leaf in carries), None)
            before = before or max(leaves, key=lambda leaf: leaf.op is not Op.SLICE)
            left, right = (leaf for leaf in leaves if leaf is not before)
            return _Link(*_sorted(left, right), before, carry)
    return _Link(*_sorted(*cuts[0]), None, carry) if cuts else None


def _sorted(left: Node, right: Node) -> tuple[Node, Node]:
    """Return two bits with the one of the word that is made first at the left."""
    first, second = sorted((left, right), key=lambda bit: (*_base(bit), bit.number))
    return first, second


def _base(bit: Node) -> tuple[int, ...]:
    return (bit.operands[0].number,) if bit.op is Op.SLICE else (bit.number,)


def _adder(nodes: Nodes, chain: list[_Link]) -> Node:
    width = len(chain) + 1
    words = (_word(nodes, [link.left for link in chain]), _word(nodes, [k.right for k in chain]))
    total = nodes.make(Op.ADD, width, *(nodes.resized(word, width) for word in words))
    first = chain[0].carried
    if first is None:
        return total
    return nodes.make(Op.ADD, width, total, nodes.resized(first, width))


def _word(nodes: Nodes, bits: list[Node]) -> Node:
    word = nodes.concat(*reversed(bits))
    return neighbors(nodes, word) or word


def _sums(
    nodes: Nodes, cuts: Cuts, bits: list[Node], chain: list[_Link], total: Node
) -> dict[Node, Node]:
    """Return the bits that are sums or the last carry, as bits of the adder."""
    wanted: dict[tuple[Cut, int], int] = {}
    for place, link in enumerate(chain):
        leaves = [leaf for leaf in (link.left, link.right, link.carried) if leaf is not None]
        cut = tuple(sorted(leaves, key=lambda leaf: leaf.number))
        wanted[cut, _PARITY if len(cut) == 3 else _EITHER_NOT_BOTH] = place
    found = {chain[-1].carry: nodes.slice(total, len(chain), 1)}
    for bit in bits:
        places = [wanted[item] for item in cuts.of(bit).items() if item in wanted]
        if places:
            found[bit] = nodes.slice(total, places[0], 1)
    top = chain[-1]
    return found if top.carry in found else {}


def _words(
    nodes: Nodes, words: list[Node], known: _Bits, sums: Mapping[Node, Node]
) -> dict[Node, Node]:
    """Return exclusive ors of words all bits of which are sums."""
    image: dict[Node, Node] = {}
    for word in words:
        bits = [bit_of(nodes, word, place, known) for place in range(word.width)]
        if all(bit in sums for bit in bits):
            image[word] = _word(nodes, [sums[bit] for bit in bits])
    return image


RULE = Rule(
    name="ripple-carry",
    title="Full adders in a chain are an addition",
    matches="carries (a & b) | (c & (a | b)), in any form, each into the next, with sums a ^ b ^ c",
    makes="{a...} + {b...} + carry in",
    allowed=f"at least {_SHORTEST} of them",
    goals=frozenset({Goal.DELAY, Goal.AREA}),
    source="Subramanyan et al.: Reverse engineering digital circuits using structural and "
    "functional analyses, TETC 2014",
    example=Example(
        before="""
module ripple(input [2:0] a, input [2:0] b, input c, output [2:0] s, output d);
  wire c1 = (a[0] & b[0]) | (a[0] & c) | (b[0] & c);
  wire c2 = (a[1] & b[1]) | (a[1] & c1) | (b[1] & c1);
  assign d = (a[2] & b[2]) | (a[2] & c2) | (b[2] & c2);
  assign s = {a[2] ^ b[2] ^ c2, a[1] ^ b[1] ^ c1, a[0] ^ b[0] ^ c};
endmodule
""",
        after="""
module ripple (
    input wire [2:0] a,
    input wire [2:0] b,
    input wire c,
    output wire [2:0] s,
    output wire d
);

    wire [3:0] sum = a + b + c;
    assign s = sum[2:0];
    assign d = sum[3];
endmodule
""",
    ),
    apply=proposing(_find),
)
