"""Terms of whole numbers as Verilog, with wires wide enough that nothing overflows unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.interface import Interface
from symbolic.arithmetic import Apply, Number, Signal, Term, Word, bits_of, bounds
from symbolic.emit_module import fresh

_SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "shl": "<<"}
_COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_LOGIC = {"and": "&&", "or": "||"}
_BITWISE = {"bitand": "&", "bitor": "|", "bitxor": "^"}
_NAMES = {
    "add": "sum",
    "sub": "difference",
    "mul": "product",
    "ones": "ones",
    "length": "length",
    "lowest": "place",
    "shl": "shifted",
    "abs": "magnitude",
}


@dataclass(slots=True)
class Writer:
    """Writes terms; `lines` collects the wires that they need."""

    interface: Interface
    words: Mapping[str, Word]
    lines: list[str] = field(default_factory=list)
    _wires: dict[Term, str] = field(default_factory=dict)

    def assigned(self, term: Term, word: Word) -> str:
        """Return `term` as the right side of an assignment to `word`, which keeps its low bits."""
        if isinstance(term, Apply) and term.op == "choose" and self._may_be_cut(term, word):
            test, chosen, other = term.args
            then, rest = self.assigned(chosen, word), self.assigned(other, word)
            return f"{self.exact(test, 1)} ? {then} : {rest}"
        if isinstance(term, Apply) and term.op in _SYMBOLS and self._direct(term, word):
            left, right = term.args
            one = self._operand(left, word)
            return f"{one} {_SYMBOLS[term.op]} {self._operand(right, word)}"
        return self.exact(term, word.width)

    def _may_be_cut(self, term: Term, word: Word) -> bool:
        """Whether only low bits of `term` are needed, so that no choice in it has to be signed."""
        if bounds(term, self.words)[0] >= 0:
            return True
        if not isinstance(term, Apply):
            return False
        if term.op == "choose":
            return all(self._may_be_cut(arg, word) for arg in term.args[1:])
        return term.op in _SYMBOLS and self._direct(term, word)

    def _direct(self, term: Apply, word: Word) -> bool:
        """Whether operands and result fit a plain expression as wide as `word`."""
        for arg in term.args:
            if not isinstance(arg, (Number, Signal)) or bounds(arg, self.words)[0] < 0:
                return False
            if isinstance(arg, Signal) and self.words[arg.name].width > word.width:
                return False
        return term.op != "shl" or isinstance(term.args[1], Number)

    def _operand(self, term: Term, word: Word) -> str:
        if isinstance(term, Number):
            width = 1 if term.value in (0, 1) else max(word.width, term.value.bit_length())
            return f"{width}'d{term.value}"
        return self.exact(term)

    def condition(self, term: Term) -> str:
        """Return `term` as a condition."""
        text = self.exact(term)
        return text[1:-1] if _enclosed(text) else text

    def exact(self, term: Term, width: int = 0) -> str:
        """Return `term` with the value that it has as a whole number, in any context.

        `width` is that of what a constant is put beside.
        """
        if isinstance(term, Number):
            return self._number(term.value, width)
        if isinstance(term, Signal):
            return term.name
        if term.op in _COMPARISONS:
            return self._comparison(term)
        if term.op in _LOGIC:
            one, other = (self.exact(arg, 1) for arg in term.args)
            return f"({one} {_LOGIC[term.op]} {other})"
        if term.op == "not":
            return f"!{self.exact(term.args[0], 1)}"
        if term.op in _NAMES:
            return self._wire(term)
        return self._plain(term, width)

    def _number(self, value: int, width: int) -> str:
        if value < 0:
            return f"(-{max(width, bits_of((value, 0)))}'sd{-value})"
        width = max(width, 1, value.bit_length())
        return f"{width}'b{value}" if width == 1 else f"{width}'d{value}"

    def _comparison(self, term: Apply) -> str:
        left, right = term.args
        flag = isinstance(right, Number) and right.value in (0, 1) and self._is_bit(left)
        if isinstance(right, Number) and flag and term.op in ("eq", "ne"):
            positive = bool(right.value) == (term.op == "eq")
            text = self.exact(left)
            return text if positive else f"!{text}"
        one, other = self._alike(left, right)
        return f"({one} {_COMPARISONS[term.op]} {other})"

    def _is_bit(self, term: Term) -> bool:
        return bounds(term, self.words) == (0, 1) and not isinstance(term, Number)

    def _alike(self, *terms: Term) -> list[str]:
        """Return terms side by side: all signed if one may be negative."""
        limits = [bounds(term, self.words) for term in terms]
        width = max(map(bits_of, limits))
        if all(low >= 0 for low, _ in limits):
            return [self.exact(term, width) for term in terms]
        return [self._signed(term, width) for term in terms]

    def _signed(self, term: Term, width: int) -> str:
        low, high = bounds(term, self.words)
        if isinstance(term, Number):
            size = max(width, bits_of((min(low, -1), high)))
            return f"{size}'sd{high}" if high >= 0 else f"(-{size}'sd{-low})"
        if low < 0:
            return self.exact(term, width)
        return f"$signed({{1'b0, {self.exact(term)}}})"

    def _wire(self, term: Apply) -> str:
        """Return the name of a wire that holds `term` whole."""
        if term in self._wires:
            return self._wires[term]
        limits = bounds(term, self.words)
        width, signed = bits_of(limits), limits[0] < 0
        if term.op == "ones":
            text = self._ones(term.args[0])
        elif term.op in ("length", "lowest"):
            text = self._place(term, width)
        elif term.op == "abs":
            inner = self._named(term.args[0])
            negative = bounds(term.args[0], self.words)[0] < 0
            text = f"({inner} < 0) ? -{inner} : {inner}" if negative else inner
        else:
            one, other = self._alike(*term.args)
            text = f"{one} {_SYMBOLS[term.op]} {other}"
        taken = [*self.words, *self._wires.values()]
        name = fresh(_NAMES[term.op], self.interface, taken)
        kind = ("wire signed" if signed else "wire") + (f" [{width - 1}:0]" if width > 1 else "")
        self.lines += [line.rstrip() for line in f"{kind} {name} = {text};".split("\n")]
        self._wires[term] = name
        return name

    def _ones(self, term: Term) -> str:
        text, width = self._named(term), bits_of(bounds(term, self.words))
        return " + ".join(f"{text}[{i}]" for i in range(width)) if width > 1 else text

    def _place(self, term: Apply, width: int) -> str:
        """Return a chain of choices that finds the first 1 from above or below."""
        self._check_positive(term)
        text, whole = self._named(term.args[0]), bits_of(bounds(term.args[0], self.words))
        top = term.op == "length"
        places = range(whole - 1, -1, -1) if top else range(1, whole)
        if not top and whole == 1:
            return "1'b0"
        if whole == 1:
            return text
        lines = [f"    {text}[{i}] ? {width}'d{i + top} :" for i in places]
        if not top:
            lines.insert(0, f"    {text}[0] ? {width}'d0 :")
        return "\n" + "\n".join(lines) + f"\n    {width}'d0"

    def _check_positive(self, term: Apply) -> None:
        if bounds(term.args[0], self.words)[0] < 0:
            raise ValueError(f"cannot be written as Verilog: {term.op} of what may be negative")

    def _named(self, term: Term) -> str:
        """Return a name whose bits can be selected."""
        if isinstance(term, Signal):
            return term.name
        if isinstance(term, Apply) and term.op in _NAMES:
            return self._wire(term)
        if term not in self._wires:
            limits = bounds(term, self.words)
            text = self.exact(term)
            name = fresh("value", self.interface, [*self.words, *self._wires.values()])
            kind = "wire signed" if limits[0] < 0 else "wire"
            self.lines.append(f"{kind} [{bits_of(limits) - 1}:0] {name} = {text};")
            self._wires[term] = name
        return self._wires[term]

    def _plain(self, term: Apply, width: int) -> str:
        args = term.args
        if term.op in _BITWISE:
            one, other = self._alike(*args)
            return f"({one} {_BITWISE[term.op]} {other})"
        if term.op in ("div", "mod"):
            self._check_positive(term)
            one, other = self._alike(*args)
            return f"({one} {'/' if term.op == 'div' else '%'} {other})"
        if term.op in ("min", "max"):
            one, other = self._alike(*args)
            return f"(({one} {'<' if term.op == 'min' else '>'} {other}) ? {one} : {other})"
        if term.op == "choose":
            one, other = self._alike(*args[1:])
            return f"({self.exact(args[0], 1)} ? {one} : {other})"
        return self._selected(term, width)

    def _selected(self, term: Apply, width: int) -> str:
        args = term.args
        text = self._named(args[0])
        whole = bits_of(bounds(args[0], self.words))
        numbers = [arg.value for arg in args[1:] if isinstance(arg, Number)]
        if term.op in ("half", "shr"):
            by = numbers[0] if numbers else 1
            signed = bounds(args[0], self.words)[0] < 0
            return f"({text} >>> {by})" if signed else f"({text} >> {by})"
        if term.op == "parity":
            return f"(^{text})"
        if term.op == "invert":
            return f"~{text}" if whole == numbers[0] else f"~{{{numbers[0] - whole}'d0, {text}}}"
        if term.op == "bit":
            return text if whole == 1 else f"{text}[{numbers[0]}]"
        if term.op == "slice":
            return f"{text}[{numbers[0]}:{numbers[1]}]"
        if term.op == "join":
            return f"{{{text}, {self.exact(args[1], numbers[-1])}}}"
        raise ValueError(f"cannot be written as Verilog: {term.op}")


def _enclosed(text: str) -> bool:
    """Whether the first parenthesis closes at the end."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1 and text.startswith("(")
    return False
