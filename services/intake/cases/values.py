"""What a case is made of: needs and their changes, its history."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from services.intake.codes.fields import DropReason, RoleCode, StepDetail, StepReason
from services.intake.codes.values import Category, Urgency
from shared.domain import AidCategory, CodeEnum, CodeOf, Moment, ValueObject
from shared.errors import Invalid
from shared.ids import pattern

CaseId = Annotated[str, Field(pattern=pattern("cas"))]
AidId = Annotated[str, Field(pattern=pattern("aid"))]
NeedId = Annotated[str, Field(pattern=pattern("ned"))]

# Needs that are open at once; those that were met or dropped stay beside them.
MAX_NEEDS, MAX_KEPT_NEEDS = 30, 60
# As often as a need keeps words: the first ones, or headquarters' instead, and the latest.
MAX_TEXTS = 5


class Status(CodeEnum, of="case_status"):
    """How far a case has come on the guardian-care track."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    ONE_TIME_HELP = "one_time_help"
    CARE_REQUIRED = "care_required"
    MATCHED = "matched"
    IN_CARE = "in_care"
    CLOSED = "closed"


class NeedStatus(CodeEnum, of="need_status"):
    """What has become of a need; `ended` is shown of one that was open when its case was closed."""

    OPEN = "open"
    MET = "met"
    DROPPED = "dropped"
    ENDED = "ended"


class HistoryEntry(ValueObject):
    """One line of a case's history: codes and ids, no words about the family."""

    at: Moment
    what: Annotated[str, CodeOf("case_step")]
    by: RoleCode | str
    role: RoleCode
    reason: StepReason | None = None
    ref: StepDetail | None = None
    for_whom: str | None = None


class AskedNeed(ValueObject):
    """One kind of help as a request asks for it; its words are where `text_ref` says.

    What was asked for later has the `addition` in which that was.
    """

    need_id: str
    category: AidCategory
    urgency: Urgency = Urgency.NORMAL
    text_ref: str | None = None
    addition: str | None = None

    def added_in(self, addition: str | None) -> Self:
        """Return the need as one of an addition to a request."""
        return self._with(addition=addition)

    def mended(self, edit: "NeedEdit | None") -> Self:
        """Return the need as it should have been written down."""
        if edit is None:
            return self
        refs = edit.text_refs or (self.text_ref,)
        return self._with(
            category=edit.category or self.category,
            urgency=edit.urgency or self.urgency,
            text_ref=refs[0],
        )


class Need(ValueObject):
    """One kind of help a family waits for; `text_refs` are where the vault has words about it."""

    need_id: str
    category: AidCategory
    urgency: Urgency = Urgency.NORMAL
    status: NeedStatus = NeedStatus.OPEN
    clarified: bool = False
    text_refs: tuple[str, ...] = ()
    drop_reason: DropReason | None = None
    changed_by: str
    changed_at: Moment

    @property
    def open(self) -> bool:
        """Whether the need is still to be met."""
        return self.status is NeedStatus.OPEN

    @property
    def as_asked(self) -> AskedNeed:
        """The need as a call asks for it."""
        words = next(iter(self.text_refs), None)
        return AskedNeed(
            need_id=self.need_id, category=self.category, urgency=self.urgency, text_ref=words
        )

    @classmethod
    def of_asked(cls, asked: AskedNeed, by: str, at: datetime) -> Self:
        """Return a need as it was asked for."""
        return cls(
            need_id=asked.need_id,
            category=asked.category,
            urgency=asked.urgency,
            text_refs=() if asked.text_ref is None else (asked.text_ref,),
            changed_by=by,
            changed_at=at,
        )

    def asked_again(self, asked: AskedNeed, by: str, at: datetime) -> Self:
        """Return the need with what a later call says: it can only become more urgent."""
        new = tuple(ref for ref in (asked.text_ref,) if ref and ref not in self.text_refs)
        urgency = Urgency.URGENT if asked.urgency is Urgency.URGENT else self.urgency
        if not new and urgency is self.urgency:
            return self
        refs = (*self.text_refs, *new)
        kept = (*refs[:1], *refs[1:][1 - MAX_TEXTS :])
        return self._with(text_refs=kept, urgency=urgency, changed_by=by, changed_at=at)


class NeedEdit(ValueObject):
    """New words, urgency or category for one need; what is None stays."""

    need_id: str
    category: str | None = None
    urgency: Urgency | None = None
    text_refs: tuple[str, ...] | None = None


