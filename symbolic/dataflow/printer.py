"""Pyverilog's syntax trees as text that a person would write.

Pyverilog's own `ASTCodeGenerator` puts nearly every operation in parentheses and takes
them away again by their letters, which goes wrong where an operand begins and another
ends with one; it writes `if(x)`, and a template is rendered for every operand. So
expressions and statements are printed here, by precedence (IEEE 1364-2005, table 5-4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from symbolic.dataflow.syntax import ast, op2mark, op2order

INDENT = "    "
_BROAD = 96
"""Letters of a line behind which expressions are broken."""
_ONE_LINE = -(1 << 30)
"""An indentation with which nothing is too long."""
_GUARDING = frozenset({"And", "Xor", "Xnor", "Or", "Sll", "Srl", "Sra"})
"""Operations whose operands are put in parentheses: few know how strong they bind."""
_ASSOCIATIVE = frozenset({"And", "Or", "Xor", "Land", "Lor"})

Tree = Any
"""A node of Pyverilog's syntax tree."""


def expression(tree: Tree, indent: int = 0) -> str:
    """Return an expression; what follows its first line is indented by `indent` spaces."""
    return _Printer(indent).text(tree)


def one_line(tree: Tree) -> str:
    """Return an expression on one line, however long."""
    return _Printer(_ONE_LINE).text(tree)


def statements(trees: Iterable[Tree], depth: int = 1) -> list[str]:
    """Return the lines of statements, `depth` steps in."""
    return [INDENT * depth + line for tree in trees for line in _lines(tree, depth)]


class _Printer:
    def __init__(self, indent: int) -> None:
        self.indent = indent

    def text(self, tree: Tree) -> str:
        return _FORMS.get(type(tree), _operation)(self, tree)

    def identifier(self, tree: Tree) -> str:
        return str(tree.name)

    def number(self, tree: Tree) -> str:
        return str(tree.value)

    def element(self, tree: Tree) -> str:
        return f"{self.text(tree.var)}[{self.text(tree.ptr)}]"

    def part(self, tree: Tree) -> str:
        return f"{self.text(tree.var)}[{self.text(tree.msb)}:{self.text(tree.lsb)}]"

    def concatenation(self, tree: Tree) -> str:
        parts = [one_line(part) for part in tree.list]
        flat = "{" + ", ".join(parts) + "}"
        if len(flat) + self.indent <= _BROAD:
            return flat
        margin = "\n" + " " * (self.indent + 1)
        return "{" + f",{margin}".join(_filled(parts, _BROAD - self.indent)) + "}"

    def replication(self, tree: Tree) -> str:
        value = self.text(tree.value)
        inner = value if isinstance(tree.value, ast.Concat) else f"{{{value}}}"
        return f"{{{self.text(tree.times)}{inner}}}"

    def call(self, tree: Tree) -> str:
        return f"${tree.syscall}({', '.join(map(self.text, tree.args))})"

    def conditional(self, tree: Tree) -> str:
        flat = self._conditional_flat(tree)
        is_chain = isinstance(tree.false_value, ast.Cond) and self.indent >= 0
        if not is_chain and len(flat) + self.indent <= _BROAD:
            return flat
        margin = "\n" + " " * self.indent
        lines = []
        while isinstance(tree, ast.Cond):
            lines.append(
                f"{_guarded(tree.cond, binary=True)} ? {_guarded(tree.true_value)} :{margin}"
            )
            tree = tree.false_value
        return "".join(lines) + self.text(tree)

    def _conditional_flat(self, tree: Tree) -> str:
        condition, value = _guarded(tree.cond, binary=True), _guarded(tree.true_value)
        return f"{condition} ? {value} : {one_line(tree.false_value)}"


def _operation(printer: _Printer, tree: Tree) -> str:
    mark = op2mark(type(tree).__name__)
    if not _is_binary(tree):
        inner = one_line(tree.right)
        simple = not isinstance(tree.right, (ast.Operator, ast.Cond))
        return f"{mark}{inner}" if simple else f"{mark}({inner})"
    right = _operand(tree.right, tree, right=True)
    flat = f"{_operand(tree.left, tree, right=False)} {mark} {right}"
    if len(flat) + printer.indent <= _BROAD or _needs_parentheses(tree.left, tree, right=False):
        return flat
    left = printer.text(tree.left)
    last = left.rpartition("\n")[2]
    room = _BROAD - (printer.indent if last is left else 0)
    if len(last) + len(right) + 2 <= room:
        return f"{left} {mark} {right}"
    return f"{left} {mark}\n{' ' * printer.indent}{right}"


