"""One call, form or message; what is done about it is a case."""

from typing import Any, ClassVar, Self

from services.intake.cases.domain import Case
from services.intake.cases.values import MAX_NEEDS, AskedNeed, NeedChanges
from services.intake.codes.values import HEARD_BY, EndReason, RequestPurpose, Urgency
from services.intake.families.domain import Family
from services.intake.families.values import FamilyContact, Stamp
from services.intake.requests.values import RequestStatus
from shared.domain import Deadline, Moment, TimedAggregate

JOIN, FORGET, URGENT = "join", "forget", "urgent"
MOST_ADDITIONS, MOST_FORGOTTEN = 10, 2  # of a request; records of words, in one commit
OF_A_FAMILY = (JOIN, "disown")
_PUT_RIGHT = {"mend": None, "withdraw_addition": None}


class Request(TimedAggregate):
    """One request with its own number; the words of it are in the vault, under its `subject`.

    It is `heard` when the programme's own people took it down: what a form or a bot says is not
    proved to be the family's. One that is not `acknowledged` gets no message. One that `joins` an
    open case is added by its deadline, which has come at once: fifty calls at once wait there and
    not at the phone. `words_left` of a disowned one are still to be forgotten, of `words_with`.
    One that was in the case of another family has that as its `left_case`.
    """

    REFUSAL: ClassVar = "request_is_{status}"
    STEPS: ClassVar = {
        RequestStatus.RECEIVED: {
            "join": RequestStatus.JOINED,
            "end": RequestStatus.ENDED,
            "add": None,
            "disown": RequestStatus.ENDED,
            **_PUT_RIGHT,
        },
        RequestStatus.JOINED: {"add": None, "disown": RequestStatus.ENDED, **_PUT_RIGHT},
        RequestStatus.ENDED: _PUT_RIGHT,
    }
    DEADLINES: ClassVar = (
        Deadline(JOIN, lambda request, zone: request.received_at if request.joins else None),
        Deadline(FORGET, lambda request, zone: request.ended_at if request.words_left else None),
    )

    request_id: str
    number: str
    region: str
    district: str | None = None
    programme: str
    channel: str
    initiated_by: str
    purpose: str
    confidentiality: str
    urgency: Urgency = Urgency.NORMAL
    applicant_relation: str | None = None
    needs: tuple[AskedNeed, ...] = ()
    texts: tuple[str, ...] = ()
    additions: tuple[str, ...] = ()
    external_system: str | None = None
    heard: bool = False
    acknowledged: bool = True
    registered_by: str
    registered_role: str
    received_at: Moment
    status: RequestStatus = RequestStatus.RECEIVED
    family_id: str | None = None
    case_id: str | None = None
    joins: bool = False
    left_case: str | None = None
    end_reason: str | None = None
    ended_by: str | None = None
    ended_at: Moment | None = None
    words_left: tuple[str, ...] = ()
    words_with: str | None = None
    code_edition: int = 0

    @property
    def legal_steps(self) -> tuple[str, ...]:
        """The steps of the status; of who left no contact there is no family to help."""
        possible = dict.fromkeys(OF_A_FAMILY, self.family_id is not None)
        possible["withdraw_addition"] = bool(self.all_additions)
        return tuple(step for step in super().legal_steps if possible.get(step, True))

    @property
    def subject(self) -> str:
        """Whose key seals the words: the family's, or the request's own when there is none."""
        return self.family_id or self.request_id

    def proved(self, *, by_code: bool = False) -> bool:
        """Whether the staff has spoken to who asks, or has given it this code since."""
        return self.heard or (by_code and self.code_edition > 0)

    def made_family(self, case: Case | None, family: Family | None) -> bool:
        """Whether its family is known by this very call, and so is no other one's."""
        joined = case is not None and case.number != self.number
        return not joined and family is not None and family.known_since == self.received_at

    def noted_contact(self, family: Family) -> FamilyContact | None:
        """Return the contact of a family that was written down with this very request."""
        return next((each for each in family.contacts if each.added_at == self.received_at), None)

    def lacks_contact(self, family: Family) -> bool:
        """Whether it has made a family that has no contact, forgotten or said after all."""
        return family.known_since == self.received_at and not family.all_contacts

    def may_follow(self, case: Case, *, by_code: bool = False) -> bool:
        """Whether who has sent it, or has its code, may know how its case goes on.

        Who types the phone of a family into a form must not learn that it is helped already, nor
        that it has called since; that a case is over says neither. A code that headquarters has
        renewed is the family's own.
        """
        again = (each for each in case.history if each.what == "asked_again")
        called = any(each.role in HEARD_BY and each.ref != self.request_id for each in again)
        made_it = case.number == self.number and not called
        return self.proved(by_code=by_code) or made_it or not case.open

    @property
    def urgent(self) -> bool:
        """Whether the family cannot wait."""
        return Urgency.URGENT in (self.urgency, *(need.urgency for need in self.needs))

    @property
    def links(self) -> dict[str, str]:
        """The ids of its family and case; which code is the last; whether it cannot wait."""
        edition, urgent = str(self.code_edition or ""), URGENT if self.urgent else None
        found = {"family_id": self.family_id, "case_id": self.case_id, "code_edition": edition}
        return {name: each for name, each in (found | {URGENT: urgent}).items() if each}

    @property
    def stamp(self) -> Stamp:
        """Who took it down and when."""
        return Stamp(by=self.registered_by, role=self.registered_role, at=self.received_at)

    @classmethod
    def receive(cls, stamp: Stamp, **facts: Any) -> Self:
        """Return a new request."""
        return cls(
            registered_by=stamp.by, registered_role=stamp.role, received_at=stamp.at, **facts
        )

    @property
    def wants_case(self) -> bool:
        """Whether more than an answer is asked for."""
        return self.purpose != RequestPurpose.INFORMATION

    def of_family(self, family: Family, record_id: str | None = None) -> Self:
        """Let the request be that of a family; an open case of the programme gets it next."""
        known = self._with(family_id=record_id or family.family_id)
        return known.ask_for_case(family) if self.wants_case else known

    def ask_for_case(self, family: Family) -> Self:
        """Wait to join the open case of the family, if it has one in this programme."""
        self._require("join")
        open_case = family.open_case_of(self.programme)
        return self._with(case_id=open_case, joins=open_case is not None)

    def go_on(self) -> Self:
        """Let its deadline end it, and what else its forgotten family asked: there is too much."""
        return self._with(joins=True)

    def join(self, case_id: str) -> Self:
        """Become part of a case."""
        self._require("join")
        return self._with(status=RequestStatus.JOINED, case_id=case_id, joins=False)

    def leave_case(self) -> Self:
        """Wait for a case of its own family, whose record was held for one of another family."""
        own = {"status": RequestStatus.RECEIVED, "case_id": None, "joins": True}
        return self._with(**own, left_case=self.case_id)

    @property
    def all_additions(self) -> tuple[str, ...]:
        """What was added to it later, words or needs or both, in the order of time."""
        brought = {need.addition for need in self.needs if need.addition}
        return tuple(sorted(brought | {*self.additions}))

    @property
    def word_records(self) -> tuple[str, ...]:
        """The sealed records in which its words are."""
        own = (self.request_id,) if self.texts else ()
        about = (need.text_ref.partition("#")[0] for need in self.needs if need.text_ref)
        return tuple(dict.fromkeys((*own, *self.additions, *about)))

    def forget_words(self) -> Self:
        """Keep no words any more; codes and dates stay."""
        bare = (need.added_in(None).model_copy(update={"text_ref": None}) for need in self.needs)
        return self._with(texts=(), additions=(), needs=tuple(bare))

    def add(self, needs: tuple[AskedNeed, ...], record: str | None, urgency: Urgency) -> Self:
        """Add what the caller remembered, with new words in `record`; urgency only grows.

        One that is full takes what has no words of its own: that a family is in danger now.
        """
        self._require("add")
        additions = self.additions if record is None else (*self.additions, record)
        if len(self.needs) + len(needs) > MAX_NEEDS or len(additions) > MOST_ADDITIONS:
            raise self._refusal("request_is_full")
        return self._with(
            needs=(*self.needs, *needs),
            additions=additions,
            urgency=Urgency.URGENT if Urgency.URGENT in (self.urgency, urgency) else self.urgency,
        )

    def mend(self, changes: NeedChanges, district: str | None, urgency: Urgency | None) -> Self:
        """Put right what was written down by mistake."""
        self._require("add")
        return self._with(
            needs=changes.mended(self.needs),
            district=district or self.district,
            urgency=urgency or self.urgency,
        )

    def renew_code(self) -> Self:
        """Have another code from now on; the former one opens nothing any more."""
        return self._with(code_edition=self.code_edition + 1)

    def disown(self, stamp: Stamp) -> Self:
        """End as the request of no family: it was written down for another one than asked."""
        self._require("disown")
        ended = self._ended(stamp, EndReason.OTHER_FAMILY).forget_words()
        left = {"words_left": self.word_records, "words_with": self.family_id}
        return ended._with(family_id=None, **left).forget_more()

    def forget_more(self) -> Self:
        """Note that the first of the records that are left are forgotten."""
        left = self.words_left[MOST_FORGOTTEN:]
        return self._with(words_left=left, words_with=self.words_with if left else None)

    def end(self, stamp: Stamp, reason: str) -> Self:
        """End without a case."""
        self._require("end")
        return self._ended(stamp, reason)

    def _ended(self, stamp: Stamp, reason: str) -> Self:
        return self._with(
            status=RequestStatus.ENDED,
            joins=False,
            case_id=None,
            end_reason=reason,
            ended_by=stamp.by,
            ended_at=stamp.at,
        )
