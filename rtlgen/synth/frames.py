"""Ways to tell a design: from a terse line to a letter.

Every frame says all that the family's words say, with clock and reset; most say
the ports too. `HELD_OUT` are never used for training, so that how well a model
takes words that it has not seen can be measured.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from rtlgen.synth import phrases
from rtlgen.synth.frames_noted import note, ports_in_prose
from rtlgen.synth.header import data_outputs
from rtlgen.synth.narration import narrated
from rtlgen.synth.phrases import capital, direction
from rtlgen.synth.telling import (
    Telling,
    bullets,
    listed_points,
    noun,
    paragraphs,
    port_bullet,
    port_sentence,
    prose,
    short_timing,
    tidy,
    title,
    with_article,
)
from sim.interface import Port

Frame = Callable[[Telling], str]


def told(telling: Telling, *, held_out: bool = False) -> tuple[str, str]:
    """Return the name of a frame, and the text in it; reserved frames only where `held_out`."""
    frames = HELD_OUT if held_out else FRAMES
    names = sorted(frames)
    [name] = telling.chance.choices(names, [_OFTEN.get(name, 1) for name in names])
    return name, tidy(frames[name](telling))


# Frames for training


def _one_liner(t: Telling) -> str:
    short = short_timing(t)
    line = t.one_of(t.sentence(t.words.terse), t.sentence(f"{noun(t)}: {t.words.terse}"))
    return paragraphs(line + (f" {capital(short, t.names)}." if short else ""), t.words.fragment)


def _brief(t: Telling) -> str:
    """What an engineer asks for in passing: the thing, its reset and its edge, no port list."""
    verb = t.one_of("Create", "Build", "Implement", "Make", "Design", "Write")
    what, timing = t.words.terse, t.drawn.timing
    edge = phrases.edge_in_passing(timing, t.chance)
    if t.words.named and t.chance.random() < 0.6:
        reset = phrases.reset_in_passing(timing, t.words.after_reset, t.chance)
        lead = f"{verb} {with_article(t.words.named)}{f' with {reset}' if reset else ''}."
        said = [lead, edge]
    elif t.chance.random() < 0.5:
        reset = phrases.reset_in_passing(timing, t.words.after_reset, t.chance)
        lead = f"{verb} {noun(t)}{f' with {reset}' if reset else ''}."
        said = [lead, t.sentence(what), edge]
    else:
        reset = phrases.reset_in_few_words(timing, t.words.after_reset, t.chance)
        said = [phrases.ended(f"{verb} {what}"), reset, edge]
    return paragraphs(" ".join(filter(None, said)), t.words.fragment)


def _prose_then_ports(t: Telling) -> str:
    ports = bullets([port_bullet(t, port) for port in t.ports], t.one_of("-", "*", "  -"))
    lead = t.one_of("Ports:", "Interface:", "The module has these ports:", "Signals:")
    return paragraphs(prose(t), t.words.fragment, f"{lead}\n{ports}")


def _ports_then_prose(t: Telling) -> str:
    ports = bullets([port_bullet(t, port) for port in t.ports], t.one_of("-", " -"))
    lead = t.one_of(
        f"Write a Verilog module {t.top} with the ports below; ports without a width are one bit.",
        f"Design a module {t.top}. Its ports, scalar where no width is given:",
        f"The module is to be called {t.top} and to have this interface:",
        f"Implement {t.top}:",
    )
    return paragraphs(lead, ports, prose(t), t.words.fragment)


def _plain_text(t: Telling) -> str:
    lead = t.one_of("", "", f"Build {noun(t)}.", f"Design {noun(t)}.")
    return paragraphs(" ".join(filter(None, (lead, prose(t)))), t.words.fragment)


def _bullet_points(t: Telling) -> str:
    points = bullets(listed_points(t), t.one_of("-", "*"))
    lead = t.one_of(
        f"{capital(title(t), t.names)}",
        f"Implement {noun(t)}.",
        f"Module {t.top}: {title(t)}",
    )
    return paragraphs(f"{lead.rstrip(':.')}:\n{points}", t.words.fragment)


def _comment_block(t: Telling) -> str:
    lines = textwrap.wrap(prose(t), 76)
    fragment = t.words.fragment.splitlines()
    ports = [f"{direction(port)} {port.range} {port.name}".replace("  ", " ") for port in t.ports]
    ports = ["", *ports] if t.chance.random() < 0.5 else []
    middle = ["", *fragment] if fragment else []
    return "\n".join(f"// {line}" for line in (f"{t.top}: {title(t)}", *lines, *middle, *ports))


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
    parts.append(f"{t.one_of('Implementation', 'Behavior', 'Description')}{ends}\n{prose(t)}")
    return paragraphs(*parts, t.words.fragment)


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
    body = prose(t) if t.chance.random() < 0.6 else bullets(listed_points(t))
    fragment = f"```\n{t.words.fragment}\n```" if t.words.fragment else ""
    head = t.one_of(f"# {t.top}", f"# {capital(title(t), t.names)}", f"## Module `{t.top}`")
    return paragraphs(
        head, t.sentence(t.words.terse), "## Ports", table, "## Behavior", body, fragment
    )


def _letter(t: Telling) -> str:
    hello = t.one_of("Hi,", "Hello,", "Dear colleague,", "Hi there,", "Hey,")
    lead = t.one_of(
        f"for the next board revision I need {noun(t)}.",
        f"could you please write {noun(t)} for me?",
        f"we are still missing {noun(t)} in our design, and I was hoping you could do it.",
        f"as discussed this morning, please prepare {noun(t)}.",
    )
    close = t.one_of(
        "Thanks a lot!",
        "Synthesizable Verilog is enough, I will take care of the rest.",
        "Let me know if anything is unclear.",
        f"The module should be called {t.top}.",
        "No testbench is needed.",
    )
    return paragraphs(f"{hello}", f"{lead} {prose(t)} {port_sentence(t)}", t.words.fragment, close)


def _wordy(t: Telling) -> str:
    lead = t.one_of(
        f"This task is about {noun(t)}, a small building block that many designs contain.",
        f"Suppose that you are part of a team that builds a chip, and that one of its blocks is "
        f"{noun(t)}.",
        f"In the following, {noun(t)} is described in detail; please read all of it before "
        "you begin.",
        f"Your job is to describe {noun(t)} in synthesizable Verilog.",
    )
    close = t.one_of(
        "Take care that the description can be synthesized.",
        "Nothing else is required of the module.",
        "Keep the names of the ports as they are given.",
        f"Call the module {t.top}.",
    )
    return paragraphs(f"{lead} {port_sentence(t)} {prose(t)}", t.words.fragment, close)


def _question(t: Telling) -> str:
    lead = t.one_of(
        f"How would you write {noun(t)} in Verilog?",
        f"Can you give me a Verilog module for {noun(t)}?",
        f"What does {noun(t)} look like in Verilog?",
        f"Could you implement {noun(t)}?",
    )
    return paragraphs(f"{lead} {prose(t)}", t.words.fragment, port_sentence(t))


def _requirements(t: Telling) -> str:
    points = listed_points(t)
    label = t.one_of("R", "REQ-", "")
    numbered = [f"{label}{n}{'.' if not label else ':'} {p}" for n, p in enumerate(points, 1)]
    lead = t.one_of(
        f"The module {t.top} shall be {noun(t)} and shall meet these requirements:",
        f"Requirements for {t.top}, {noun(t)}:",
        f"{t.top} shall implement the following.",
    )
    return paragraphs(lead, "\n".join(numbered), t.words.fragment, port_sentence(t))


def _header_given(t: Telling) -> str:
    lead = t.one_of(
        "Complete the module with this header:",
        "Use exactly this header:",
        "The header is given:",
        "Interface:",
    )
    return paragraphs(prose(t), t.words.fragment, f"{lead}\n\n{t.header}")


def _header_first(t: Telling) -> str:
    lead = t.one_of("Given", "Fill in the body of", "Complete", "Here is a module header:")
    return paragraphs(
        f"{lead}\n\n{t.header}", f"{t.sentence(t.words.terse)} {prose(t)}", t.words.fragment
    )


def _mixed(t: Telling) -> str:
    points = bullets(listed_points(t))
    return paragraphs(
        t.sentence(f"{t.one_of('Write', 'Create', 'Design', 'Make')} {noun(t)}"),
        port_sentence(t),
        f"{t.one_of('Details:', 'Notes:', 'Rules:', 'In detail:')}\n{points}",
        t.words.fragment,
    )


def _ticket(t: Telling) -> str:
    points = bullets(listed_points(t), t.one_of("- [ ]", "-", "*"))
    return paragraphs(
        f"{t.one_of('Title', 'Summary', 'Task')}: {title(t)}",
        f"{t.one_of('Description', 'What', 'Details')}: {t.sentence(t.words.terse)} "
        f"{port_sentence(t)}",
        f"{t.one_of('Done when', 'Acceptance', 'To do')}:\n{points}",
        t.words.fragment,
    )


def _fields(t: Telling) -> str:
    ports = "\n".join(f"  {p.name}: {direction(p)}, {t.width(p)}" for p in t.ports)
    body = textwrap.indent("\n".join(listed_points(t)), "  ")
    return paragraphs(
        f"module: {t.top}\nwhat: {title(t)}\nports:\n{ports}\nbehavior:\n{body}", t.words.fragment
    )


def _code_walk(t: Telling) -> str:
    """Tell the golden design statement by statement, where it can be told so."""
    text = narrated(t.drawn, t.chance)
    if text is None:
        return _plain_text(t)
    lead = t.one_of("", port_sentence(t), f"The module is {noun(t)}.")
    return paragraphs(lead, text)


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
    "note": note,
    "ports-in-prose": ports_in_prose,
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
_OFTEN = {
    "code-walk": 2,
    "plain-text": 3,
    "one-liner": 4,
    "brief": 8,
    "note": 2,
    "ports-in-prose": 2,
}
"""How often a frame is drawn, where that is more often than others: people write little."""


# Frames that are kept for held-out examples


def _data_sheet(t: Telling) -> str:
    pins = "\n".join(
        f"  {n:2}  {p.name:12} {'IN' if direction(p) == 'input' else 'OUT':4} {p.width}"
        for n, p in enumerate(t.ports, 1)
    )
    return paragraphs(
        f"{t.top.upper()} - {capital(title(t), t.names)}",
        f"1 General description\n{t.plain}",
        f"2 Pins (number, name, direction, bits)\n{pins}",
        f"3 Operation\n{' '.join(t.timing()) or t.sentence(t.words.terse)}",
        t.words.fragment,
    )


def _user_story(t: Telling) -> str:
    who = t.one_of("system architect", "firmware developer", "verification engineer", "student")
    why = t.one_of("so that I can use it in a larger design", "so that I need not build it myself")
    return paragraphs(
        f"As a {who} I want {noun(t)} {why}.",
        "\n".join(f"Given the module {t.top}: {point}" for point in listed_points(t)),
        t.words.fragment,
        port_sentence(t),
    )


def _dialogue(t: Telling) -> str:
    answers = "\n".join(f"B: {point}" for point in listed_points(t))
    return paragraphs(
        f"A: What is still to be done?\nB: {capital(noun(t), t.names)}, called {t.top}.\n"
        f"A: And what exactly must it do?\n{answers}\nA: Which ports?\nB: {port_sentence(t)}",
        t.words.fragment,
    )


HELD_OUT: dict[str, Frame] = {
    "data-sheet": _data_sheet,
    "user-story": _user_story,
    "dialogue": _dialogue,
}
"""By name; never used for training."""
