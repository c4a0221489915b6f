"""What a module does, as tokens that its names, its ports' order and its layout do not change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rtlgen.data.normalize import abstract, hash64, tokens

_DECLARES = {"input", "output", "inout", "wire", "reg", "logic", "integer", "genvar"}
_SAME = {"always_ff": "always", "logic": "reg", "always_latch": "always"}
_ANY_CHANGE = (["@", "(", "*", ")"], ["@", "*"])


def body_tokens(verilog: str) -> list[str]:
    """Return the tokens of what is done: no headers, declarations, `begin` and `end`."""
    return list(_less_blocks(_less_declarations(tokens(verilog))))


def body_digest(of: Sequence[str]) -> int:
    """Return a 64-bit hash of body tokens that does not depend on names."""
    return hash64(" ".join(abstract(of)))


def _less_declarations(of: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(of):
        if of[at] == "module":
            at = _after(of, at, ";")
        elif of[at] in _DECLARES and _starts(of, at):
            end = _after(of, at, ";")
            if "=" in of[at:end]:
                yield from of[at:end]
            at = end
        else:
            yield of[at]
            at += 1


def _starts(of: Sequence[str], at: int) -> bool:
    """Return whether a statement starts at `at`."""
    return at == 0 or of[at - 1] in {";", "begin", "endcase", "end", "endfunction", "endmodule"}


def _after(of: Sequence[str], at: int, mark: str) -> int:
    try:
        return list.index(of, mark, at) + 1  # type: ignore[arg-type]
    except ValueError:
        return len(of)


def _less_blocks(of: Iterator[str]) -> Iterator[str]:
    """Leave out `begin`, `end` and labels; write what `always` waits for in one way."""
    found = list(of)
    at = 0
    while at < len(found):
        word = found[at]
        if word in {"begin", "end"}:
            at += 2 if at + 2 < len(found) and found[at + 1] == ":" else 0
        elif word == "always" and (waits := _waits_for_any(found, at + 1)):
            yield "always_comb"
            at += waits
        else:
            yield _SAME.get(word, word)
        at += 1


def _waits_for_any(of: Sequence[str], at: int) -> int:
    """Return how many tokens `@*` or `@(*)` takes at `at`; 0 where it is not there."""
    return next((len(way) for way in _ANY_CHANGE if of[at : at + len(way)] == way), 0)
