"""What the gate refuses by the tokens alone; see `sim.gate`.

The tokens are those of the canonical text, after macros and conditional
compilation, so that nothing can hide from these rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pyslang.parsing import TokenKind
from pyslang.syntax import SyntaxKind

from sim.canonical import Stray, Word
from sim.refusal import Refusal

RESERVED_PREFIX = "rtlgen_"
"""What a bench calls its own; no design may use such a name for anything."""


def _with_bases(*names: str) -> set[str]:
    return {name + base for name in names for base in ("", "b", "h", "o")}


SYSTEM_NAMES: frozenset[str] = frozenset(
    # Values and types.
    {"$signed", "$unsigned", "$clog2", "$bits", "$size", "$left", "$right", "$high", "$low"}
    | {"$increment", "$dimensions", "$unpacked_dimensions", "$typename", "$cast", "$isunbounded"}
    | {"$countones", "$countbits", "$onehot", "$onehot0", "$isunknown"}
    | {"$rtoi", "$itor", "$realtobits", "$bitstoreal", "$shortrealtobits", "$bitstoshortreal"}
    | {"$ln", "$log10", "$exp", "$sqrt", "$pow", "$floor", "$ceil", "$hypot", "$min", "$max"}
    | {"$abs", "$sin", "$cos", "$tan", "$asin", "$acos", "$atan", "$atan2", "$sinh", "$cosh"}
    | {"$tanh", "$asinh", "$acosh", "$atanh"}
    # Time and chance.
    | {"$time", "$stime", "$realtime", "$timeformat"}
    | {"$random", "$urandom", "$urandom_range", "$dist_uniform", "$dist_normal"}
    | {"$dist_exponential", "$dist_poisson", "$dist_chi_square", "$dist_t", "$dist_erlang"}
    # Printing, which nobody reads.
    | _with_bases("$display", "$write", "$strobe", "$monitor", "$swrite")
    | {"$monitoron", "$monitoroff", "$sformat", "$sformatf", "$psprintf", "$sscanf"}
    | {"$error", "$warning", "$info"}
    # Sampled values in assertions.
    | {"$past", "$rose", "$fell", "$stable", "$changed", "$sampled"}
    # Memory images that came with the design; `sim.gate_elaborated` checks the file.
    | {"$readmemb", "$readmemh"}
    # Timing checks in specify blocks.
    | {"$setup", "$hold", "$setuphold", "$recovery", "$removal", "$recrem", "$skew"}
    | {"$timeskew", "$fullskew", "$period", "$width", "$nochange"}
)
"""System tasks and functions that a design may call."""

_DEFINING = {
    TokenKind.ModuleKeyword,
    TokenKind.MacromoduleKeyword,
    TokenKind.InterfaceKeyword,
    TokenKind.ProgramKeyword,
    TokenKind.CheckerKeyword,
    TokenKind.PrimitiveKeyword,
}
_LIFETIMES = {TokenKind.AutomaticKeyword, TokenKind.StaticKeyword}
_BEFORE_A_TYPE = {TokenKind.VirtualKeyword, TokenKind.OpenParenthesis, TokenKind.Comma}
_ENDING = {"$finish", "$stop", "$exit", "$fatal"}
_BANNED: Mapping[TokenKind, tuple[str, str]] = {
    TokenKind.ForceKeyword: ("force", "`force` overrides what others drive"),
    TokenKind.ReleaseKeyword: ("force", "`release` undoes what others force"),
    TokenKind.BindKeyword: ("bind", "`bind` puts instances into other modules"),
    TokenKind.AliasKeyword: ("drives-input", "`alias` drives both nets, inputs included"),
    TokenKind.ProgramKeyword: ("program", "a `program` ends the simulation when it ends"),
    TokenKind.FinalKeyword: ("final-block", "`final` runs after the checks; no hardware needs it"),
    TokenKind.ConfigKeyword: ("configuration", "`config` replaces modules"),
    TokenKind.LibraryKeyword: ("configuration", "`library` names files"),
    TokenKind.IncludeKeyword: ("configuration", "`include` without a backtick names files"),
    TokenKind.ExternKeyword: ("extern", "`extern` declares what is defined elsewhere"),
    TokenKind.RootSystemName: ("hierarchy", "$root leads out of the design"),
    TokenKind.UnitSystemName: ("hierarchy", "$unit leads out of the module"),
}
_UNSAFE_ESCAPED = re.compile(r'["\\`]|//|/\*|\*/|[^!-~]')


def token_refusals(words: Iterable[Word]) -> Iterator[Refusal]:
    """Yield what the tokens of canonical text show."""
    before: TokenKind | SyntaxKind = TokenKind.Unknown
    for word in words:
        found = _refusal(word, before)
        if found is not None:
            rule, message = found
            yield Refusal(rule=rule, file=word.file, line=word.line, message=message)
        before = word.kind


def defined_names(words: Iterable[Word]) -> Iterator[Word]:
    """Yield the name in each definition of a module or primitive, at whatever depth."""
    before: TokenKind | SyntaxKind = TokenKind.Unknown
    waits = False
    for word in words:
        if word.directive or (waits and word.kind in _LIFETIMES):
            continue
        if waits and word.kind is TokenKind.Identifier:
            yield word
        # An interface is also the type of a port or of a variable.
        named = word.kind is TokenKind.InterfaceKeyword and before in _BEFORE_A_TYPE
        before, waits = word.kind, word.kind in _DEFINING and not named


def shadow_refusals(words: Sequence[Word], taken: Collection[str]) -> Iterator[Refusal]:
    """Yield definitions that simulators may pass over in favor of another of that name.

    By the standard a module in a module hides those outside, and a primitive is an error
    beside a module of its name. Icarus instantiates the outermost module in both cases,
    which may be the reference, or one that nobody has looked at.

    Args:
        words: The canonical text.
        taken: Names of modules around the design.
    """
    names = [(word, word.text.removeprefix("\\")) for word in defined_names(words)]
    counts = Counter(name for _, name in names)
    for word, name in names:
        if name in taken or counts[name] > 1:
            what = "the testbench's" if name in taken else "defined elsewhere too"
            message = f"module {name!r} is {what}; a design may not define it"
            yield Refusal(rule="name-clash", file=word.file, line=word.line, message=message)


def _refusal(word: Word, before: TokenKind | SyntaxKind) -> tuple[str, str] | None:
    if isinstance(word.kind, TokenKind) and word.kind in _BANNED:
        return _BANNED[word.kind]
    if word.kind is TokenKind.SystemIdentifier:
        return _system(word.text)
    if word.kind is TokenKind.Identifier:
        return _identifier(word.text)
    if word.kind is TokenKind.StringLiteral and before in (
        TokenKind.ImportKeyword,
        TokenKind.ExportKeyword,
    ):
        return "dpi", "DPI calls code outside the simulator"
    return None


def _system(name: str) -> tuple[str, str] | None:
    if name in _ENDING:
        return "ends-simulation", f"a design may not end or stop the simulation ({name})"
    if name not in SYSTEM_NAMES:
        return "system-task", f"a design may not call {name}"
    return None


def _identifier(text: str) -> tuple[str, str] | None:
    if text.startswith("\\") and _UNSAFE_ESCAPED.search(text, 1):
        return "identifier", f"an escaped identifier may not have quotes or comments: {text!r}"
    if text.startswith("\\$"):
        # Icarus calls the system task of that name.
        return "system-task", f"no identifier may begin like a system task: {text}"
    if text.lstrip("\\").lower().startswith(RESERVED_PREFIX):
        return "reserved-name", f"names that begin with {RESERVED_PREFIX} are the bench's: {text}"
    return None


def stray_refusals(strays: Iterable[Stray]) -> Iterator[Refusal]:
    """Yield the directives that have no place in a design."""
    for stray in strays:
        yield Refusal(
            rule="directive",
            file=stray.file,
            line=stray.line,
            message=f"a design may not use the directive {stray.what}",
        )
