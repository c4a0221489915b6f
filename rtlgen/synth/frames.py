"""Ways to tell a design: from a terse line to a letter.

Every frame says all that the family's words say, with clock and reset; most say
the ports too. `HELD_OUT` are never used for training, so that how well a model
takes words that it has not seen can be measured.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from rtlgen.synth import phrases
from rtlgen.synth.drawn import Drawn, Words
from rtlgen.synth.header import data_outputs
from rtlgen.synth.narration import narrated
from rtlgen.synth.phrases import capital, direction, listed
from sim.interface import Port


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told, and the chance that picks the words."""

    drawn: Drawn
    top: str
    header: str
    chance: random.Random

    def one_of(self, *alternatives: str) -> str:
        """Return one of several ways to say the same."""
        return self.chance.choice(alternatives)

    @property
    def words(self) -> Words:
        """The family's words."""
        return self.drawn.words

    @property
    def ports(self) -> tuple[Port, ...]:
        """All ports, clock and reset first."""
        return phrases.ports_of(self.drawn)

    @property
    def names(self) -> frozenset[str]:
        """Names of ports, which keep their first letter as it is; `a` may be an article."""
        return frozenset(port.name for port in self.ports) - {"a"}

    def sentence(self, text: str) -> str:
        """Return `text` as a sentence."""
        return phrases.sentence(text, self.names)

    @property
    def plain(self) -> str:
        """The family's paragraph, which is made of sentences."""
        return phrases.ended(self.words.plain)

    @property
    def points(self) -> list[str]:
        """The family's separate sentences."""
        return [phrases.ended(point) for point in self.words.points]

    def timing(self) -> list[str]:
        """Return sentences on clock and reset."""
        return phrases.clock_and_reset(self.drawn, self.chance)

    def width(self, port: Port) -> str:
        """Return a port's width in words."""
        return phrases.width_text(port, self.chance)


Frame = Callable[[Telling], str]


def told(telling: Telling, *, held_out: bool = False) -> tuple[str, str]:
    """Return the name of a frame, and the text in it; reserved frames only where `held_out`."""
    frames = HELD_OUT if held_out else FRAMES
    names = sorted(frames)
    [name] = telling.chance.choices(names, [_OFTEN.get(name, 1) for name in names])
    return name, tidy(frames[name](telling))


