"""A test in VerilogEval's form, taken apart so that it can be written anew.

Both versions of VerilogEval use one form: module `tb` drives `stimulus_gen`, a
reference and the design, compares their outputs at each edge of `clk`::

    assign tb_match = ({ref} === ({ref} ^ {dut} ^ {ref}));
    always @(posedge clk, negedge clk) begin ... if (!tb_match) ... end

and ends with the line `Mismatches: N in M samples`. X in the reference matches
anything, X in the design only X. Here every part is found by pyslang's syntax
tree; a test of any other form is refused.

The texts are those of a benchmark's own files, which are trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyslang.syntax import SyntaxKind, SyntaxTree

from rtlgen.evaluation.harness.source_text import Span, UnknownForm, edited
from sim.slang import Syntax

VERDICT = "Mismatches: %1d in %1d samples"
TIMEOUT = "TIMEOUT"
_MATCH = re.compile(
    rb"\(?\{(?P<r1>[\w,]+)\}===\(\{(?P<r2>[\w,]+)\}\^\{(?P<dut>[\w,]+)\}\^\{(?P<r3>[\w,]+)\}\)\)?\Z"
)
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.S)
_SPACE = re.compile(rb"\s+")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_BITS = re.compile(rb"\$bits\s{0,9}\([^()]{0,200}\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One port of the design's instance."""

    port: str
    signal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchTest:
    """The parts of one test. Spans are of `text`."""

    text: bytes
    bench: str
    """Name of the module that is the root."""
    modules: frozenset[str]
    """Those of the text, and the reference."""
    names: frozenset[str]
    """Scopes in the root: instances, structures, tasks, and the root itself."""
    dumps: tuple[Span, ...]
    """Statements that write waveforms."""
    literals: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """String literals that hold `VERDICT` or `TIMEOUT`, by which."""
    instance: Span
    instance_name: str
    connections: tuple[Connection, ...]
    reference: Span
    """The reference's instance."""
    expected: tuple[str, ...]
    """Signals of the reference, in the order of the comparison."""
    got: tuple[str, ...]
    """Signals of the design, in the same order."""
    declarations: Mapping[str, Span]
    """Declarations of the `got`."""
    match: str
    """The signal that says whether the outputs match."""
    assign: Span
    """The comparison."""
    sampling: Span
    """The process that counts."""
    sampling_event: str
    sampling_start: int
    """Where its statements begin."""
    mismatch_start: int
    """Where the statements of a mismatch begin."""
    sampling_end: int
    """Where its last `end` stands."""
    final: Span
    end: int
    """Where the root's `endmodule` stands."""

    @property
    def inputs(self) -> tuple[Connection, ...]:
        """The design's inputs: what is connected and not compared."""
        return tuple(c for c in self.connections if c.signal not in self.got)

    @property
    def outputs(self) -> tuple[Connection, ...]:
        return tuple(c for c in self.connections if c.signal in self.got)

    def edited(self, edits: Sequence[tuple[Span, str]]) -> str:
        """Return the text with each span replaced; see `source_text.edited`."""
        return edited(self.text, edits)

    def slice(self, span: Span) -> str:
        return self.text[span[0] : span[1]].decode()


def take_apart(test: str, *, top: str) -> MismatchTest:
    """Return the parts of `test`, which judges module `top`.

    Raises:
        UnknownForm: The test is of another form.
    """
    tree = SyntaxTree.fromText(test)
    root: Syntax = tree.root
    errors = [d for d in tree.diagnostics if d.isError()]
    if errors:
        raise UnknownForm(f"the test does not parse: {errors[0].code}")
    members = list(root.members) if root.kind is SyntaxKind.CompilationUnit else [root]
    modules = [m for m in members if m.kind is SyntaxKind.ModuleDeclaration]
    benches = [m for m in modules if any(_instances(m, top))]
    if len(benches) != 1:
        raise UnknownForm(f"one module must instantiate {top!r}, not {len(benches)}")
    bench = benches[0]
    parts = _Parts(text=test.encode(), bench=bench, top=top)
    return parts.test(frozenset(m.header.name.valueText for m in modules))


def depends_on_design(test: MismatchTest) -> bool:
    """Whether the stimulus may depend on what the design does.

    The match signal, and in some tests the design's outputs, go into the stimulus
    generator for hints that are printed. What is computed from them must reach
    neither an output, nor time, nor the end.
    """
    root: Syntax = SyntaxTree.fromText(test.text.decode()).root
    modules = [m for m in root.members if m.kind is SyntaxKind.ModuleDeclaration]
    return any(
        _taints(module, {test.match, *test.got})
        for module in modules
        if module.header.name.valueText != test.bench
    )


