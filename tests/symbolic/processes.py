"""Combinational processes made at random, as nobody would write them."""

from __future__ import annotations

import random

_LEAVES = ("a", "b", "{a, b}", "a[0]", "b[2:1]", "y", "s", "{2{a[1]}}", "3'd5", "12")
_OPERATORS = ("+", "-", "&", "|", "^", "*", "<", "==", ">=", "!=", "<<", ">>", "&&", "||", "~^")
_SELECTORS = (("a", 3), ("b", 3), ("{a[0], b}", 4), ("s", 2), ("y", 4))
_CONDITIONS = ("a[0]", "a[1]", "b[2]", "s[0]", "(a == b)", "(a > 2)", "y[3]")


def process(seed: int) -> str:
    """Return a module `top` of two inputs `a`, `b` and two outputs `y`, `s`, none ever x."""
    make = _Maker(random.Random(seed))
    body = "\n".join(make.statement(3) for _ in range(3))
    return f"""
module top(input [2:0] a, input [2:0] b, output reg [3:0] y, output reg [1:0] s);
integer i;
always @* begin
y = {{b[0], a}};
s = b;
{body}
end
endmodule
"""


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def statement(self, depth: int) -> str:
        kind = self._rng.random()
        if depth == 0 or kind < 0.3:
            return self._assignment()
        if kind < 0.5:
            otherwise = f" else {self._block(depth)}" if self._rng.random() < 0.7 else ""
            return f"if ({self._expression(2)}) {self._block(depth)}{otherwise}"
        if kind < 0.92:
            return self._case(depth)
        step = f"y = y + {self._expression(1)};"
        return f"for (i = 0; i < 3; i = i + 1) begin if (a[i]) {step} else s[0] = s[0] ^ b[i]; end"

    def _block(self, depth: int) -> str:
        count = self._rng.randint(1, 2)
        return f"begin {' '.join(self.statement(depth - 1) for _ in range(count))} end"

    def _assignment(self) -> str:
        target = self._rng.choice(("y", "y[1:0]", "y[2]", "s", "{s, y}", "y[b[1:0]]"))
        return f"{target} = {self._expression(2)};"

    def _expression(self, depth: int) -> str:
        kind = self._rng.random()
        if depth == 0 or kind < 0.35:
            return self._rng.choice(_LEAVES)
        left, right = self._expression(depth - 1), self._expression(depth - 1)
        if kind < 0.8:
            return f"({left} {self._rng.choice(_OPERATORS)} {right})"
        if kind < 0.9:
            return f"({self._rng.choice('~!-&|^')}{left})"
        return f"({self._rng.choice(_LEAVES)} ? {left} : {right})"

    def _case(self, depth: int) -> str:
        one = self._rng.random() < 0.15
        selector, width = ("1'b1", 0) if one else self._rng.choice(_SELECTORS)
        kind = self._rng.choice(("case", "casez", "casez"))
        items = []
        for _ in range(self._rng.randint(1, 5)):
            patterns = [self._pattern(kind, width) for _ in range(self._rng.choice((1, 1, 2)))]
            items.append(f"{', '.join(patterns)}: {self._block(depth)}")
        if self._rng.random() < 0.7:
            items.insert(self._rng.randint(0, len(items)), f"default: {self._block(depth)}")
        return f"{kind} ({selector}) {' '.join(items)} endcase"

    def _pattern(self, kind: str, width: int) -> str:
        if width == 0:
            return self._rng.choice(_CONDITIONS)
        if kind == "case" or self._rng.random() < 0.1:
            return self._rng.choice((f"{width}'d{self._rng.randrange(1 << width)}", "a", "2'd1"))
        return f"{width}'b{''.join(self._rng.choice('01?') for _ in range(width))}"
