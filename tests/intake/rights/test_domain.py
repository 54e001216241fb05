"""What a family asks about its data, and what an office is shown, as plain rules."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from services.intake.codes.values import PersonAnswer, PersonRequestKind, Programme
from services.intake.families.values import Disclosure, OpenCase
from services.intake.requests.domain import Request
from services.intake.requests.values import RequestStatus
from services.intake.rights import domain
from shared.errors import IllegalStep
from tests.intake.families.builders import START, consent_to_office, family, stamp

KIND, DONE, REFUSED = PersonRequestKind, PersonAnswer.DONE, PersonAnswer.REFUSED
DUE, LATER = START.date(), START + timedelta(days=20)


def test_what_was_answered_is_asked_anew_and_what_waits_keeps_its_day() -> None:
    asked = domain.ask(family(), KIND.OBJECTION, START, DUE)
    assert domain.ask(asked, KIND.OBJECTION, LATER, LATER.date()) is asked

    answered = domain.answer(asked, KIND.OBJECTION, REFUSED, "kept_by_law", START)
    anew = domain.ask(answered, KIND.OBJECTION, LATER, LATER.date())

    assert [each.open for each in anew.person_requests] == [False, True]
    assert anew.person_requests[-1].due_on == LATER.date()


def test_what_waits_for_an_answer_is_kept_however_much_is_asked_and_answered_since() -> None:
    asked = domain.ask(family(), KIND.ERASURE, START, DUE)
    for day in range(1, domain.MOST + 2):
        on = START + timedelta(days=day)
        again = domain.ask(asked, KIND.OBJECTION, on, on.date())
        asked = domain.answer(again, KIND.OBJECTION, REFUSED, "kept_by_law", on)

    first, second, *_, last = asked.person_requests
    assert (first.kind, first.open) == (KIND.ERASURE, True)
    assert second.asked_at == START + timedelta(days=3)  # the oldest that were answered are gone
    assert last.asked_at == START + timedelta(days=domain.MOST + 1)
    assert len(asked.person_requests) == domain.MOST


def test_an_office_sees_on_however_many_looks_of_others_have_ended_since() -> None:
    def shown(to: str, day: int, days: int) -> Disclosure:
        since = START + timedelta(days=day)
        return Disclosure(
            recipient=to, reason="child_in_danger", by="HQ-1", role="regional_hq", at=since,
            until=since + timedelta(days=days),
        )  # fmt: skip

    of = domain.disclose(family(), shown("D07", 0, 90))
    for day in range(domain.MOST + 1):
        of = domain.disclose(of, shown("D01", day, 1))
        if day % 2:
            of = domain.end_disclosure(of, "D01", START + timedelta(days=day, hours=1))

    assert of.disclosed_to(START + timedelta(days=domain.MOST)) == ("D01", "D07")
    assert len(of.disclosures) == domain.MOST


def test_an_erasure_is_refused_with_a_reason_and_granted_by_erasing() -> None:
    asked = domain.ask(family(), KIND.ERASURE, START, DUE)

    with pytest.raises(IllegalStep, match="erase_to_answer"):
        domain.answer(asked, KIND.ERASURE, DONE, None, START)
    refused = domain.answer(asked, KIND.ERASURE, REFUSED, "kept_by_law", START)

    assert not any(each.open for each in refused.person_requests)


def test_an_office_is_shown_a_family_until_the_moment_of_the_end_and_again_later() -> None:
    told = Disclosure(
        recipient="D07", reason="child_in_danger", by="HQ-1", role="regional_hq", at=START,
        until=START + timedelta(days=14),
    )  # fmt: skip
    shown, soon = domain.disclose(family(), told), START + timedelta(days=1)
    case = OpenCase(case_id="cas_1", programme=Programme.FAMILY_CARE)
    allowed = family(consents=(consent_to_office("D07"),), open_cases=(case,))
    for sees in (shown, allowed):
        with pytest.raises(IllegalStep, match="office_sees_already"):
            domain.disclose(sees, told)

    with pytest.raises(IllegalStep, match="office_is_shown_nothing"):
        domain.end_disclosure(shown, "D01", soon)
    ended = domain.end_disclosure(shown, "D07", soon)

    assert (ended.disclosed_to(START), ended.disclosed_to(soon)) == (("D07",), ())
    assert [each.until for each in ended.disclosures] == [soon]
    for over in (soon, told.until):
        with pytest.raises(IllegalStep, match="office_is_shown_nothing"):
            domain.end_disclosure(ended, "D07", over)
    anew = told.model_copy(update={"at": soon, "until": soon + timedelta(days=14)})
    assert domain.disclose(ended, anew).disclosed_to(soon) == ("D07",)
    assert domain.disclose(ended, anew).disclosures == (*ended.disclosures, anew)


def test_an_office_that_a_family_allowed_is_shown_it_when_no_case_is_open() -> None:
    """It finds in its list who is helped now alone; a child may be in danger without a case."""
    told = Disclosure(
        recipient="D07", reason="child_in_danger", by="HQ-1", role="regional_hq", at=START,
        until=START + timedelta(days=14),
    )  # fmt: skip
    helped_no_more = family(consents=(consent_to_office("D07"),))
    assert helped_no_more.listed_offices(START) == ()

    shown = domain.disclose(helped_no_more, told)

    assert shown.listed_offices(START) == ("D07",)


def test_a_family_is_kept_from_the_last_that_it_has_asked_since_its_last_case_on() -> None:
    known = family(idle_since=START)
    early, late = (START + timedelta(days=day) for day in (1, 2))

    def asked(at: datetime, status: RequestStatus = RequestStatus.ENDED) -> Request:
        request = Request.receive(
            stamp(), request_id="req_1", number="10000008", region="ZR", channel="hotline",
            programme="family_care", initiated_by="self", purpose="information",
            confidentiality="confidential",
        )  # fmt: skip
        return request.model_copy(update={"received_at": at, "status": status})

    assert domain.kept_from(known, [asked(START)], LATER) is None
    assert domain.kept_from(known, [asked(late), asked(early)], LATER) == late
    waits = [asked(late), asked(START, RequestStatus.RECEIVED)]
    assert domain.kept_from(known, waits, LATER) == LATER


def test_of_who_is_forgotten_nothing_is_asked_answered_or_shown() -> None:
    told = Disclosure(
        recipient="D07", reason="child_in_danger", by="HQ-1", role="regional_hq", at=START,
        until=START + timedelta(days=14),
    )  # fmt: skip
    asked = domain.ask(domain.disclose(family(), told), KIND.EXPORT, START, DUE)
    erased = asked.erase(START)

    deeds: tuple[Callable[[], object], ...] = (
        lambda: domain.disclose(erased, told),
        lambda: domain.end_disclosure(erased, "D07", START),
        lambda: domain.ask(erased, KIND.EXPORT, START, DUE),
        lambda: domain.answer(erased, KIND.EXPORT, DONE, None, START),
    )
    for deed in deeds:
        with pytest.raises(IllegalStep, match="person_was_erased"):
            deed()


def test_what_a_merged_record_shows_is_ended_by_the_one_that_speaks_for_it() -> None:
    told = Disclosure(
        recipient="D07", reason="child_in_danger", by="HQ-1", role="regional_hq", at=START,
        until=START + timedelta(days=14),
    )  # fmt: skip
    merged = family(family_id="fam_2", disclosures=(told,))
    whole = family().model_copy(update={"others": (merged,)})
    soon = START + timedelta(days=1)

    ended = domain.end_disclosure(whole, "D07", soon)

    assert (whole.disclosed_to(soon), ended.disclosed_to(soon)) == (("D07",), ())
    (known,) = ended.all_disclosures
    assert (known.at, known.until) == (START, soon)
