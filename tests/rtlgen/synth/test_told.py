"""Frames say everything, headers are written in every style, stimulus reaches every corner."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import pytest

from rtlgen.synth.catalog import ALL
from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Drawn, Slip
from rtlgen.synth.example import as_told
from rtlgen.synth.frames import FRAMES, HELD_OUT, told
from rtlgen.synth.header import HeaderStyle, Types, apart, draw_style, header, module
from rtlgen.synth.phrases import capital, ports_of, reset_sentence, sentence
from rtlgen.synth.slips import chosen, slips_of
from rtlgen.synth.telling import Telling, tidy, with_article
from rtlgen.synth.torn import torn
from rtlgen.synth.vectors import beats_of, samples_of
from sim.design import Design
from sim.interface import read_header, read_interface
from sim.slang import Parsed
from tests.rtlgen.synth.small import STYLE, counter, gate, latch

ASYNC = ClockAndReset(clock="clk", reset="rst_n", active_low=True, asynchronous=True)
AT_ONCE = ("async", "regardless of the clock", "without a clock edge")


def telling(drawn: Drawn, seed: int = 1) -> Telling:
    return Telling(drawn, "top_module", header(drawn, "top_module", STYLE), random.Random(seed))


WALK = "code-walk"  # tells the code, in words of its own


@pytest.mark.parametrize("name", sorted({**FRAMES, **HELD_OUT}.keys() - {WALK, "brief"}))
def test_a_frame_says_what_the_design_does_and_how_it_is_reset(name: str) -> None:
    fragment = "state | next\nA     | B"
    drawn = counter(ASYNC, reset=5)
    drawn = replace(drawn, words=replace(drawn.words, fragment=fragment))
    for seed in range(6):
        text = tidy({**FRAMES, **HELD_OUT}[name](telling(drawn, seed)))
        plain = text.replace("`", "")
        low = " ".join(plain.replace("\n//", "\n").lower().split())
        assert "enable" in low or "en is 1" in low
        assert "rst_n" in plain
        assert any(said in low for said in AT_ONCE)
        assert "count is 5" in low
        assert " clk" in plain
        for line in fragment.splitlines():
            assert line in text
        assert "\n\n\n" not in text
        assert not any(line != line.rstrip() for line in text.splitlines())


def test_a_brief_telling_leaves_only_the_usual_edge_and_names_unsaid() -> None:
    falling = replace(ASYNC, rising=False)
    for seed in range(20):
        text = tidy(FRAMES["brief"](telling(counter(falling, reset=5), seed))).lower()
        assert "negative edge of clk" in text
        assert "asynchronous" in text
        assert re.search("active[- ]low", text)
        assert "count is 5" in text
        assert not re.search(r"\.[^ \n]|[ ,;]\.|\.\.", text)


def test_a_walk_through_the_code_tells_clock_reset_and_values() -> None:
    for seed in range(20):
        text = " ".join(FRAMES[WALK](telling(counter(ASYNC, reset=5), seed)).split())
        assert "clk" in text
        assert "rst_n" in text
        assert "5" in text
        assert "en " in text


def test_there_are_many_frames_and_reserved_ones_are_never_for_training() -> None:
    assert len(FRAMES) >= 14
    assert len(HELD_OUT) >= 2
    assert not set(FRAMES) & set(HELD_OUT)
    names = {told(telling(gate(), seed))[0] for seed in range(300)}
    assert names == set(FRAMES)
    assert {told(telling(gate(), seed), held_out=True)[0] for seed in range(60)} == set(HELD_OUT)


def test_one_design_has_many_texts() -> None:
    drawn = counter(ASYNC)
    assert len({told(telling(drawn, seed))[1] for seed in range(200)}) > 150


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("8-bit adder", "an 8-bit adder"),
        ("one-hot decoder", "a one-hot decoder"),
        ("11-bit sum", "an 11-bit sum"),
        ("NAND gate", "a NAND gate"),
        ("XOR gate", "an XOR gate"),
        ("universal shift register", "a universal shift register"),
        ("truth table with two outputs", "a truth table with two outputs"),
        ("five gates on two inputs", "five gates on two inputs"),
        ("the sum", "the sum"),
        ("bus", "a bus"),
    ],
)
def test_articles(noun: str, said: str) -> None:
    assert with_article(noun) == said


def test_a_sentence_keeps_the_names_of_ports() -> None:
    assert sentence("count goes up", {"count"}) == "count goes up."
    assert sentence("counting is done:", {"count"}) == "Counting is done:"
    assert capital("a[3] is 1", {"a"}) == "a[3] is 1"


@pytest.mark.parametrize("low", [True, False])
@pytest.mark.parametrize("asynchronous", [True, False])
def test_reset_sentences_say_kind_and_polarity(low: bool, asynchronous: bool) -> None:
    timing = replace(ASYNC, active_low=low, asynchronous=asynchronous)
    for seed in range(60):
        text = reset_sentence(timing, "count is 0", random.Random(seed)).lower()
        assert any(said in text for said in AT_ONCE) == asynchronous
        assert asynchronous or "synchronous" in text or "clock edge" in text
        assert ("low" in text or "is 0" in text) if low else ("high" in text or "is 1" in text)
        assert "count is 0" in text


@pytest.mark.parametrize("types", ["plain", "wire", "logic", "outputs"])
@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize("tight", [True, False])
def test_headers_declare_the_ports(types: Types, lines: bool, tight: bool) -> None:
    drawn = counter(ASYNC)
    style = HeaderStyle(
        types=types,
        lines=lines,
        clock_first=lines,
        apart=not tight,
        own_end=not tight,
        aligned=tight,
    )
    text = header(drawn, "m", style)
    found = {(p.name, p.direction, p.width) for p in read_header(text).ports}
    assert found == {(p.name, p.direction, p.width) for p in ports_of(drawn)}
    assert ("output reg" in text) == (types in ("plain", "wire"))
    design = Design(top="m", sources={"m.sv": module(drawn, "m", style)})
    assert len(read_interface(design).ports) == 4


def test_an_output_without_reg_is_driven_from_a_variable_inside() -> None:
    drawn = replace(counter(ASYNC), body="always @(posedge clk) count <= count + 1'b1;")
    style = HeaderStyle(inner=True)
    text = module(drawn, "m", style)
    assert "output [2:0] count" in text
    assert "    reg [2:0] count_reg;\n" in text
    assert "count_reg <= count_reg + 1'b1;" in text
    assert "    assign count = count_reg;\nendmodule" in text
    assert "count_reg" not in module(drawn, "m", replace(style, types="logic"))


def test_a_variable_inside_has_a_name_of_its_own() -> None:
    body = "u count_reg (.count(count));\nalways @(*) count = 4'd1;"
    text = module(replace(counter(ASYNC), body=body), "m", HeaderStyle(inner=True))
    assert ".count(count_reg_i)" in text
    assert "assign count = count_reg_i;" in text


@pytest.mark.parametrize(
    ("spec", "body"),
    [
        ("After reset count is 0x34.", "count <= 8'h34;"),
        ("After reset count is 8'h34.", "count <= 8'h34;"),
        ("After reset count is 52.", "count <= 8'd52;"),
        ("0x34, that is 52, comes first.", "count <= 8'd52;"),
        ("It starts where it shall; there are 340 of them.", "count <= 8'd52;"),
    ],
)
def test_a_number_that_is_told_in_hexadecimal_is_written_so(spec: str, body: str) -> None:
    drawn = replace(
        counter(ASYNC), body="count <= 8'd52;", slips=(Slip(name="late", body="x = 8'd52;"),)
    )
    told = as_told(drawn, spec)
    assert told.body == body
    assert told.slips[0].body == body.replace("count <=", "x =")


def test_names_of_ports_are_longer_than_usual_now_and_then() -> None:
    names = {Draw(str(seed)).name("sum") for seed in range(300)}
    assert {"sum", "total"} <= names
    assert any("_" in name for name in names)
    assert any(name.isupper() for name in names)
    assert all(re.fullmatch(r"[A-Za-z]\w*", name) for name in names)


def test_headers_of_a_corpus_differ_whatever_the_style_of_code() -> None:
    styles = {draw_style(random.Random(seed)) for seed in range(200)}
    assert {style.types for style in styles} == set(get_args(Types))
    assert (
        {style.aligned for style in styles} == {style.own_end for style in styles} == {True, False}
    )


def test_a_design_gets_other_names_with_all_its_modules() -> None:
    text = (
        "module top (input a);\n    half h (.a(a));\nendmodule\nmodule half (input a);\nendmodule\n"
    )
    named = apart(text, "top", "Lane1")
    assert "module Lane1 (" in named
    assert named.count("Lane1_half") == 2
    assert ".a(a)" in named


# Stimulus


def test_few_inputs_are_driven_with_every_value() -> None:
    beats = beats_of(gate(), "1")
    values = [(beat.inputs["a"], beat.inputs["b"]) for beat in beats]
    assert sorted(values[:4]) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert all((a == c) != (b == d) for (a, b), (c, d) in pairwise(values[:4]))


def test_sequential_stimulus_resets_at_the_start_in_the_middle_and_between_edges() -> None:
    beats = beats_of(counter(ASYNC), "1")
    assert beats[0].reset
    assert not beats[0].tick
    assert 150 <= sum(beat.tick for beat in beats) <= 400
    runs = [n for n in range(1, len(beats)) if beats[n].reset and not beats[n - 1].reset]
    assert len(runs) >= 3
    assert any(beats[n].inputs["en"] for n in runs)
    assert {beat.inputs["en"] for beat in beats if not beat.tick} == {0, 1}
    assert samples_of(beats) == 2 * sum(b.tick for b in beats) + sum(not b.tick for b in beats)


def test_stimulus_is_a_function_of_the_seed() -> None:
    assert beats_of(counter(ASYNC), "1") == beats_of(counter(ASYNC), "1")
    assert beats_of(counter(ASYNC), "1") != beats_of(counter(ASYNC), "2")


def test_a_latch_has_no_clock() -> None:
    assert not any(beat.tick or beat.reset for beat in beats_of(latch(), "1"))


# Slips


def test_slips_differ_from_the_golden_design_and_from_each_other() -> None:
    drawn = counter(ASYNC)
    slips = slips_of(drawn, "top_module", STYLE, random.Random(1))
    texts = [slip.text for slip in slips]
    assert len(set(texts)) == len(texts)
    assert module(drawn, "top_module", STYLE) not in texts
    assert {"generic", "mutant"} <= {slip.source for slip in slips}
    assert "wrong-reset-polarity" in {
        s.name for n in range(9) for s in slips_of(drawn, "top_module", STYLE, random.Random(n))
    }


def test_a_few_slips_of_all_sources_are_chosen() -> None:
    slips = slips_of(gate(), "top_module", STYLE, random.Random(1))
    sizes = Counter(len(chosen(slips, random.Random(seed))) for seed in range(60))
    assert set(sizes) <= {2, 3, 4}
    for seed in range(20):
        kept = chosen(slips, random.Random(seed))
        assert len({slip.source for slip in kept}) >= 2
        assert len({slip.name for slip in kept}) == len(kept)


@pytest.mark.parametrize("drawn", [gate(), counter(ASYNC), latch()])
def test_a_torn_design_does_not_parse_and_is_else_the_same(drawn: Drawn) -> None:
    golden = module(drawn, "top_module", STYLE)
    names = set()
    for seed in range(20):
        wrong = torn(golden, random.Random(seed))
        assert wrong is not None
        names.add(wrong.name)
        errors = Parsed({"x.sv": wrong.text}).syntax_errors()
        assert errors
        assert wrong.text.startswith(header(drawn, "top_module", STYLE))
        assert abs(len(wrong.text) - len(golden)) < 12
    assert len(names) >= 3


# The catalog


def test_names_of_families_are_unique() -> None:
    names = [family.name for family in ALL]
    assert len(set(names)) == len(names) >= 60


def test_neighbors_are_families() -> None:
    names = {family.name for family in ALL}
    assert {near for family in ALL for near in family.also} <= names


def test_same_seed_same_design() -> None:
    for family in ALL:
        one, other = (family.draw(Draw(f"{family.name} 1")) for _ in range(2))
        assert (one.body, one.parameters, one.words) == (other.body, other.parameters, other.words)
