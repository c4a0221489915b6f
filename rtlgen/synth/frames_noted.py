"""Ways in which people write down for a colleague what they need, in Markdown."""

from __future__ import annotations

import re

from rtlgen.synth import phrases
from rtlgen.synth.header import data_outputs
from rtlgen.synth.phrases import capital, direction, listed
from rtlgen.synth.telling import Telling, bullets, noun, paragraphs, prose, title, with_article
from sim.interface import Port

_WORDS = frozenset(
    "reset clear clock enable select load in out data count result value sum carry next".split()  # noqa: SIM905 - a list of words
)
"""Names that a sentence has as words too."""


def _ticked(t: Telling, text: str) -> str:
    """Return `text` with the names of ports in backticks, but for those that may be words."""
    names = sorted(t.names - _WORDS, key=len, reverse=True)
    if not names:
        return text
    pattern = rf"(?<![\w`'.])({'|'.join(map(re.escape, names))})(?![\w`'])"
    return re.sub(pattern, r"`\1`", text)


def note(t: Telling) -> str:
    """What somebody writes down in Markdown for a colleague: a heading, prose, ports as a list."""
    ports = []
    for port in t.ports:
        role = phrases.role_of(t.drawn, port, t.chance)
        size = t.width(port) if port.width > 1 or t.chance.random() < 0.3 else ""
        kind = ", ".join(filter(None, (direction(port), size)))
        ports.append(f"`{port.name}` ({kind}){f': {role}' if role else ''}")
    lead = t.one_of(
        f"I need {noun(t)} called `{t.top}`.",
        f"Please write {noun(t)}. The module is called `{t.top}`.",
        f"We need a module `{t.top}`: {noun(t)}.",
        f"`{t.top}` is {noun(t)}.",
    )
    listing = bullets(ports, t.one_of("-", "*"))
    body = _ticked(t, prose(t))
    order = [f"{lead} {body}", listing] if t.chance.random() < 0.5 else [lead, listing, body]
    return paragraphs(f"# {capital(title(t), t.names)}", *order, t.words.fragment)


def ports_in_prose(t: Telling) -> str:
    """The same without a list: the ports are told in sentences, with their widths before them."""
    outputs = data_outputs(t.drawn)

    def named(port: Port) -> str:
        size = f"{port.width}-bit " if port.width > 1 else t.one_of("", "1-bit ")
        return f"{with_article(f'{size}{direction(port)}')} `{port.name}`"

    said = listed([named(p) for p in [p for p in t.ports if p not in outputs] + list(outputs)])
    lead = t.one_of("I need", "I'd like", "We want", "Write", "Please design")
    called = t.one_of(f"`{t.top}` block", f"module `{t.top}`", f"`{t.top}`")
    article = "" if called.startswith("`") and called.endswith("`") else "a "
    told_ports = t.one_of(f"It has {said}.", f"Its ports are {said}.")
    return paragraphs(
        t.one_of(f"# {capital(title(t), t.names)}", ""),
        f"{lead} {article}{called}, {noun(t)}. {told_ports}",
        _ticked(t, prose(t)),
        t.words.fragment,
    )
