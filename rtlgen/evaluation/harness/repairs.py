"""Source transforms without which a test does not compile on an older simulator.

Each keeps what the test means; it is stated wherever a verdict rests on it.
"""

from __future__ import annotations

from pyslang.syntax import SyntaxKind, SyntaxTree

from rtlgen.evaluation.harness.source_text import edited
from sim.slang import Syntax

ENUM_CAST = (
    "variables of an enumeration type are declared by its base type, and casts to it are dropped: "
    "Icarus Verilog before 12 has no cast to a type name"
)


def without_enum_casts(text: str) -> str:
    """Return `text` without casts `T'(x)` to an enumeration type `T` that has a base type.

    Variables of type `T` get its base type, so that any value of that width can be
    assigned: what the cast allows. Equal to `text` where there is no such cast.
    """
    tree = SyntaxTree.fromText(text)
    bases = _bases(tree.root, text.encode())
    casts: list[Syntax] = []
    uses: list[Syntax] = []

    def look(node: Syntax) -> None:
        kind = getattr(node, "kind", None)
        if kind is SyntaxKind.CastExpression and str(node.left).strip() in bases:
            casts.append(node)
        elif kind is SyntaxKind.DataDeclaration and str(node.type).strip() in bases:
            uses.append(node.type)

    tree.root.visit(look)
    if not casts:
        return text
    edits = [
        ((use.sourceRange.start.offset, use.sourceRange.end.offset), bases[str(use).strip()])
        for use in uses
    ]
    edits += [
        ((cast.sourceRange.start.offset, cast.right.sourceRange.start.offset), "") for cast in casts
    ]
    return edited(text.encode(), edits)


def _bases(root: Syntax, text: bytes) -> dict[str, str]:
    """Return the base type of each enumeration type that is named and has one."""
    found: dict[str, str] = {}

    def look(node: Syntax) -> None:
        if getattr(node, "kind", None) is not SyntaxKind.TypedefDeclaration:
            return
        if node.type.kind is SyntaxKind.EnumType and node.type.baseType is not None:
            place = node.type.baseType.sourceRange
            base = text[place.start.offset : place.end.offset]
            found[node.name.valueText] = f"{base.decode()} "

    root.visit(look)
    return found