@dataclass(slots=True)
class _Parts:
    """Finds the parts of one test."""

    text: bytes
    bench: Syntax
    top: str

    def test(self, modules: frozenset[str]) -> MismatchTest:
        instance = self._one("instance of the design", _instances(self.bench, self.top))
        assign, found = self._comparison()
        expected, got = _names(found["r1"]), _names(found["dut"])
        if not found["r1"] == found["r2"] == found["r3"] or len(expected) != len(got):
            raise UnknownForm("the comparison must be of the same outputs on both sides")
        match = _compact(self._bytes(assign.left)).decode()
        sampling = self._sampling(match)
        items = sampling.statement.statement.items
        condition = next(i for i in items if self._is_mismatch(i, match))
        unit, reference = instance.instances[0], self._reference(expected, got)
        connections = tuple(_connections(unit))
        return MismatchTest(
            text=self.text,
            bench=self.bench.header.name.valueText,
            modules=modules | {reference.type.valueText},
            names=frozenset(_scope_names(self.bench)),
            dumps=tuple(self._dumps()),
            literals={what: tuple(self._literals(what)) for what in (VERDICT, TIMEOUT)},
            instance=_span(instance),
            instance_name=unit.decl.name.valueText,
            connections=connections,
            reference=_span(reference),
            expected=expected,
            got=got,
            declarations={name: self._declaration(name) for name in got},
            match=match,
            assign=_span(assign.parent),
            sampling=_span(sampling),
            sampling_event=self._bytes(sampling.statement.timingControl).decode().strip(),
            sampling_start=sampling.statement.statement.begin.range.end.offset,
            mismatch_start=condition.statement.begin.range.end.offset,
            sampling_end=sampling.statement.statement.end.range.start.offset,
            final=_span(self._one("final block", self._members(SyntaxKind.FinalBlock))),
            end=self.bench.endmodule.range.start.offset,
        )

    def _members(self, kind: SyntaxKind) -> list[Syntax]:
        return [m for m in self.bench.members if m.kind is kind]

    def _one(self, what: str, found: Sequence[Syntax]) -> Syntax:
        if len(found) != 1:
            raise UnknownForm(f"a test has one {what}, this one has {len(found)}")
        return found[0]

    def _bytes(self, node: Syntax) -> bytes:
        start, end = _span(node)
        return self.text[start:end]

    def _comparison(self) -> tuple[Syntax, re.Match[bytes]]:
        found = []
        for member in self._members(SyntaxKind.ContinuousAssign):
            for assign in member.assignments:
                if assign.kind is not SyntaxKind.AssignmentExpression:
                    continue
                matched = _MATCH.match(_compact(self._bytes(assign.right)))
                if matched is not None:
                    found.append((assign, matched))
        if len(found) != 1:
            raise UnknownForm(f"a test has one comparison of outputs, this one has {len(found)}")
        return found[0]

    def _sampling(self, match: str) -> Syntax:
        found = []
        for member in self._members(SyntaxKind.AlwaysBlock):
            timed = member.statement
            if timed.kind is not SyntaxKind.TimingControlStatement:
                continue
            block = timed.statement
            if block.kind is SyntaxKind.SequentialBlockStatement and any(
                self._is_mismatch(item, match) for item in block.items
            ):
                found.append(member)
        return self._one("process that counts mismatches", found)

    def _is_mismatch(self, item: Syntax, match: str) -> bool:
        if item.kind is not SyntaxKind.ConditionalStatement:
            return False
        asked = _compact(self._bytes(item.predicate))
        return (
            asked == b"!" + match.encode()
            and item.statement.kind is SyntaxKind.SequentialBlockStatement
        )

    def _reference(self, expected: Sequence[str], got: Sequence[str]) -> Syntax:
        found = [
            member
            for member in self._members(SyntaxKind.HierarchyInstantiation)
            if {c.signal for c in _connections(member.instances[0])} & set(expected)
            and not {c.signal for c in _connections(member.instances[0])} & set(got)
        ]
        return self._one("instance of the reference", found)

    def _declaration(self, name: str) -> Span:
        found = [
            member
            for member in self._members(SyntaxKind.DataDeclaration)
            if [d.name.valueText for d in member.declarators] == [name]
        ]
        return _span(self._one(f"declaration of {name!r} by itself", found))

    def _dumps(self) -> Iterator[Span]:
        found: list[Span] = []

        def look(node: Syntax) -> None:
            if getattr(node, "kind", None) is SyntaxKind.ExpressionStatement and self._bytes(
                node
            ).lstrip().startswith(b"$dump"):
                found.append(_span(node))

        self.bench.visit(look)
        yield from found

    def _literals(self, what: str) -> Iterator[Span]:
        wanted = f'"{what}"'.encode()
        at = self.text.find(wanted)
        while at >= 0:
            yield at, at + len(wanted)
            at = self.text.find(wanted, at + 1)