def _operand(tree: Tree, outer: Tree, *, right: bool) -> str:
    text = one_line(tree)
    return f"({text})" if _needs_parentheses(tree, outer, right=right) else text


def _guarded(tree: Tree, *, binary: bool = False) -> str:
    """Return text on one line, in parentheses if it is a choice or, if `binary`, an operation."""
    text = one_line(tree)
    return f"({text})" if isinstance(tree, ast.Cond) or (binary and _is_binary(tree)) else text


def _filled(parts: list[str], width: int) -> list[str]:
    """Return parts joined to lines of some width."""
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) + 2 <= width:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return lines


def _is_binary(tree: Tree) -> bool:
    return isinstance(tree, ast.Operator) and not isinstance(tree, ast.UnaryOperator)


def _needs_parentheses(tree: Tree, outer: Tree, *, right: bool) -> bool:
    if isinstance(tree, ast.Cond):
        return True
    if not _is_binary(tree):
        return False
    inner_name, outer_name = type(tree).__name__, type(outer).__name__
    if inner_name == outer_name and inner_name in _ASSOCIATIVE:
        return right
    if outer_name in _GUARDING or {inner_name, outer_name} == {"Land", "Lor"}:
        return True
    inner_order, outer_order = op2order(inner_name), op2order(outer_name)
    if inner_order == outer_order:
        return right or inner_order in (5, 6)
    return bool(inner_order > outer_order)


_FORMS: dict[type, Callable[[_Printer, Tree], str]] = {
    ast.Identifier: _Printer.identifier,
    ast.IntConst: _Printer.number,
    ast.Pointer: _Printer.element,
    ast.Partselect: _Printer.part,
    ast.Concat: _Printer.concatenation,
    ast.Repeat: _Printer.replication,
    ast.SystemCall: _Printer.call,
    ast.Cond: _Printer.conditional,
}


def _lines(tree: Tree, depth: int) -> list[str]:
    if isinstance(tree, ast.IfStatement):
        return _if_lines(tree, depth)
    if isinstance(tree, ast.CaseStatement):
        return _case_lines(tree, depth)
    if isinstance(tree, ast.Block):
        return ["begin", *_inner(tree), "end"]
    return [_assignment(tree, depth)]


def _assignment(tree: Tree, depth: int) -> str:
    mark = "<=" if isinstance(tree, ast.NonblockingSubstitution) else "="
    head = f"{expression(tree.left.var)} {mark} "
    return f"{head}{expression(tree.right.var, len(INDENT) * depth + len(head))};"


def _inner(tree: Tree) -> list[str]:
    trees = tree.statements if isinstance(tree, ast.Block) else [tree]
    return [INDENT + line for inner in trees for line in _lines(inner, 1)]


def _if_lines(tree: Tree, depth: int) -> list[str]:
    lines = _headed(f"if ({expression(tree.cond)})", tree.true_statement)
    rest = tree.false_statement
    if rest is None:
        return lines
    joined = lines[-1] == "end"
    following = (
        _prefixed("else ", _lines(rest, depth))
        if isinstance(rest, ast.IfStatement)
        else _headed("else", rest)
    )
    if joined:
        return [*lines[:-1], f"end {following[0]}", *following[1:]]
    return [*lines, *following]


def _prefixed(prefix: str, lines: list[str]) -> list[str]:
    return [prefix + lines[0], *lines[1:]]


def _headed(head: str, body: Tree) -> list[str]:
    """Return `head` with a statement behind it; in a block, unless it is one short line."""
    inner = _inner(body)
    if len(inner) == 1 and "\n" not in inner[0]:
        return [head, inner[0]]
    return [f"{head} begin", *inner, "end"]


def _case_lines(tree: Tree, depth: int) -> list[str]:
    lines = [f"case ({expression(tree.comp)})"]
    for item in tree.caselist:
        label = "default" if item.cond is None else ", ".join(map(expression, item.cond))
        inner = _inner(item.statement)
        if len(inner) == 1 and "\n" not in inner[0]:
            lines.append(f"{INDENT}{label}: {inner[0].strip()}")
        elif not inner:
            lines.append(f"{INDENT}{label}: ;")
        else:
            lines.append(f"{INDENT}{label}: begin")
            lines += [INDENT + line for line in inner]
            lines.append(f"{INDENT}end")
    return [*lines, "endcase"]
