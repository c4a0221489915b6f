"""Full adders that are written bit by bit, carry by carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.concat_of_neighbors import match as neighbors
from symbolic.rules.cuts import Cut, Cuts, bit_of

SHORTEST = 3
"""Full adders that are a chain."""
_MAJORITY = 0b11101000
_PARITY = 0b10010110
_BOTH = 0b1000
_EITHER_NOT_BOTH = 0b0110

_Bits = dict[tuple[Node, int], Node]


@dataclass(frozen=True, slots=True)
class Link:
    """One full or half adder: two bits, the carry that comes in (if any) and goes out."""

    left: Node
    right: Node
    carried: Node | None
    carry: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Links, the least significant first, and which bits of the module are their sums."""

    links: tuple[Link, ...]
    sums: Mapping[Node, int]
    """Bits, to the number of the link."""

    def words(self, nodes: Nodes) -> tuple[Node, Node]:
        """Return what is added, as words."""
        lefts, rights = [k.left for k in self.links], [k.right for k in self.links]
        return word_of(nodes, lefts), word_of(nodes, rights)


class Adders:
    """The chains of full adders in a module."""

    def __init__(self, module: Dataflow) -> None:
        self._nodes = module.nodes
        self._known: _Bits = {}
        self._cuts = Cuts(3)
        found = reached(module.roots())
        self._bits = {n: bit_of(module.nodes, n, 0, self._known) for n in found if n.width == 1}
        self._words = [n for n in found if n.op is Op.XOR and n.width > 1]

    def chains(self) -> Iterator[Chain]:
        """Yield chains in which most sums are used."""
        every = dict.fromkeys((*self._bits.values(), *self._known.values()))
        carries = {bit: found for bit in every if (found := _carry(self._cuts, bit))}
        for links in _chains(carries):
            sums = _sums(self._cuts, list(every), links)
            if len(sums) >= SHORTEST - 1:
                yield Chain(links=tuple(links), sums=sums)

    def replaced(self, made: Mapping[Node, Node]) -> dict[Node, Node]:
        """Return nodes of the module for which there are new bits."""
        image = {node: made[bit] for node, bit in self._bits.items() if bit in made}
        for word in self._words:
            bits = [bit_of(self._nodes, word, i, self._known) for i in range(word.width)]
            if all(bit in made for bit in bits):
                image[word] = word_of(self._nodes, [made[bit] for bit in bits])
        return image


def word_of(nodes: Nodes, bits: list[Node]) -> Node:
    """Return bits, the least significant first, as a word."""
    word = nodes.concat(*reversed(bits))
    return neighbors(nodes, word) or word


def _carry(cuts: Cuts, bit: Node) -> list[Cut]:
    """Return the sets of bits of which a bit is the carry."""
    return [
        leaves
        for leaves, table in cuts.of(bit).items()
        if (len(leaves) == 3 and table == _MAJORITY) or (len(leaves) == 2 and table == _BOTH)
    ]


def _chains(carries: Mapping[Node, list[Cut]]) -> Iterator[list[Link]]:
    """Yield the longest chains of carries, the least significant link first."""
    taken: set[Node] = set()
    for bit in sorted(carries, key=lambda node: -node.number):
        if bit in taken:
            continue
        chain = _followed(carries, bit)
        if len(chain) >= SHORTEST:
            taken |= {link.carry for link in chain}
            yield chain


def _followed(carries: Mapping[Node, list[Cut]], bit: Node) -> list[Link]:
    links: list[Link] = []
    carry: Node | None = bit
    while carry is not None:
        link = _link(carries, carry)
        if link is None:
            break
        links.append(link)
        carry = link.carried
    return links[::-1]


def _link(carries: Mapping[Node, list[Cut]], carry: Node) -> Link | None:
    cuts = carries.get(carry, [])
    for leaves in cuts:
        if len(leaves) == 3:
            before = next((leaf for leaf in reversed(leaves) if leaf in carries), None)
            before = before or max(leaves, key=lambda leaf: leaf.op is not Op.SLICE)
            left, right = (leaf for leaf in leaves if leaf is not before)
            return Link(*_sorted(left, right), before, carry)
    return Link(*_sorted(*cuts[0]), None, carry) if cuts else None


def _sorted(left: Node, right: Node) -> tuple[Node, Node]:
    """Return two bits with the one of the word that is made first at the left."""
    first, second = sorted((left, right), key=lambda bit: (*_base(bit), bit.number))
    return first, second


def _base(bit: Node) -> tuple[int, ...]:
    return (bit.operands[0].number,) if bit.op is Op.SLICE else (bit.number,)


def _sums(cuts: Cuts, bits: list[Node], links: list[Link]) -> dict[Node, int]:
    wanted: dict[tuple[Cut, int], int] = {}
    for place, link in enumerate(links):
        leaves = [leaf for leaf in (link.left, link.right, link.carried) if leaf is not None]
        cut = tuple(sorted(leaves, key=lambda leaf: leaf.number))
        wanted[cut, _PARITY if len(cut) == 3 else _EITHER_NOT_BOTH] = place
    found: dict[Node, int] = {}
    for bit in bits:
        places = [wanted[item] for item in cuts.of(bit).items() if item in wanted]
        if places:
            found[bit] = places[0]
    return found
