"""The way by small changes: one rule at a time on the text as it is, and nothing else.

What nothing depends on goes, and registers with bits that never change or that nothing
reads are declared narrower. A search over all rules comes to that too, among much else
that makes the text another.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from sim.design import Design
from sim.errors import InvalidDesign
from symbolic.dataflow.edit import NotRewritable, rewritten_design
from symbolic.dataflow.edit_guard import guard
from symbolic.dataflow.edit_text import Edits, indented, words
from symbolic.dataflow.evaluate import simulate
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.source_map import ItemKind, Signal, SourceMap
from symbolic.optimize_stage import Context, Draft, Stage
from symbolic.ppa import Ppa
from symbolic.rules import constant_registers, dead_code, equal_registers, unread_register_bits
from symbolic.rules.rule import Rule

_ALONE = (dead_code.RULE, equal_registers.RULE)
_NARROWING = (constant_registers.RULE, unread_register_bits.RULE)
_RANGE = re.compile(r"\[\s*(\d+)\s*:\s*0\s*\]")
_KINDS = (
    ItemKind.ASSIGN,
    ItemKind.COMBINATIONAL,
    ItemKind.CLOCKED,
    ItemKind.INITIAL,
    ItemKind.SIGNALS,
)
"""Items that may mention a register whose width changes."""
_CYCLES = 300
_RUN = 100
"""Cycles from one reset to the next."""


def small_drafts(stage: Stage, context: Context) -> list[Draft]:
    """Return small changes on top of each other, those that make the design better."""
    if stage.module.assumed or not stage.module.registers:
        return []
    drafts: list[Draft] = []
    latest = stage
    makers = [partial(_alone, rule) for rule in _ALONE]
    makers += [partial(_narrowed, rule) for rule in _NARROWING]
    for make in makers:
        if not context.left:
            break
        draft = make(latest, context)
        if draft is None or draft.key in context.banned:
            continue
        module = context.read(draft.after)
        if isinstance(module, Dataflow) and context.better(draft, latest):
            drafts.append(draft)
            latest = Stage(design=draft.after, module=module, measured=draft.measured)
    return drafts


def _alone(rule: Rule, stage: Stage, context: Context) -> Draft | None:
    """Return the first proposal of a rule, if registers go and everything else stays."""
    found = next(iter(rule.apply(stage.module)), None)
    if found is None or len(found.module.registers) == len(stage.module.registers):
        return None
    try:
        source = context.source(stage.design)
        after = rewritten_design(stage.design, stage.module, found.module, source=source)
    except (InvalidDesign, NotRewritable):
        return None
    return _draft(rule, found.what, stage, after, context)


def _narrowed(rule: Rule, stage: Stage, context: Context) -> Draft | None:
    """Return the design with narrower registers, as far as a rule says that they can be."""
    try:
        source = context.source(stage.design)
    except InvalidDesign:
        return None
    text = stage.design.sources[source.file]
    widths = _narrower(rule, stage.module, source, text)
    changed = _declared(source, text, widths, stage.module) if widths else text
    if changed == text:
        return None
    after = replace(stage.design, sources={**stage.design.sources, source.file: changed})
    module = context.read(after)
    if not isinstance(module, Dataflow) or not _looks_equal(stage.module, module):
        return None
    said = ", ".join(
        f"`{name}` from {source.signals[name].width} bits to {width}"
        for name, width in widths.items()
    )
    return _draft(rule, f"declared narrower: {said}", stage, after, context)


def _draft(rule: Rule, what: str, stage: Stage, after: Design, context: Context) -> Draft | None:
    [measured] = context.meter.measured([after], seconds=max(1.0, context.left))
    if not isinstance(measured, Ppa):
        return None
    return Draft(
        name=rule.name, what=what, before=stage.design, after=after, measured=measured, rule=rule
    )


def _narrower(rule: Rule, module: Dataflow, source: SourceMap, text: str) -> dict[str, int]:
    """Return registers whose upper bits a rule takes out, with the width that is left.

    With a register goes the variable that it gets its next value from, and what is
    declared together has one width.
    """
    widths: dict[str, int] = {}
    for rewriting in rule.apply(module):
        for name, register in module.registers.items():
            now = rewriting.module.registers.get(name)
            if now is None or not 1 < now.width < register.width:
                continue
            for one in (name, *_followed(name, text)):
                signal = source.signals.get(one)
                if signal is None or signal.width != register.width:
                    continue
                if _is_plain(signal, source, text):
                    widths[one] = now.width
    together: dict[int | None, set[int | None]] = {}
    for signal in source.signals.values():
        together.setdefault(signal.item, set()).add(widths.get(signal.name))
    return {n: w for n, w in widths.items() if len(together[source.signals[n].item]) == 1}


def _followed(register: str, text: str) -> Iterator[str]:
    """Yield the variables whose whole values a register gets: `next_count` of `count`."""
    pattern = rf"\b{re.escape(register)}\s*<=\s*([A-Za-z_][\w$]*)\s*;"
    yield from dict.fromkeys(found[1] for found in re.finditer(pattern, text))


def _is_plain(signal: Signal, source: SourceMap, text: str) -> bool:
    """Whether a signal's range can be another without further changes."""
    if signal.words or signal.signed or signal.direction or signal.lsb != 0:
        return False
    if signal.keyword_span is None or signal.item is None or source.items[signal.item].opaque:
        return False
    if len(_RANGE.findall(text[signal.keyword_span.end : signal.span.start])) != 1:
        return False
    # The width counts in concatenations, and bits are not there any more.
    counted = re.compile(rf"\{{[^{{}};]*\b{re.escape(signal.name)}\b|\b{signal.name}\s*\[")
    return all(
        number == signal.item
        or signal.name not in words(text[item.span.start : item.span.end])
        or (
            item.kind in _KINDS
            and not item.opaque
            and not counted.search(text[item.span.start : item.span.end])
        )
        for number, item in enumerate(source.items)
    )


