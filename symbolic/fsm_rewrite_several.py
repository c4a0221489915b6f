"""Registers that together were a state, as functions of the one register that is it now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from symbolic.fsm_rewrite_declarations import merged_comment
from symbolic.fsm_rewrite_plan import NotWritable, Plan
from symbolic.fsm_rewrite_uses import Uses
from symbolic.fsm_source import Declared, Source
from symbolic.text_edit import Edits

_VARIABLE = re.compile(rb"\b(reg|logic)\b\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """Edits the declarations of the old registers."""

    source: Source
    plan: Plan
    edits: Edits
    uses: Uses
    registers: tuple[str, ...]

    def declare(self, state: str, next_state: str, initial: str) -> None:
        """Declare the new register, and old registers as wires, or assign them if they are ports.

        Raises:
            NotWritable: An old register is declared in a way that cannot be changed.
        """
        old = [one for name in self.registers if (one := self.source.find(name)) is not None]
        inner = [one for one in old if not one.port]
        first = min((one.whole for one in inner), default=(self.source.body[0],) * 2)
        indentation = self.edits.indentation(first[0]) if inner else "    "
        lines = [*self._head(indentation), *self._registers(state, next_state, initial)]
        lines += self._functions(old, state)
        for one in inner:
            self._drop(one)
        for one in old:
            if one.port:
                self._as_net(one)
        _, place = self.edits.lines(*first) if inner else first
        text = "".join(f"{indentation}{line}\n" for line in lines)
        whole_line = inner and self.source.text[place - 1 : place] == b"\n"
        self.edits.insert(place, text if whole_line else f"\n{text.rstrip()}")

    def _head(self, indentation: str) -> Iterator[str]:
        yield from (f"// {line}" for line in merged_comment(self.plan, ()))
        names = self.uses.names.texts
        width = max(map(len, names.values()))
        bounds = f"[{self.plan.width - 1}:0] " if self.plan.width > 1 else ""
        entries = [
            f"{indentation}    {names[state]:<{width}} = {self.plan.width}'b{code}"
            for state, code in self.plan.codes.items()
        ]
        yield f"localparam {bounds}".rstrip() + "\n" + ",\n".join(entries) + ";"

    def _registers(self, state: str, next_state: str, initial: str) -> list[str]:
        bounds = f"[{self.plan.width - 1}:0] " if self.plan.width > 1 else ""
        return [f"reg {bounds}{state}{initial};", f"reg {bounds}{next_state};"]

    def _functions(self, old: list[Declared], state: str) -> Iterator[str]:
        first = 0
        for one in old:
            last = first + one.width
            value = self._value(state, first, last)
            bounds = f"[{one.width - 1}:0] " if one.width > 1 else ""
            if one.range is not None:
                bounds = f"{self.source.of(*one.range)} "
            head = "assign " if one.port else f"wire {bounds}"
            yield f"{head}{one.name} = {value};"
            first = last

    def _value(self, state: str, first: int, last: int) -> str:
        """Return part of the old code as a function of the new."""
        parts = {one: self.plan.old.codes[one][first:last] for one in self.uses.live}
        if last == first + 1:
            return self.uses.where(state, [one for one, value in parts.items() if value == "1"])
        *most, final = parts.items()
        choices = "".join(
            f"({state} == {self.uses.text_for(one)}) ? {last - first}'b{value} : "
            for one, value in most
        )
        return f"{choices}{last - first}'b{final[1]}"

    def _drop(self, one: Declared) -> None:
        everything = [other for other in self.source.declared if other.whole == one.whole]
        if all(other.name in self.registers for other in everything):
            self.edits.delete(*one.whole)
            return
        if one.type_name:
            raise NotWritable(f"register {one.name!r} is of an enumeration")
        raise NotWritable(f"register {one.name!r} is declared together with other signals")

    def _as_net(self, one: Declared) -> None:
        start, end = one.keyword
        found = _VARIABLE.search(self.source.text, start, end)
        if found is None:
            raise NotWritable(f"port {one.name!r} is declared in two places")
        if found[1] == b"reg":
            self.edits.replace(found.start(), found.end(), "")
