"""Every rule's worked example: it does what it shows, and that is proved equal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from sim.design import Design
from sim.interface import infer_timing, read_interface
from sim.proof import Outcome, Proof
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.dataflow.write import module_text
from symbolic.prover import YosysProver
from symbolic.rewrite import normalized
from symbolic.rules import catalog
from symbolic.rules.rule import Rule

# Pyverilog's import leaves a file open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

_TOP = re.compile(r"^\s*module (\w+)", re.M)


def _design(text: str) -> Design:
    found = _TOP.search(text)
    assert found is not None
    return Design(top=found[1], sources={"module.v": text})


@dataclass(frozen=True)
class _Worked:
    module: Dataflow
    text: str
    proof: Proof


@pytest.fixture(scope="module")
def worked() -> Mapping[str, _Worked]:
    befores = [_design(rule.example.before) for rule in catalog.RULES]
    interfaces = [infer_timing(before, read_interface(before)) for before in befores]
    read = read_dataflow(befores, interfaces)
    modules = [module for module in read if isinstance(module, Dataflow)]
    assert len(modules) == len(catalog.RULES), [m for m in read if not isinstance(m, Dataflow)]
    texts = [_applied(r, m) for r, m in zip(catalog.RULES, modules, strict=True)]
    found: dict[str, _Worked] = {}
    prover = YosysProver()
    for rule, before, module, text in zip(catalog.RULES, befores, modules, texts, strict=True):
        after = _design(text) if text else before
        (proof,) = prover.equivalent(before, [after], module.interface, seconds=20)
        found[rule.name] = _Worked(module, text, proof)
    return found


def _applied(rule: Rule, module: Dataflow) -> str:
    first = next(iter(rule.apply(module)), None)
    return "" if first is None else module_text(normalized(first.module))


@pytest.mark.parametrize("rule", catalog.RULES, ids=lambda rule: rule.name)
def test_an_example_becomes_what_the_rule_shows(rule: Rule, worked: Mapping[str, _Worked]) -> None:
    assert worked[rule.name].text.split() == rule.example.after.split()


@pytest.mark.parametrize("rule", catalog.RULES, ids=lambda rule: rule.name)
def test_an_example_is_proved(rule: Rule, worked: Mapping[str, _Worked]) -> None:
    proof = worked[rule.name].proof
    assert proof.outcome is Outcome.PROVED, proof.reason


def test_rules_are_named_as_their_files_and_once() -> None:
    names = [rule.name for rule in catalog.RULES]
    assert len(set(names)) == len(names) >= 30
    for rule in catalog.RULES:
        assert catalog.rule(rule.name) is rule
        module = rule.name.replace("-", "_")
        assert hasattr(catalog, module)


def test_a_rule_says_what_it_is() -> None:
    for rule in catalog.RULES:
        assert rule.title
        assert rule.matches
        assert rule.makes
        assert rule.goals
        assert rule.source


def test_an_unknown_rule_is_an_error_that_lists_them() -> None:
    with pytest.raises(KeyError, match=r"must be one of .*like-terms.*, not 'magic'"):
        catalog.rule("magic")