def tidy(text: str) -> str:
    """Return `text` without trailing spaces and with single blank lines."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept)


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _prose(t: Telling) -> str:
    """Return the full description with clock and reset before or after it."""
    timing, plain = t.timing(), t.plain
    parts = [*timing, plain] if t.chance.random() < 0.25 else [plain, *timing]
    return " ".join(parts)


def _listed_points(t: Telling) -> list[str]:
    return [*t.points, *t.timing()]


def _bullets(items: list[str], mark: str = "-") -> str:
    return "\n".join(f"{mark} {item}" for item in items)


def _port_bullet(t: Telling, port: Port) -> str:
    role = phrases.role_of(t.drawn, port, t.chance)
    width = f" ({t.width(port)})" if port.width > 1 else ""
    return f"{direction(port)} {port.name}{width}{f': {role}' if role else ''}"


def _title(t: Telling) -> str:
    return t.words.title


_BEFORE = re.compile(
    r"\s(?:with|for|of|on|in|that|from|to|which|as|by|and|whose|made|without|at|between|every|over|per)\s"
)
_CONSONANT = re.compile(r"(?:one|uni[^m]|uart|use|us[ae]|eu|u-)", re.I)
_VOWEL = re.compile(
    r"(?:[aeiou]|8|11\b|11-|18\b|18-|fsm|lfsr|lru|sr\b|xor|nand\b|nor\b|n-|s-)", re.I
)
_SOUNDS_LIKE_CONSONANT = re.compile(r"(?:nand|nor)\b", re.I)


def _an(noun: str) -> str:
    """Return a noun phrase with its article, unless it has one or is a plural."""
    first = noun.split(" ", 1)[0]
    head = _BEFORE.split(noun, maxsplit=1)[0]
    plural = head.endswith("s") and not head.endswith(("ss", "us"))
    if first.lower() in ("a", "an", "the") or plural or head.endswith(("logic", "control")):
        return noun
    vowel = _VOWEL.match(first) and not _CONSONANT.match(first)
    return f"{'an' if vowel and not _SOUNDS_LIKE_CONSONANT.match(first) else 'a'} {noun}"


def _inputs_outputs(t: Telling) -> tuple[str, str]:
    """Return inputs and outputs as lists in a sentence, with the widths of vectors."""
    outputs = data_outputs(t.drawn)
    given = [port for port in t.ports if port not in outputs]

    def named(port: Port) -> str:
        return f"{port.name} ({t.width(port)})" if port.width > 1 else port.name

    return listed([named(p) for p in given]), listed([named(p) for p in outputs])


def _port_sentence(t: Telling) -> str:
    given, got = _inputs_outputs(t)
    if not given:
        return t.one_of(f"The only port is the output {got}.", f"It has the output {got}.")
    one = len(data_outputs(t.drawn)) == 1
    said = f"the output is {got}" if one else f"the outputs are {got}"
    taken = "input is" if len(t.ports) - len(data_outputs(t.drawn)) == 1 else "inputs are"
    return t.one_of(
        f"The {taken} {given}; {said}.",
        f"Inputs: {given}. Outputs: {got}.",
        f"It takes {given} and drives {got}.",
        f"Ports: {given} in, {got} out.",
    )


def _short_timing(t: Telling) -> str:
    """Return clock and reset in as few words as possible."""
    timing = t.drawn.timing
    if timing is None:
        return ""
    edge = "posedge" if timing.rising else "negedge"
    parts = [f"{edge} {timing.clock}"]
    if timing.reset:
        how = "async" if timing.asynchronous else "sync"
        parts.append(f"{how} active-{'low' if timing.active_low else 'high'} {timing.reset}")
        if t.words.after_reset:
            parts.append(f"after reset {t.words.after_reset}")
    return "; ".join(parts)


# Frames for training


def _one_liner(t: Telling) -> str:
    short = _short_timing(t)
    line = t.one_of(t.sentence(t.words.terse), t.sentence(f"{_an(_title(t))}: {t.words.terse}"))
    return _paragraphs(line + (f" {capital(short, t.names)}." if short else ""), t.words.fragment)


def _brief(t: Telling) -> str:
    """What an engineer asks for in passing: the thing, its reset and its edge, no port list."""
    verb = t.one_of("Create", "Build", "Implement", "Make", "Design", "Write")
    what, timing = t.words.terse, t.drawn.timing
    edge = phrases.edge_in_passing(timing, t.chance)
    if t.chance.random() < 0.5:
        reset = phrases.reset_in_passing(timing, t.words.after_reset, t.chance)
        lead = f"{verb} {_an(_title(t))}{f' with {reset}' if reset else ''}."
        said = [lead, t.sentence(what), edge]
    else:
        reset = phrases.reset_in_few_words(timing, t.words.after_reset, t.chance)
        said = [phrases.ended(f"{verb} {what}"), reset, edge]
    return _paragraphs(" ".join(filter(None, said)), t.words.fragment)


def _prose_then_ports(t: Telling) -> str:
    ports = _bullets([_port_bullet(t, port) for port in t.ports], t.one_of("-", "*", "  -"))
    lead = t.one_of("Ports:", "Interface:", "The module has these ports:", "Signals:")
    return _paragraphs(_prose(t), t.words.fragment, f"{lead}\n{ports}")


def _ports_then_prose(t: Telling) -> str:
    ports = _bullets([_port_bullet(t, port) for port in t.ports], t.one_of("-", " -"))
    lead = t.one_of(
        f"Write a Verilog module {t.top} with the ports below; ports without a width are one bit.",
        f"Design a module {t.top}. Its ports, scalar where no width is given:",
        f"The module is to be called {t.top} and to have this interface:",
        f"Implement {t.top}:",
    )
    return _paragraphs(lead, ports, _prose(t), t.words.fragment)


def _plain_text(t: Telling) -> str:
    lead = t.one_of("", "", f"Build {_an(_title(t))}.", f"Design {_an(_title(t))}.")
    return _paragraphs(" ".join(filter(None, (lead, _prose(t)))), t.words.fragment)


def _bullet_points(t: Telling) -> str:
    points = _bullets(_listed_points(t), t.one_of("-", "*"))
    lead = t.one_of(
        f"{capital(_title(t), t.names)}",
        f"Implement {_an(_title(t))}.",
        f"Module {t.top}: {_title(t)}",
    )
    return _paragraphs(f"{lead.rstrip(':.')}:\n{points}", t.words.fragment)


def _comment_block(t: Telling) -> str:
    lines = textwrap.wrap(_prose(t), 76)
    fragment = t.words.fragment.splitlines()
    ports = [f"{direction(port)} {port.range} {port.name}".replace("  ", " ") for port in t.ports]
    ports = ["", *ports] if t.chance.random() < 0.5 else []
    middle = ["", *fragment] if fragment else []
    return "\n".join(f"// {line}" for line in (f"{t.top}: {_title(t)}", *lines, *middle, *ports))


def _sections(t: Telling) -> str:
    outputs = data_outputs(t.drawn)
    given = [port for port in t.ports if port not in outputs]
    names = t.one_of("colon", "bare")
    ends = ":" if names == "colon" else ""
    parts = [
        f"{t.one_of('Module name', 'Module', 'Name')}{ends}\n    {t.top}",
        f"{t.one_of('Function', 'Purpose', 'Summary')}{ends}\n    {t.sentence(t.words.terse)}",
    ]
    for head, some in (("Input ports", given), ("Output ports", list(outputs))):
        listing = "\n".join(f"    {_port_line(t, port)}" for port in some)
        parts.append(f"{head}{ends}\n{listing}" if some else "")
    parts.append(f"{t.one_of('Implementation', 'Behavior', 'Description')}{ends}\n{_prose(t)}")
    return _paragraphs(*parts, t.words.fragment)


def _port_line(t: Telling, port: Port) -> str:
    role = phrases.role_of(t.drawn, port, t.chance)
    told_width = t.width(port) if port.width > 1 else ""
    said = ", ".join(filter(None, (told_width, role))) or t.one_of("1 bit", "single bit")
    return f"{port.name}{port.range}: {said}"


def _markdown(t: Telling) -> str:
    rows = [
        f"| `{p.name}` | {direction(p)} | {p.width} | "
        f"{phrases.role_of(t.drawn, p, t.chance) or '-'} |"
        for p in t.ports
    ]
    table = "\n".join(("| Port | Direction | Width | Role |", "|---|---|---|---|", *rows))
    body = _prose(t) if t.chance.random() < 0.6 else _bullets(_listed_points(t))
    fragment = f"```\n{t.words.fragment}\n```" if t.words.fragment else ""
    head = t.one_of(f"# {t.top}", f"# {capital(_title(t), t.names)}", f"## Module `{t.top}`")
    return _paragraphs(
        head, t.sentence(t.words.terse), "## Ports", table, "## Behavior", body, fragment
    )


def _letter(t: Telling) -> str:
    hello = t.one_of("Hi,", "Hello,", "Dear colleague,", "Hi there,", "Hey,")
    lead = t.one_of(
        f"for the next board revision I need {_an(_title(t))}.",
        f"could you please write {_an(_title(t))} for me?",
        f"we are still missing {_an(_title(t))} in our design, and I was hoping you could do it.",
        f"as discussed this morning, please prepare {_an(_title(t))}.",
    )
    close = t.one_of(
        "Thanks a lot!",
        "Synthesizable Verilog is enough, I will take care of the rest.",
        "Let me know if anything is unclear.",
        f"The module should be called {t.top}.",
        "No testbench is needed.",
    )
    return _paragraphs(
        f"{hello}", f"{lead} {_prose(t)} {_port_sentence(t)}", t.words.fragment, close
    )


def _wordy(t: Telling) -> str:
    lead = t.one_of(
        f"This task is about {_an(_title(t))}, a small building block that many designs contain.",
        f"Suppose that you are part of a team that builds a chip, and that one of its blocks is "
        f"{_an(_title(t))}.",
        f"In the following, {_an(_title(t))} is described in detail; please read all of it before "
        "you begin.",
        f"Your job is to describe {_an(_title(t))} in synthesizable Verilog.",
    )
    close = t.one_of(
        "Take care that the description can be synthesized.",
        "Nothing else is required of the module.",
        "Keep the names of the ports as they are given.",
        f"Call the module {t.top}.",
    )
    return _paragraphs(f"{lead} {_port_sentence(t)} {_prose(t)}", t.words.fragment, close)


def _question(t: Telling) -> str:
    lead = t.one_of(
        f"How would you write {_an(_title(t))} in Verilog?",
        f"Can you give me a Verilog module for {_an(_title(t))}?",
        f"What does {_an(_title(t))} look like in Verilog?",
        f"Could you implement {_an(_title(t))}?",
    )
    return _paragraphs(f"{lead} {_prose(t)}", t.words.fragment, _port_sentence(t))


def _requirements(t: Telling) -> str:
    points = _listed_points(t)
    label = t.one_of("R", "REQ-", "")
    numbered = [f"{label}{n}{'.' if not label else ':'} {p}" for n, p in enumerate(points, 1)]
    lead = t.one_of(
        f"The module {t.top} shall be {_an(_title(t))} and shall meet these requirements:",
        f"Requirements for {t.top}, {_an(_title(t))}:",
        f"{t.top} shall implement the following.",
    )
    return _paragraphs(lead, "\n".join(numbered), t.words.fragment, _port_sentence(t))


def _header_given(t: Telling) -> str:
    lead = t.one_of(
        "Complete the module with this header:",
        "Use exactly this header:",
        "The header is given:",
        "Interface:",
    )
    return _paragraphs(_prose(t), t.words.fragment, f"{lead}\n\n{t.header}")


def _header_first(t: Telling) -> str:
    lead = t.one_of("Given", "Fill in the body of", "Complete", "Here is a module header:")
    return _paragraphs(
        f"{lead}\n\n{t.header}", f"{t.sentence(t.words.terse)} {_prose(t)}", t.words.fragment
    )


def _mixed(t: Telling) -> str:
    points = _bullets(_listed_points(t))
    return _paragraphs(
        t.sentence(f"{t.one_of('Write', 'Create', 'Design', 'Make')} {_an(_title(t))}"),
        _port_sentence(t),
        f"{t.one_of('Details:', 'Notes:', 'Rules:', 'In detail:')}\n{points}",
        t.words.fragment,
    )


def _ticket(t: Telling) -> str:
    points = _bullets(_listed_points(t), t.one_of("- [ ]", "-", "*"))
    return _paragraphs(
        f"{t.one_of('Title', 'Summary', 'Task')}: {_title(t)}",
        f"{t.one_of('Description', 'What', 'Details')}: {t.sentence(t.words.terse)} "
        f"{_port_sentence(t)}",
        f"{t.one_of('Done when', 'Acceptance', 'To do')}:\n{points}",
        t.words.fragment,
    )


def _fields(t: Telling) -> str:
    ports = "\n".join(f"  {p.name}: {direction(p)}, {t.width(p)}" for p in t.ports)
    body = textwrap.indent("\n".join(_listed_points(t)), "  ")
    return _paragraphs(
        f"module: {t.top}\nwhat: {_title(t)}\nports:\n{ports}\nbehavior:\n{body}", t.words.fragment
    )


def _code_walk(t: Telling) -> str:
    """Tell the golden design statement by statement, where it can be told so."""
    text = narrated(t.drawn, t.chance)
    if text is None:
        return _plain_text(t)
    lead = t.one_of("", _port_sentence(t), f"The module is {_an(_title(t))}.")
    return _paragraphs(lead, text)


FRAMES: dict[str, Frame] = {
    "one-liner": _one_liner,
    "brief": _brief,
    "plain-text": _plain_text,
    "prose-then-ports": _prose_then_ports,
    "ports-then-prose": _ports_then_prose,
    "bullet-points": _bullet_points,
    "comment-block": _comment_block,
    "sections": _sections,
    "markdown": _markdown,
    "letter": _letter,
    "wordy": _wordy,
    "question": _question,
    "requirements": _requirements,
    "header-given": _header_given,
    "header-first": _header_first,
    "mixed": _mixed,
    "ticket": _ticket,
    "fields": _fields,
    "code-walk": _code_walk,
}
"""By name; all may be used for training."""
_OFTEN = {"code-walk": 2, "plain-text": 3, "one-liner": 2, "brief": 4}
"""How often a frame is drawn, where that is more often than others: people write little."""


# Frames that are kept for held-out examples


def _data_sheet(t: Telling) -> str:
    pins = "\n".join(
        f"  {n:2}  {p.name:12} {'IN' if direction(p) == 'input' else 'OUT':4} {p.width}"
        for n, p in enumerate(t.ports, 1)
    )
    return _paragraphs(
        f"{t.top.upper()} - {capital(_title(t), t.names)}",
        f"1 General description\n{t.plain}",
        f"2 Pins (number, name, direction, bits)\n{pins}",
        f"3 Operation\n{' '.join(t.timing()) or t.sentence(t.words.terse)}",
        t.words.fragment,
    )


def _user_story(t: Telling) -> str:
    who = t.one_of("system architect", "firmware developer", "verification engineer", "student")
    why = t.one_of("so that I can use it in a larger design", "so that I need not build it myself")
    return _paragraphs(
        f"As a {who} I want {_an(_title(t))} {why}.",
        "\n".join(f"Given the module {t.top}: {point}" for point in _listed_points(t)),
        t.words.fragment,
        _port_sentence(t),
    )


def _dialogue(t: Telling) -> str:
    answers = "\n".join(f"B: {point}" for point in _listed_points(t))
    return _paragraphs(
        f"A: What is still to be done?\nB: {capital(_an(_title(t)), t.names)}, called {t.top}.\n"
        f"A: And what exactly must it do?\n{answers}\nA: Which ports?\nB: {_port_sentence(t)}",
        t.words.fragment,
    )


HELD_OUT: dict[str, Frame] = {
    "data-sheet": _data_sheet,
    "user-story": _user_story,
    "dialogue": _dialogue,
}
"""By name; never used for training."""