class NeedChanges(ValueObject):
    """All that one call changes about needs, at once; met ones are named in `met_field`."""

    added: tuple[Need, ...] = ()
    edited: tuple[NeedEdit, ...] = ()
    confirmed: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    dropped: Mapping[str, str] = {}
    met_field: str = "met"

    def apply(
        self, needs: tuple[Need, ...], *, by: str, at: datetime, clarifies: bool
    ) -> tuple[Need, ...]:
        """Return the needs afterwards; `clarifies` when headquarters has asked the family."""
        open_needs = {need.need_id: need for need in needs if need.open}
        stamp = {"changed_by": by, "changed_at": at} | ({"clarified": True} if clarifies else {})
        changed: dict[str, Need] = {}
        for pointer, need_id, update in self._updates():
            if need_id not in open_needs or need_id in changed:
                raise Invalid("need_not_open", pointer)
            changed[need_id] = open_needs[need_id].model_copy(update=update | stamp)
        result = tuple(changed.get(need.need_id, need) for need in needs)
        result = result + self.added if clarifies else _with_wishes(result, self.added)
        if self.added and not has_room(result):
            raise Invalid("too_many_needs", pointer="/add", most=MAX_NEEDS)
        return result

    def mended(self, asked: tuple[AskedNeed, ...]) -> tuple[AskedNeed, ...]:
        """Return what a request asks for, put right: edited, or taken away as a mistake."""
        known = {need.need_id for need in asked}
        for pointer, need_id, _ in self._updates():
            if need_id not in known:  # or is named twice
                raise Invalid("need_not_open", pointer)
            known.remove(need_id)
        edits = {edit.need_id: edit for edit in self.edited}
        kept = (need for need in asked if need.need_id not in self.dropped)
        return tuple(need.mended(edits.get(need.need_id)) for need in kept)

    def about(self, needs: Iterable[Need]) -> Self:
        """Return those changes that are about these needs."""
        known = {need.need_id for need in needs}
        dropped = {each: reason for each, reason in self.dropped.items() if each in known}
        edited = tuple(edit for edit in self.edited if edit.need_id in known)
        return self._with(edited=edited, dropped=dropped)

    def _updates(self) -> Iterable[tuple[str, str, dict[str, Any]]]:
        for place, edit in enumerate(self.edited):
            yield f"/change/{place}", edit.need_id, edit.model_dump(exclude_none=True)
        for place, need_id in enumerate(self.confirmed):
            yield f"/confirm/{place}", need_id, {}
        for place, need_id in enumerate(self.met):
            yield f"/{self.met_field}/{place}", need_id, {"status": NeedStatus.MET}
        for place, (need_id, reason) in enumerate(self.dropped.items()):
            yield f"/drop/{place}", need_id, {"status": NeedStatus.DROPPED, "drop_reason": reason}


def _with_wishes(needs: tuple[Need, ...], wishes: Iterable[Need]) -> tuple[Need, ...]:
    """Return needs with what the family adds itself: a kind of help that is open is the same need.

    A button that was pressed twice changes nothing. Other help may be of several kinds.
    """
    for wish in wishes:
        known = (n for n in needs if n.open and n.category == wish.category != Category.OTHER)
        if (same := next(known, None)) is None:
            needs += (wish,)
            continue
        again = same.asked_again(wish.as_asked, wish.changed_by, wish.changed_at)
        needs = tuple(again if need is same else need for need in needs)
    return needs


def has_room(needs: tuple[Need, ...]) -> bool:
    """Whether a case may have these needs, open and over."""
    return len(needs) <= MAX_KEPT_NEEDS and sum(need.open for need in needs) <= MAX_NEEDS


def joined(
    needs: tuple[Need, ...], asked: Iterable[AskedNeed], by: str, at: datetime
) -> tuple[Need, ...]:
    """Return needs with those of a later call: the same kind of help is the same need.

    What a case has no room for any more stays with its request. One that a request took along when
    it left the case comes back with it.
    """
    known = {need.category: need for need in reversed(needs) if need.open}
    changed, new = dict[str, Need](), list[Need]()
    for each in asked:
        if (need := known.get(each.category)) is not None:
            changed[need.need_id] = changed.get(need.need_id, need).asked_again(each, by, at)
        elif has_room((*needs, *new, one := Need.of_asked(each, by, at))):
            new.append(one)
    back = {need.need_id for need in new}
    kept = (need for need in needs if need.need_id not in back)
    return (*(changed.get(need.need_id, need) for need in kept), *new)