def _span(node: Syntax) -> Span:
    place = node.sourceRange
    return place.start.offset, place.end.offset


def _compact(text: bytes) -> bytes:
    return _SPACE.sub(b"", _COMMENT.sub(b"", text))


def _names(text: bytes) -> tuple[str, ...]:
    return tuple(text.decode().split(","))


def _instances(module: Syntax, top: str) -> list[Syntax]:
    return [
        member
        for member in module.members
        if member.kind is SyntaxKind.HierarchyInstantiation and member.type.valueText == top
    ]


def _connections(unit: Syntax) -> Iterator[Connection]:
    for connection in unit.connections:
        if connection.kind is not SyntaxKind.NamedPortConnection:
            continue
        port = connection.name.valueText
        text = str(connection.expr).strip() if connection.expr is not None else ""
        if connection.openParen and not text:
            continue
        yield Connection(port=port, signal=text or port)


def _scope_names(module: Syntax) -> Iterator[str]:
    """Yield the names in `module` under which others stand: a hierarchical name may begin so."""
    yield module.header.name.valueText
    for member in module.members:
        if member.kind is SyntaxKind.HierarchyInstantiation:
            yield from (unit.decl.name.valueText for unit in member.instances)
        elif member.kind is SyntaxKind.DataDeclaration:
            if member.type.kind is SyntaxKind.NamedType:
                yield from (declarator.name.valueText for declarator in member.declarators)
        elif member.kind in (SyntaxKind.TaskDeclaration, SyntaxKind.FunctionDeclaration):
            yield str(member.prototype.name).strip()


_CONDITIONAL = {
    SyntaxKind.ConditionalStatement: "predicate",
    SyntaxKind.CaseStatement: "expr",
    SyntaxKind.LoopStatement: "expr",
    SyntaxKind.DoWhileStatement: "expr",
    SyntaxKind.ForLoopStatement: "stopExpr",
    SyntaxKind.WaitStatement: "expr",
}
_TIMING = {SyntaxKind.TimingControlStatement, SyntaxKind.WaitStatement}


def _taints(module: Syntax, sources: Iterable[str]) -> bool:
    """Whether `sources` can reach an output of `module`, its timing or the end of the run."""
    outputs = {
        word.decode()
        for part in _ports(module)
        if b"output" in part or b"inout" in part
        for word in _WORD.findall(part)
    }
    tainted = set(sources)
    while True:
        before = len(tainted)
        if _spread(module, tainted):
            return True
        if len(tainted) == before:
            return bool(tainted & outputs)


def _ports(module: Syntax) -> Iterator[bytes]:
    header = _COMMENT.sub(b"", str(module.header).encode())
    yield from header.split(b",")


def _spread(module: Syntax, tainted: set[str]) -> bool:
    """Add what depends on `tainted` to it; return whether it reaches time or the end."""
    bad = False

    def words(node: object) -> set[str]:
        text = _BITS.sub(b"", _COMMENT.sub(b"", str(node).encode()))
        return {w.decode() for w in _WORD.findall(text)}

    def look(node: Syntax) -> None:
        nonlocal bad
        kind = getattr(node, "kind", None)
        if kind is None:
            return
        if kind.name.endswith("AssignmentExpression"):
            if words(node.right) & tainted:
                tainted.update(words(node.left))
        elif kind in _CONDITIONAL and words(getattr(node, _CONDITIONAL[kind], "")) & tainted:
            bad = bad or _reaches(node, tainted)
        elif kind is SyntaxKind.TimingControlStatement:
            bad = bad or bool(words(node.timingControl) & tainted)
        elif kind is SyntaxKind.NamedPortConnection:
            bad = bad or bool(words(node) & tainted)

    module.visit(look)
    return bad


def _reaches(conditional: Syntax, tainted: set[str]) -> bool:
    """Add what is assigned under a tainted condition; return whether time or the end depends."""
    bad = False

    def look(node: Syntax) -> None:
        nonlocal bad
        kind = getattr(node, "kind", None)
        if kind is None:
            return
        if kind.name.endswith("AssignmentExpression"):
            tainted.update(w.decode() for w in _WORD.findall(str(node.left).encode()))
        elif kind.name.startswith(("Postincrement", "Postdecrement", "Preincrement")):
            tainted.update(w.decode() for w in _WORD.findall(str(node).encode()))
        elif kind in _TIMING or (
            kind is SyntaxKind.ExpressionStatement
            and str(node).strip().startswith(("$finish", "$stop", "$fatal"))
        ):
            bad = True

    conditional.visit(look)
    return bad
