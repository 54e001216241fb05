"""Two small services on the real kernel, made so that every lost or doubled effect shows.

`ledger` takes commands: a case collects the tokens of its steps and, 48 h after each step, reminds
once. `mirror` listens: a projection of the latest total, a sum of all steps (one effect per event),
one letter per event, and a note that may only be written once the projection exists (parked until
then).
"""

from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared import clock
from shared.errors import PreconditionPending
from shared.events.base import Event, Received
from shared.messaging.subscriptions import Subscriptions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Repository
from shared.storage.rows import Row
from shared.storage.store import Store


class CaseOpened(Event):
    """A case exists."""

    service: ClassVar[str] = "ledger"
    subject_field: ClassVar[str] = "case_id"
    case_id: str


class StepTaken(CaseOpened):
    """A case has collected a token; `total` is how many it has now."""

    token: str
    total: int


class Reminded(CaseOpened):
    """48 hours have passed since the step that made it `total`."""

    total: int


class Model(BaseModel):
    """What every toy row has."""

    model_config = ConfigDict(frozen=True)
    id: str
    version: int = 0


class Case(Model):
    """The aggregate of the ledger."""

    tokens: tuple[str, ...] = ()
    remind_at: datetime | None = None
    reminded: tuple[int, ...] = ()


class Seen(Model):
    """The mirror's projection of a case: the total of the latest event."""

    total: int = 0
    sequence: int = 0


class Sum(Model):
    """Effects that must happen once per event."""

    tokens: tuple[str, ...] = ()


class Cases(Repository[Case]):
    """Rows: CASE#<id>."""

    model, prefix = Case, "CASE"

    def row(self, aggregate: Case) -> Row:
        return self._row(aggregate, due_at=aggregate.remind_at)


class Projections(Repository[Seen]):
    """Rows: SEEN#<case id>."""

    model, prefix = Seen, "SEEN"

    def row(self, aggregate: Seen) -> Row:
        return self._row(aggregate, sequence=aggregate.sequence)


class Sums(Repository[Sum]):
    """Rows: SUM#<what>."""

    model, prefix = Sum, "SUM"


class Open(BaseModel):
    """Open a case under an id chosen by the run."""

    case_id: str


class Step(BaseModel):
    """Add a token to a case."""

    token: str


class Ledger:
    """The commands and the deadline of the ledger."""

    def __init__(self, store: Store) -> None:
        self.cases = Cases(store)

    def open(self, command: Open, context: CommandContext) -> Receipt:
        case = Case(id=command.case_id)
        return self.cases.save(context, case, events=[CaseOpened(region="ZR", case_id=case.id)])

    def step(self, case_id: str, command: Step, context: CommandContext) -> Receipt:
        case = self.cases.get(case_id)
        tokens = (*case.tokens, command.token)
        after = case.model_copy(
            update={"tokens": tokens, "remind_at": clock.now() + timedelta(hours=48)}
        )
        told = StepTaken(region="ZR", case_id=case_id, token=command.token, total=len(tokens))
        return self.cases.save(context, after, events=[told])

    def remind(self, case_id: str, context: CommandContext) -> None:
        case = self.cases.get(case_id)
        if case.remind_at is None or case.remind_at > clock.now():
            return
        total = len(case.tokens)
        after = case.model_copy(update={"remind_at": None, "reminded": (*case.reminded, total)})
        self.cases.save(
            context, after, events=[Reminded(region="ZR", case_id=case_id, total=total)]
        )


class Mirror:
    """The reactions of the listener."""

    def __init__(self, store: Store) -> None:
        self.seen, self.sums = Projections(store), Sums(store)

    def open_mirror(self, received: Received[CaseOpened], context: CommandContext) -> None:
        if self.seen.find(received.event.case_id) is None:
            self.seen.save(context, Seen(id=received.event.case_id))

    def mirror_total(self, received: Received[StepTaken], context: CommandContext) -> None:
        seen = self.seen.find(received.event.case_id)
        if seen is None:
            raise PreconditionPending(received.event.case_id)
        after = seen.model_copy(
            update={"total": received.event.total, "sequence": received.sequence}
        )
        self.seen.save(context, after)

    def add_up(self, received: Received[StepTaken], context: CommandContext) -> None:
        self._add("steps", received.event.token, context)

    def send_letter(self, received: Received[Reminded], context: CommandContext) -> None:
        self._add("letters", f"{received.event.case_id}:{received.event.total}", context)

    def _add(self, what: str, token: str, context: CommandContext) -> None:
        found = self.sums.find(what) or Sum(id=what)
        self.sums.save(context, found.model_copy(update={"tokens": (*found.tokens, token)}))

    def inbound(self) -> Subscriptions:
        """All that the mirror does with its queue."""
        return Subscriptions(
            "mirror",
            {
                CaseOpened: self.open_mirror,
                StepTaken: (self.mirror_total, self.add_up),
                Reminded: self.send_letter,
            },
        )
