"""`--explain`: the rules that fit a design, and what was done with them."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.optimize_values import Optimization
from symbolic.rules.retrieval import retrieve
from symbolic.rules.rule import Goal, Rule

_MOST = 8


def rules_for(found: Optimization) -> list[Rule]:
    """Return the rules of the library that fit the original best, the best first.

    Raises:
        EnvironmentFault: No child process can be run.
    """
    [module] = read_dataflow([found.original], [found.interface])
    if not isinstance(module, Dataflow):
        return []
    return [one.rule for one in retrieve(module, found.goal, k=_MOST)]


def explained(found: Optimization) -> str:
    """Return in plain text the rules that fit, what each does, and whether it was used."""
    used = {step.name for step in found.steps}
    applied = [step.rule for step in found.steps if step.rule is not None]
    rules = list(dict.fromkeys([*applied, *rules_for(found)]))
    if not rules:
        return "No rule of the library fits this design."
    return "\n\n".join("\n".join(_paragraph(rule, used=rule.name in used)) for rule in rules)


def _paragraph(rule: Rule, *, used: bool) -> Iterator[str]:
    goals = ", ".join(goal.value for goal in Goal if goal in rule.goals)
    yield f"{rule.name}: {rule.title} ({goals}){', used here' if used else ''}"
    yield f"  finds    {rule.matches}"
    yield f"  makes    {rule.makes}"
    if rule.allowed:
        yield f"  allowed  {rule.allowed}"
    yield f"  source   {rule.source}"
