"""Schemathesis over one service: cases from its document, each sent to the same seeded world.

The tables are put back before every case, so that each meets the state it was made for and a run
gives the same answers every time. Cases are schemathesis' own: those on each bound of the document
and just beyond it, and random ones, valid and invalid. What nobody can guess (ids, links, numbers)
is borrowed from the caller of the operation.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode

from tests.fuzz.callers import SeededService
from tests.fuzz.cases import accepted_queries, on_bounds, possible, sent, with_caller
from tests.fuzz.documents import Document, Operation, disagreements
from tests.support.api import Answer

# How many random cases of an operation are what its document allows, how many are not, and how
# many are sent to it at least, with those on the bounds of its document.
VALID, INVALID, LEAST = 24, 8, 100


@dataclass
class Tally:
    """What a run over one service has seen."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    barred: int = 0
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def past(self) -> float:
        """The share of answers that were given past authorisation."""
        return 1 - self.barred / max(1, self.cases.total())

    def line(self, service: str) -> str:
        """The one line that a run leaves."""
        statuses = " ".join(f"{code}:{count}" for code, count in sorted(self.statuses.items()))
        return (
            f"fuzz {service}: {len(self.cases)} operations, {self.cases.total()} cases, "
            f"{statuses}, {self.past:.0%} past authorisation"
        )


class Run:
    """All cases of one service."""

    def __init__(self, service: SeededService) -> None:
        self.service = service
        self.document = Document(service.service)
        self.tally = Tally()
        self._seeded = service.world.dynamodb.snapshot()

    def restore(self) -> None:
        """Put the seeded world back."""
        world = self.service.world
        world.dynamodb.restore(self._seeded)
        world.dynamodb.streamed.clear()
        for waiting in world.queue.messages.values():
            waiting.clear()

    def operations(self) -> list[Operation]:
        """The operations of the document."""
        return [Operation(self.document, *each) for each in self.document.operations()]

    def everything(self) -> Tally:
        """Run all of it."""
        schema = schemathesis.openapi.from_dict(self.document.generating)
        # The gateway answers methods that an address does not have.
        schema.config.phases.coverage.unexpected_methods = set()
        for operation in self.operations():
            target = schema[operation.path][operation.method]
            path = dict(self.service.callers[operation.id].path)
            cases = [
                *on_bounds(target, path),
                *possible(target, GenerationMode.POSITIVE, VALID, path),
                *possible(target, GenerationMode.NEGATIVE, INVALID, path),
            ]
            # Where a document leaves little to vary, cases come again under other headers.
            for place in range(max(LEAST, len(cases))):
                dice = random.Random(f"{operation.id} {place}")
                self._send(operation, cases[place % len(cases)], dice)
        return self.tally

    def _send(self, operation: Operation, case: Case[Any], dice: random.Random) -> None:
        """Send one case and judge its answer."""
        caller = self.service.callers[operation.id]
        with_caller(case, caller, operation.takes, dice)
        self.restore()
        came = sent(case, self.service.api.as_(caller.who))
        headers = {name.lower(): value for name, value in came.headers.items()}
        self._note(operation, case, Answer(came.status, headers, came.text))

    def _note(self, operation: Operation, case: Case[Any], answer: Answer) -> None:
        tally = self.tally
        tally.cases[operation.id] += 1
        tally.statuses[answer.status] += 1
        tally.barred += answer.status in (401, 403, 404)
        tally.done[operation.id] += answer.status < 300
        judged = (
            *operation.faults(answer),
            *disagreements(operation, case.body, answer),
            *accepted_queries(operation, case, answer),
        )
        for fault in judged:
            sent = f"{case.path_parameters} {case.query} {dict(case.headers)} {case.body!r}"
            tally.faults.setdefault(f"{operation.id}: {fault}", f"{sent[:700]} → {answer.text}")
