"""Which designs are tried together, and again in smaller groups where that does not work out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from sim.gate import Admission
from sim.side_by_side import Broken
from sim.simulate import Simulator

_Outcome = TypeVar("_Outcome")
_Made_co = TypeVar("_Made_co", covariant=True)
_Decided = Mapping[int, _Outcome]


class Work(Protocol[_Made_co]):
    """What is done to designs, together or alone."""

    def together(
        self, admissions: Mapping[int, Admission], simulator: Simulator
    ) -> Mapping[int, _Made_co] | Broken:
        """Simulate designs that have lanes; one that is missing in the answer is undecided."""

    def takes(self, admission: Admission, simulator: Simulator) -> bool:
        """Whether the simulator's compiler takes the design where it stands by itself."""

    def alone(self, admission: Admission, simulators: Sequence[Simulator]) -> _Made_co:
        """Simulate one design, with full limits."""


def settle(
    admissions: Sequence[Admission],
    found: Mapping[int, _Outcome],
    work: Work[_Outcome],
    simulators: Sequence[Simulator],
    *,
    workers: int,
    most: int,
) -> list[_Outcome]:
    """Return the outcome for every design; those in `found` need no simulation."""
    first: dict[str, int] = {}
    for index, admission in enumerate(admissions):
        if index not in found:
            first.setdefault(admission.digest, index)
    unique = {index: admissions[index] for index in first.values()}
    settling = _Settling(admissions=unique, work=work, simulators=tuple(simulators))
    abreast = list(_with_names_of_their_own(unique))
    size = max(1, min(most, -(-len(abreast) // workers)))
    groups = [
        _Group(members=part, simulators=settling.simulators) for part in _parts(abreast, size)
    ]
    groups += [settling.single(index) for index in unique if index not in abreast]
    decided = settling.run(groups, workers)
    return [
        found[index] if index in found else decided[first[admission.digest]]
        for index, admission in enumerate(admissions)
    ]


def _with_names_of_their_own(admissions: Mapping[int, Admission]) -> Iterator[int]:
    """Yield the designs that may stand together: no two of them define a module of one name."""
    taken: set[str] = set()
    for index, admission in admissions.items():
        if admission.lane is not None and admission.lane.top not in taken:
            taken.add(admission.lane.top)
            yield index


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Designs to try together, and under which simulators."""

    members: tuple[int, ...]
    simulators: tuple[Simulator, ...]
    blamed: bool = False
    """Whether the first simulator may not take these; a compiler also errs about neighbors."""


@dataclass(slots=True, kw_only=True)
class _Settling(Generic[_Outcome]):
    """The designs that are still to be decided, and how."""

    admissions: Mapping[int, Admission]
    work: Work[_Outcome]
    simulators: tuple[Simulator, ...]
    decided: dict[int, _Outcome] = field(default_factory=dict)

    def run(self, groups: Sequence[_Group], workers: int) -> dict[int, _Outcome]:
        """Try `groups`, and what is left of them, until every design is decided."""
        if workers == 1:
            queue = list(groups)
            while queue:
                queue += self._take(self._try(queue.pop(0)))
            return self.decided
        with ThreadPoolExecutor(workers) as pool:
            pending = {pool.submit(self._try, group) for group in groups}
            try:
                while pending:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    pending |= {pool.submit(self._try, group) for group in self._taken(done)}
            finally:
                for future in pending:
                    future.cancel()
        return self.decided

    def _taken(
        self, done: set[Future[tuple[_Decided[_Outcome], list[_Group]]]]
    ) -> Iterator[_Group]:
        for future in done:
            yield from self._take(future.result())

    def _take(self, tried: tuple[_Decided[_Outcome], list[_Group]]) -> list[_Group]:
        decided, left = tried
        self.decided |= decided
        return left

    def _try(self, group: _Group) -> tuple[_Decided[_Outcome], list[_Group]]:
        """Return what is decided, and what is to be tried next."""
        if group.blamed:
            return {}, list(self._sorted_out(group))
        if len(group.members) == 1:
            index = group.members[0]
            return {index: self.work.alone(self.admissions[index], self.simulators)}, []
        members = {index: self.admissions[index] for index in group.members}
        found = self.work.together(members, group.simulators[0])
        if isinstance(found, Broken):
            return {}, list(self._smaller(group, found))
        return found, [self.single(index) for index in group.members if index not in found]

    def single(self, index: int) -> _Group:
        """Return the group of one design alone."""
        return _Group(members=(index,), simulators=self.simulators)

    def _sorted_out(self, group: _Group) -> Iterator[_Group]:
        """Yield those that the first simulator does not take for the next; the others alone."""
        first, rest = group.simulators[0], group.simulators[1:]
        refused = tuple(
            i for i in group.members if rest and not self.work.takes(self.admissions[i], first)
        )
        if refused:
            yield _Group(members=refused, simulators=rest)
        yield from (self.single(index) for index in group.members if index not in refused)

    def _smaller(self, group: _Group, broken: Broken) -> Iterator[_Group]:
        if broken.blamed:
            blamed = tuple(group.members[position] for position in sorted(broken.blamed))
            rest = tuple(index for index in group.members if index not in blamed)
            if rest:
                yield replace(group, members=rest)
            yield replace(group, members=blamed, blamed=True)
            return
        size = broken.fitting or -(-len(group.members) // 2)
        for part in _parts(group.members, min(size, len(group.members) - 1)):
            yield replace(group, members=part)


def _parts(members: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    """Yield `members` in parts of about equal length, `size` at most."""
    count = -(-len(members) // size)
    for part in range(count):
        yield tuple(members[part::count])
