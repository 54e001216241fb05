"""What a family may ask about its own data, and what is done without its consent."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from services.intake.codes.values import PersonAnswer, PersonRequestKind
from services.intake.families.domain import Family
from services.intake.families.values import Disclosure, PersonRequest
from services.intake.requests.domain import Request
from services.intake.requests.values import RequestStatus
from shared.domain import Moment

T = TypeVar("T")

MOST = 50


def disclose(family: Family, disclosure: Disclosure) -> Family:
    """Let an office see the case without consent, for a time."""
    family._require("disclose")
    if disclosure.recipient in family.listed_offices(disclosure.at):
        raise family._refusal("office_sees_already")
    known = (*family.disclosures, disclosure)
    return family._with(disclosures=_latest(known, lambda each: each.until <= disclosure.at))


def end_disclosure(family: Family, recipient: str, at: Moment) -> Family:
    """Let an office see the case no more that was shown it without consent."""
    family._require("end_disclosure")
    running = [each for each in family.all_disclosures if each.until > at]
    shown = [each for each in running if each.recipient == recipient]
    if not shown:
        raise family._refusal("office_is_shown_nothing")
    ended = tuple(each.model_copy(update={"until": at}) for each in shown)
    kept = (each for each in family.disclosures if each not in shown)
    return family._with(disclosures=_latest((*kept, *ended), lambda each: each.until <= at))


def ask(family: Family, kind: PersonRequestKind, at: Moment, due_on: date) -> Family:
    """Ask for something about one's own data; asking twice keeps the first day."""
    family._require("ask_as_person")
    if any(each.open and each.kind is kind for each in family.person_requests):
        return family
    asked = PersonRequest(kind=kind, asked_at=at, due_on=due_on)
    known = (*family.person_requests, asked)
    return family._with(person_requests=_latest(known, lambda each: not each.open))


def answer(
    family: Family, kind: PersonRequestKind, said: PersonAnswer, reason: str | None, at: Moment
) -> Family:
    """Answer what a family asks; an erasure is answered by erasing."""
    family._require("answer_person")
    if not any(each.open and each.kind is kind for each in family.person_requests):
        raise family._refusal("not_asked")
    if kind is PersonRequestKind.ERASURE and said is PersonAnswer.DONE:
        raise family._refusal("erase_to_answer")
    answered = (
        each.answered(said, reason, at) if each.kind is kind else each
        for each in family.person_requests
    )
    return family._with(person_requests=tuple(answered))


def forget_calls(family: Family, phones: Iterable[str]) -> Family:
    """Note the phones that a family which is erased had, until their calls are forgotten, too."""
    return family._with(calls_to_forget=tuple(phones))


def answer_all(family: Family, at: Moment) -> Family:
    """Answer everything that an erasure settles."""
    done = (each.answered(PersonAnswer.DONE, None, at) for each in family.person_requests)
    return family._with(person_requests=tuple(done))


def kept_from(family: Family, asked: Sequence[Request], now: Moment) -> Moment | None:
    """Return from when on a family without a case is kept for what it asks; None when it is not."""
    if any(each.status is RequestStatus.RECEIVED for each in asked):
        return now
    ended = family.idle_since
    later = (each.received_at for each in asked if ended and each.received_at > ended)
    return max(later, default=None)


def idle_from(family: Family, at: Moment) -> Family:
    """Count from a later day: the family has asked since, without a case."""
    return family._with(idle_since=at)


def _latest(known: Sequence[T], over: Callable[[T], bool]) -> tuple[T, ...]:
    """Return what is kept of a long list: of what is over the latest, and all that is not."""
    gone = [each for each in known if over(each)][: max(0, len(known) - MOST)]
    return tuple(each for each in known if each not in gone)