def _declared(source: SourceMap, text: str, widths: dict[str, int], module: Dataflow) -> str:
    """Return the text with narrower registers, and constants beside them as wide as they are."""
    edits = Edits(text)
    touched: set[int] = set()
    declared: set[int | None] = set()
    for name, width in widths.items():
        signal = source.signals[name]
        if signal.item not in declared and signal.keyword_span is not None:
            declared.add(signal.item)
            [found] = _RANGE.finditer(text, signal.keyword_span.end, signal.span.start)
            edits.replace(*found.span(), f"[{width - 1}:0]")
        for number, item in enumerate(source.items):
            span = item.span
            if number == signal.item or name not in words(text[span.start : span.end]):
                continue
            touched.add(number)
            for start, end, new in _constants(text, span.start, span.end, signal, width):
                edits.replace(start, end, new)
    lines = guard(source, module, text, touched, " ".join(widths))
    if lines:
        base = edits.indentation(source.items[-1].span.start)
        end = source.end
        edits.replace(
            end, end, indented(["", "", *lines], base, edits.step).removeprefix("\n") + "\n"
        )
    return edits.result()


def _constants(
    text: str, start: int, end: int, signal: Signal, width: int
) -> Iterator[tuple[int, int, str]]:
    """Yield constants as wide as a register was, beside it, with what they become."""
    constant = rf"(?<![\w']){signal.width}\s*'\s*([bdhBDH])\s*([0-9a-fA-F_]+)(?![\w?])"
    operator = r"\s*(?:<=|>=|==|!=|<|>|\+|-|=)\s*"
    name = rf"\b{re.escape(signal.name)}\b"
    for pattern in (rf"{name}{operator}({constant})", rf"({constant}){operator}{name}"):
        for found in re.compile(pattern).finditer(text, start, end):
            base, digits = found[2].lower(), found[3].replace("_", "")
            try:
                value = int(digits, {"b": 2, "d": 10, "h": 16}[base])
            except ValueError:
                # Only a comment can say that.
                continue
            if value < 1 << width:
                bits = width if len(digits) == signal.width else 1
                shown = {"b": f"{value:0{bits}b}", "d": str(value), "h": f"{value:x}"}[base]
                yield found.start(1), found.end(1), f"{width}'{base}{shown}"


def _looks_equal(before: Dataflow, after: Dataflow) -> bool:
    """Whether nothing speaks against two modules being equal, before much is spent on a proof."""
    chance = random.Random(0)  # noqa: S311 - stimulus
    ports = before.interface.inputs
    cycles = [{p.name: chance.getrandbits(p.width) for p in ports} for _ in range(_CYCLES)]
    for reset in before.interface.resets:
        for number, cycle in enumerate(cycles):
            is_active = number % _RUN < 2
            cycle[reset.port] = int(is_active != reset.active_low)
    return simulate(before, cycles) == simulate(after, cycles)
