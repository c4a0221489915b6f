"""A machine written anew into its source: a register, and a process for its next state.

What else the source's processes do stays where it is, without the state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim.text import stepped
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.fsm_case import CaseWriter, without_outputs
from symbolic.fsm_rewrite_comments import comments_of
from symbolic.fsm_rewrite_dead import dead_items
from symbolic.fsm_rewrite_declarations import Declarations
from symbolic.fsm_rewrite_holders import (
    compared_in,
    copies_of,
)
from symbolic.fsm_rewrite_inputs import Namer, input_texts
from symbolic.fsm_rewrite_names import names_of
from symbolic.fsm_rewrite_places import Places, only, places_of, places_of_several
from symbolic.fsm_rewrite_plan import NotWritable, Plan
from symbolic.fsm_rewrite_several import Replaced
from symbolic.fsm_rewrite_statements import Statements, Weave, weavable
from symbolic.fsm_rewrite_uses import Uses
from symbolic.fsm_source import Part, Source
from symbolic.state_table import StateTable
from symbolic.text_edit import Edits

if TYPE_CHECKING:
    from symbolic.dataflow.module import Dataflow
    from symbolic.extract import ExtractedMachine

_INDENT = "    "
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def _place_of_one(source: Source, registers: Sequence[str]) -> Places:
    return places_of(source, registers[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    """Lines that are put into a module."""

    lines: tuple[str, ...]
    reads: str
    """A text with all names that they read."""


@dataclass(kw_only=True)
class TwoProcess:
    """One rewriting of a machine."""

    source: Source
    register: tuple[str, ...]
    """Registers that make up the state."""
    plan: Plan
    module: Dataflow
    machine: ExtractedMachine
    safe: bool = False
    weaves: bool = True
    """Whether next states may go into a process that gives outputs too."""
    places: Places = field(init=False)
    uses: Uses = field(init=False)
    edits: Edits = field(init=False)

    def __post_init__(self) -> None:
        several = len(self.register) > 1
        find = places_of_several if several else _place_of_one
        self.places = find(self.source, self.register)
        own = {self.register[0]}
        if self.places.next_signal is not None:
            own.add(self.places.next_name)
        holders = frozenset[str]() if several else copies_of(self.source, own)
        self.edits = Edits(self.source.text)
        width = len(next(iter(self.plan.old.codes.values())))
        if self.places.register.width != width:
            raise NotWritable("a register that is the state only in part cannot be rewritten")
        taken = (self.places.register.name, self.places.next_name)
        self.uses = Uses(
            source=self.source,
            plan=self.plan,
            names=names_of(self.source, self.plan, holders, taken=taken),
            holders=holders,
            edits=self.edits,
            old_width=width,
        )

    @property
    def _plain(self) -> Part | None:
        """The process that stays as it is."""
        resets = (name for r in self.machine.resets for name in self._leaves(r.signal))
        return self.places.plain(frozenset(resets))

    def rewritten(self) -> str:
        """Return the text of the file."""
        self._items()
        self._declarations()
        return self.edits.applied()

    # -- items ----------------------------------------------------------------

    def _items(self) -> None:
        several = len(self.register) > 1
        own = frozenset({*self.register, self.places.next_name, *self.given_anew()})
        keeping = Statements(uses=self.uses)
        cutting = Statements(uses=self.uses, removed=own, woven=self._woven())
        gone: list[Part] = []
        for item in self.source.items:
            if item is self._plain or (item.name == "initial" and not several):
                keeping.rewrite(item)
            elif cutting.item(item):
                gone.append(item)
        for declared in self.source.declared:
            if declared.name in self.uses.holders and declared.initial is not None:
                self.uses.value(declared.initial)
        self._place(gone)
        self._bury(gone)

    def _bury(self, gone: Sequence[Part]) -> None:
        """Take out what only the old machine read."""
        logic = self.logic()
        resets = [name for r in self.machine.resets for name in self._leaves(r.signal)]
        needed = {*_WORD.findall(logic.reads), *resets, self.machine.clock}
        for item in dead_items(self.source, gone, needed):
            place = self._whole(item)
            if place is not None:
                self.edits.delete(*place)

    def _whole(self, item: Part) -> tuple[int, int] | None:
        """Return where an item stands; None if something else stands with it."""
        if item.kind != "net":
            return None if item.name == "," else (item.start, item.end)
        declared = self.source.find(item.name)
        if declared is None:
            return None
        beside = [one for one in self.source.declared if one.whole == declared.whole]
        return declared.whole if len(beside) == 1 else None

    @staticmethod
    def _leaves(node: Node) -> Iterator[str]:
        yield from (str(p.payload) for p in reached([node]) if p.op in (Op.INPUT, Op.REG))

    def _place(self, gone: Sequence[Part]) -> None:
        """Put the new processes where the old ones stand."""
        after: dict[int, list[list[str]]] = {}
        anchors: dict[int, Part] = {}
        first_free = next(iter(self.places.free), self.places.clocked[0])
        anchors[first_free.start] = first_free
        lines = self.logic().lines
        if lines:
            after.setdefault(first_free.start, []).append(list(lines))
        if self._plain is None:
            clocked = self.places.clocked[0]
            anchors[clocked.start] = clocked
            after.setdefault(clocked.start, []).append(self._register_process())
        for start, blocks in after.items():
            self._put(anchors[start], blocks, gone=anchors[start] in gone)
        for item in gone:
            if item.start not in after:
                self.edits.delete(item.start, item.end)

    def _put(self, item: Part, blocks: Sequence[Sequence[str]], *, gone: bool) -> None:
        indentation = self.edits.indentation(item.start)
        step = self.edits.step
        blocks = [[stepped(line, step) for line in lines] for lines in blocks]
        texts = [("\n" + indentation).join(lines) for lines in blocks]
        texts = ["\n".join(line.rstrip() for line in text.split("\n")) for text in texts]
        text = f"\n\n{indentation}".join(texts)
        if gone:
            self.edits.replace(item.start, item.end, text)
        else:
            self.edits.insert(item.start, f"{text}\n\n{indentation}")

    # -- processes ----------------------------------------------------------------

    def given_anew(self) -> frozenset[str]:
        """Return the signals besides the state that are given new values."""
        return frozenset()

    def logic(self) -> Logic:
        """Return what decides on the next state."""
        wires, writer = self._writer()
        reads = " ".join([*wires, *writer.texts.values()])
        if self._mixed is not None:
            return Logic(lines=tuple(wires), reads=reads)
        lines = [f"{_INDENT}{line}" for line in writer.next_state_lines()]
        blank = [""] if wires else []
        head = f"{self.always()} begin"
        return Logic(lines=(*wires, *blank, head, *lines, "end"), reads=reads)

    def _writer(self) -> tuple[list[str], CaseWriter]:
        """Return wires that must be declared for conditions, and what writes the next state."""
        namer = Namer(self.source, self.module, self.uses.holders)
        table = without_outputs(renamed_states(self.plan.new, self.plan.kept))
        nodes = {name: self.machine.inputs[name] for name in table.inputs}
        inputs = input_texts(self.source, nodes, namer)
        return list(inputs.wires), CaseWriter(
            table=table,
            state=self.places.register.name,
            next_state=self.places.next_name,
            labels={state: self.uses.text_for(state) for state in self.uses.live},
            order=self._order(),
            texts=inputs.texts,
            words=inputs.words,
            default=self._default(),
            choices=not self.places.register.type_name,
            last=self._default_state(),
            comments=self._comments(),
        )

    @property
    def _mixed(self) -> Part | None:
        """The `case` of the one process that gives both next state and outputs by the state."""
        if not self.weaves or len(self.places.free) != 1:
            return None
        if self.places.free[0].kind != "process":
            return None
        item = self.places.free[0]
        own = {self.places.register.name, self.places.next_name}
        others = [
            part for part in item.walk() if part.kind == "assign" and part.parts[0].name not in own
        ]
        case = weavable(item.parts[-1], self.places.register.name, self.uses)
        return case if others else None

    def _woven(self) -> Weave | None:
        case = self._mixed
        if case is None:
            return None
        _, writer = self._writer()
        return Weave(
            case=case,
            statements={state: writer.statement(state) for state in self.uses.live},
            default=writer.default_statement(),
            before=_given_before(self.places.free[0].parts[-1]),
        )

    def always(self) -> str:
        """Return the head of a process for the next state, as the source has it."""
        for item in self.places.free:
            if item.kind == "process":
                return self.source.of(item.start, item.parts[-1].start).strip()
        if all(item.name == "always_ff" for item in self.places.clocked):
            return "always_comb"
        return "always @*" if b"@*" in self.source.text.replace(b" ", b"") else "always @(*)"

    def _order(self) -> tuple[str, ...]:
        """Return the states in the order in which the source speaks of them."""
        found: dict[str, None] = {}
        for item in (*self.places.free, *self.places.clocked):
            for constant in compared_in(item, self.uses.holders):
                found.update(dict.fromkeys(self.uses.matching(constant)))
        return tuple({**found, **dict.fromkeys(self.uses.live)})

    @property
    def unreset(self) -> bool:
        """Whether the register may be x for a while, and the source recovers from that."""
        known = self.machine.resets and self.module.interface.resets
        return not known and self.plan.new.power_on_state is None

    def _default_state(self) -> str | None:
        """Return the state that the source takes for all that it does not mention."""
        if not self.unreset or self._mixed is not None:
            return None
        compared = {
            state
            for item in (*self.places.free, *self.places.clocked)
            for constant in compared_in(item, self.uses.holders)
            for state in self.uses.matching(constant)
        }
        left = [state for state in self.uses.live if state not in compared]
        return left[0] if len(left) == 1 else None

    def _default(self) -> str | None:
        old = self._old_default()
        if self.unreset and old is not None:
            return self.uses.text_for(self.uses.state_of(old))
        full = len(self.uses.live) == 1 << self.plan.width
        if self.safe or full or self.places.register.type_name:
            return self.uses.text_for(self.plan.home)
        return f"{self.plan.width}'b{'x' * self.plan.width}"

    def _old_default(self) -> Part | None:
        """Return the constant that was the next state for codes of no state."""
        for item in (*self.places.free, *self.places.clocked):
            for part in item.walk():
                if part.kind == "case" and part.parts[0].name in self.uses.holders:
                    found = [one for one in part.parts if one.kind == "default"]
                    inner = only(found[0].parts[0]) if found else None
                    if inner is not None and inner.kind == "assign":
                        value = inner.parts[1]
                        return value if value.number is not None else None
        return None

    def _register_process(self) -> list[str]:
        machine, places = self.machine, self.places
        namer = Namer(self.source, self.module, self.uses.holders)
        resets = [(r, namer.text(r.signal)) for r in machine.resets]
        edge = "posedge" if machine.rising else "negedge"
        events = [f"{edge} {machine.clock}"]
        events += [
            f"{'negedge' if r.active_low else 'posedge'} {text}"
            for r, text in resets
            if r.asynchronous
        ]
        keyword = "always_ff" if self._uses_always_ff() else "always"
        lines = [f"{keyword} @({' or '.join(events)}) begin"]
        go = f"{places.register.name} <= {places.next_name};"
        if not resets:
            return [*lines, f"{_INDENT}{go}", "end"]
        active = " || ".join(_active(text, low=r.active_low) for r, text in resets)
        home = self.uses.text_for(self.plan.home)
        lines.append(f"{_INDENT}if ({active}) {places.register.name} <= {home};")
        return [*lines, f"{_INDENT}else {go}", "end"]

    def _uses_always_ff(self) -> bool:
        return any(item.name == "always_ff" for item in self.places.clocked)

    def _comments(self) -> dict[str, list[str]]:
        """Return the comments at the old branches of states that stay."""
        items = [i for i in (*self.places.free, *self.places.clocked) if i is not self._plain]
        return comments_of(items, self.uses)

    # -- declarations -----------------------------------------------------------------

    def _declarations(self) -> None:
        if len(self.register) > 1:
            self._declare_anew()
            return
        places = self.places
        net = places.next_signal is not None and places.next_signal.role == "net"
        held = self.uses.holders - ({places.next_name} if net else set())
        declarations = Declarations(
            source=self.source,
            plan=self.plan,
            names=self.uses.names,
            holders=held,
            edits=self.edits,
            old_width=self.uses.old_width,
        )
        if net and places.next_signal is not None:
            declarations.drop(places.next_signal)
        declarations.rewrite()
        if net or places.next_signal is None:
            declarations.add_like(places.register, places.next_name)
        declarations.add_lines(self.uses.decoder_lines())

    def _declare_anew(self) -> None:
        """Declare one register, and what the old ones were as functions of it."""
        replaced = Replaced(
            source=self.source,
            plan=self.plan,
            edits=self.edits,
            uses=self.uses,
            registers=self.register,
        )
        start = self.plan.new.power_on_state
        initial = "" if start is None else f" = {self.uses.text_for(self.plan.kept[start])}"
        replaced.declare(self.places.register.name, self.places.next_name, initial)


def _given_before(statement: Part) -> frozenset[str]:
    """Return the signals that a process assigns before its last statement."""
    parts = statement.parts[:-1] if statement.kind == "block" else ()
    return frozenset(part.parts[0].name for part in parts if part.kind == "assign")


def _active(text: str, *, low: bool) -> str:
    simple = text.replace("_", "").isalnum()
    if not low:
        return text
    return f"!{text}" if simple else f"!({text})"


def renamed_states(table: StateTable, names: Mapping[str, str]) -> StateTable:
    """Return a machine with other names for its states."""
    moore = table.moore_outputs
    return replace(
        table,
        states=tuple(names[state] for state in table.states),
        transitions=tuple(
            replace(t, state=names[t.state], target=None if t.target is None else names[t.target])
            for t in table.transitions
        ),
        moore_outputs=None if moore is None else {names[s]: o for s, o in moore.items()},
        reset_state=None if table.reset_state is None else names[table.reset_state],
        power_on_state=None if table.power_on_state is None else names[table.power_on_state],
        codes={names[state]: code for state, code in table.codes.items()},
    )
