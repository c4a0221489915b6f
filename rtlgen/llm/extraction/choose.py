"""Which of the modules in an answer make up the design."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rtlgen.llm.extraction.body import declares, has_statements, without_prose, without_stub
from rtlgen.llm.extraction.fences import Block, blocks
from rtlgen.llm.extraction.language import no_code, other_language
from rtlgen.llm.extraction.result import MAX_CHARACTERS, Extraction, nothing
from rtlgen.llm.extraction.scan import Module, Scan, balanced, port_names, scan, tokens, words
from rtlgen.llm.extraction.unit import unit_items
from rtlgen.llm.extraction.unwrap import Area, areas, clean, without_line_numbers

_LISTED = 5
_UNNAMED = re.compile(r"\bmodule\s*+\((?=\s*+(?:input|output|inout)\b)")
_BENCH = re.compile(r"\$(?:finish|stop|dumpfile|dumpvars|monitor|display)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """One way to read an area: its fenced blocks one by one, all of them as one, or all text."""

    scans: tuple[Scan, ...]
    texts: tuple[str, ...]
    how: tuple[str, ...] = ()
    fenced: bool = True

    @property
    def modules(self) -> list[Module]:
        return [module for scan in self.scans for module in scan.modules]

    @property
    def items(self) -> tuple[str, ...]:
        return unit_items(piece for scan in self.scans for piece in scan.between)


def extract(text: str, *, top: str, header: str | None = None, rename: bool = True) -> Extraction:
    """Return the Verilog in a model's answer `text`: module `top` and the modules it needs.

    `header` is the header of `top`, `module` to `;`; with it an answer that holds
    only a body becomes a module. With `rename` a single module under another name
    is given the name `top`; `Extraction.how` says so.
    """
    if len(text) > MAX_CHARACTERS:
        why = f"an answer may have {MAX_CHARACTERS} characters, not {len(text)}"
        return nothing(why, truncated=True)
    text = clean(text)
    wanted = _Wanted(top=top, header=header if header and header.strip() else None, rename=rename)
    found = [(area, list(_views(area.text))) for area in (_named(a, wanted) for a in areas(text))]
    for attempt in (_whole_top, _from_body, _renamed, _partial_top, _empty_top):
        for area, views in found:
            for view in views:
                if extraction := attempt(wanted, area, view):
                    return _finished(extraction, area, view)
    return _nothing(wanted, text, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    top: str
    header: str | None
    rename: bool


def _finished(extraction: Extraction, area: Area, view: _View) -> Extraction:
    return replace(
        extraction,
        how=(*area.how, *view.how, *extraction.how),
        truncated=extraction.truncated or area.open,
    )


def _named(area: Area, wanted: _Wanted) -> Area:
    """Give a module that has ports and no name the name that is wanted."""
    text = _UNNAMED.sub(f"module {wanted.top} (", area.text) if wanted.rename else area.text
    if text == area.text:
        return area
    return replace(area, text=text, how=(*area.how, f"module without a name called {wanted.top}"))


def _views(text: str) -> Iterator[_View]:
    """Yield the ways to read `text`, the likeliest first."""
    fenced, around = blocks(text)
    fenced = [_without_numbers(block) for block in fenced if block.text.strip()]
    kept = [b for b in fenced if not b.foreign or re.search(r"\bendmodule\b", b.text)]
    if kept:
        scans = tuple(scan(block.text, number=i) for i, block in enumerate(kept))
        texts = tuple(block.text for block in kept)
        yield _View(scans=scans, texts=texts, how=_block_facts(kept))
    if len(kept) > 1:
        joined = "\n".join(block.text for block in kept)
        how = (f"{len(kept)} blocks as one text",)
        yield _View(scans=(scan(joined),), texts=(joined,), how=how)
    if around.strip():
        bare = "\n".join([around, *(b.text for b in kept)]) if not kept else around
        yield _View(scans=(scan(bare),), texts=(bare,), fenced=False)


def _without_numbers(block: Block) -> Block:
    bare = without_line_numbers(block.text)
    return block if bare is None else replace(block, text=bare)


def _block_facts(kept: Sequence[Block]) -> tuple[str, ...]:
    fact = "fenced block" if len(kept) == 1 else f"{len(kept)} fenced blocks"
    return (fact,) if kept[-1].closed else (fact, "fence never closed")


def _whole_top(wanted: _Wanted, area: Area, view: _View) -> Extraction | None:
    """Take the last whole module called `top` that does something."""
    tops = [m for m in view.modules if m.name == wanted.top]
    whole = [m for m in tops if m.whole and m.behaves]
    if not whole:
        return None
    facts = []
    if any(not m.closed and not m.behaves for m in tops):
        facts.append("header repeated: one removed")
    if len(whole) > 1:
        facts.append(f"one of {len(whole)} versions")
    return _assembled(view, whole[-1], facts)


def _partial_top(wanted: _Wanted, area: Area, view: _View) -> Extraction | None:
    """Take a module called `top` that breaks off, so that a repair can see it."""
    tops = [m for m in view.modules if m.name == wanted.top and m.behaves]
    if not tops or area.thought:
        return None
    return replace(_assembled(view, tops[-1], []), truncated=True)


def _empty_top(wanted: _Wanted, area: Area, view: _View) -> Extraction | None:
    """Take a module called `top` that ends and does nothing: it is what the answer says."""
    tops = [m for m in view.modules if m.name == wanted.top and m.closed]
    return None if area.thought or not tops else _assembled(view, tops[-1], ["no behavior"])


def _renamed(wanted: _Wanted, area: Area, view: _View) -> Extraction | None:
    """Take the only module that can be meant, where it has another name."""
    if not wanted.rename or area.thought or any(m.name == wanted.top for m in view.modules):
        return None
    candidates = _roots([m for m in view.modules if m.whole and m.behaves])
    if wanted.header is not None:
        ports = port_names(wanted.header)
        candidates = [m for m in candidates if ports <= set(words(m.text))]
    if len(candidates) != 1:
        return None
    (module,) = candidates
    fact = f"module {module.name} renamed to {wanted.top}"
    extraction = _assembled(view, module, [fact])
    if extraction.sources is None:
        return None
    return replace(extraction, sources=_with_name(extraction.sources, module.name, to=wanted.top))


def _roots(modules: Sequence[Module]) -> list[Module]:
    """Return the last version of each module that no other one uses; testbenches are none."""
    latest = {module.name: module for module in modules if not _is_bench(module)}
    used = {
        word
        for module in latest.values()
        for word in words(module.text[module.body :])
        if word != module.name
    }
    return [module for name, module in latest.items() if name not in used]


def _is_bench(module: Module) -> bool:
    """Whether a module has no ports and prints or ends the simulation."""
    ports = module.text[: module.body].partition("(")[2].strip(" \t\n();")
    return not ports and _BENCH.search(module.text) is not None


def _with_name(text: str, name: str, *, to: str) -> str:
    """Give module `name` the name `to` where it is defined, labeled and instantiated."""
    found = rf"(?<![\w$.`\\]){re.escape(name)}(?![\w$])"
    defined = rf"((?:\b(?:macro)?module|\bendmodule\s*+:)\s++(?:(?:automatic|static)\s++)?){found}"
    text = re.sub(rf"(endmodule\s*+:\s*+){found}", rf"\g<1>{to}", text)
    text = re.sub(defined, rf"\g<1>{to}", text)
    return re.sub(rf"{found}(?=\s++[A-Za-z_][\w$]*+\s*+\(|\s*+\#\s*+\()", to, text)


def _assembled(view: _View, top: Module, facts: Sequence[str]) -> Extraction:
    """Put `top` and what it needs together, in the order in which they stand."""
    how = list(facts)
    modules = sorted(_needed(view.modules, top), key=lambda module: module.place)
    left_out = {m.name for m in view.modules} - {m.name for m in modules}
    if left_out:
        how.append(f"left out: {_listed(sorted(left_out))}")
    if any(not m.closed for m in modules):
        how.append("endmodule added")
    if any(m.nested for m in modules):
        how.append("modules inside of modules moved out")
    text = _joined([*view.items, *(m.ended for m in modules)])
    return Extraction(
        sources=_intact(text, view.texts, top.place[0]),
        how=tuple(how),
        truncated=not top.closed and top is view.modules[-1],
    )


def _intact(text: str, originals: Sequence[str], number: int) -> str:
    """Return the original, comments included, where it says just what `text` says."""
    original = originals[number].strip() + "\n"
    return original if tokens(original) == tokens(text) else text


def _needed(modules: Sequence[Module], top: Module) -> Iterator[Module]:
    """Yield `top` and the modules it uses, each in the version that belongs to it."""
    versions: dict[str, list[Module]] = {}
    for module in modules:
        versions.setdefault(module.name, []).append(module)
    chosen = {top.name: top}
    waiting = [top]
    while waiting:
        module = waiting.pop()
        yield module
        for word in words(module.text[module.body :]):
            if word in versions and word not in chosen:
                chosen[word] = _version(versions[word], top)
                waiting.append(chosen[word])


def _version(versions: Sequence[Module], top: Module) -> Module:
    """Return the last good version, one in the text of `top` before any other."""
    return max(versions, key=lambda m: (m.whole, m.place[0] == top.place[0], m.behaves, m.place))


def _from_body(wanted: _Wanted, area: Area, view: _View) -> Extraction | None:
    """Put the header in front of a body that has none."""
    if wanted.header is None or area.thought or any(m.name == wanted.top for m in view.modules):
        return None
    found = _body(view)
    if found is None:
        return None
    body, ended = without_stub(found[0]), found[1]
    how = ["body only: header put in front", *([] if ended else ["endmodule added"])]
    head = Module(
        name=wanted.top,
        text=f"{wanted.header.rstrip()}\n{body.strip(chr(10)).rstrip()}\nendmodule",
        body=len(wanted.header),
        closed=True,
        place=(-1, 0),
    )
    needed = sorted(_needed(view.modules, head), key=lambda module: module.place)
    text = _joined(m.ended for m in needed)
    truncated = not ended and not balanced(body)
    return Extraction(sources=text, how=tuple(how), truncated=truncated)


def _body(view: _View) -> tuple[str, bool] | None:
    """Return the body in a view, and whether an `endmodule` ends it."""
    ended = [body for scan in view.scans for body in scan.bodies]
    bare = ended if view.fenced else [without_prose(body) for body in ended]
    acting = [body for body in bare if has_statements(body)]
    if acting:
        return (acting[-1] if view.fenced else acting[0]), True
    rests = [scan.rest for scan in view.scans]
    bare = rests if view.fenced else [without_prose(rest) for rest in rests]
    acting = [rest for rest in bare if has_statements(rest)]
    if not acting or _roots([m for m in view.modules if m.whole and m.behaves]):
        return None
    return "\n".join(acting), False


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text.strip("\n") for text in texts) + "\n"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _nothing(
    wanted: _Wanted, text: str, found: Sequence[tuple[Area, Sequence[_View]]]
) -> Extraction:
    truncated = any(area.open for area, _ in found)
    modules = [m for _, views in found for view in views for m in view.modules]
    return nothing(_why_not(wanted, text, modules, found), truncated=truncated)


def _why_not(
    wanted: _Wanted,
    text: str,
    modules: Sequence[Module],
    found: Sequence[tuple[Area, Sequence[_View]]],
) -> str:
    if any(m.name == wanted.top for m in modules):
        return f"the answer holds only the header of module {wanted.top}, no body"
    names = list(dict.fromkeys(m.name for m in modules))
    if names:
        count = f"{len(names)} modules" if len(names) > 1 else "one module"
        return f"no module is called {wanted.top}; the answer has {count}: {_listed(names)}"
    answer = "\n".join(area.text for area, _ in found if not area.thought)
    if language := other_language(answer):
        return f"the answer is {language}, not Verilog"
    scans = [scan for _, views in found for view in views for scan in view.scans]
    if any(has_statements(piece) for scan in scans for piece in scan.between):
        return f"the answer holds only a module's body, and the header of {wanted.top} is not known"
    if any(declares(piece) for scan in scans for piece in scan.between):
        return "the answer holds declarations and nothing that acts"
    if any(scan.bodies for scan in scans):
        return "the answer ends a module that has no body"
    if found and not answer.strip():
        return "the answer is nothing but reasoning, and that holds no whole module"
    return no_code(answer)
