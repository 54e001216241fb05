"""How an ending is asked of the other side, and who is told at each turn."""

import pytest

from tests.cross_service.region import EVIDENCE, FEDERAL, HQ, RegionClient, rep

TIRED = {"reason": "guardian_resources_exhausted"}


def test_the_guardian_s_notice_is_put_to_the_family_and_put_again_after_a_day(
    client: RegionClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.in_care(case, guardian)
    path, before = f"/matching/matches/{match}", len(client.messages)

    client.do(rep(guardian), f"{path}/notices", TIRED)
    assert client.heard(before) == [
        ("family", "Организация не сможет помогать дальше"),
        ("regional_hq", "Помощь семье может закончиться"),
    ]
    before = len(client.messages)
    client.at("2026-09-15 10:05")
    assert client.heard(before) == [
        ("family", "Ждём вашего ответа"),
        ("regional_hq", "Вторая сторона молчит уже сутки"),
    ]
    assert (
        "закончить можно, но не раньше 17 сентября в 10:00"
        in client.messages_to("regional_hq")[-1].text
    )


def test_the_family_s_notice_is_put_to_the_guardian_and_its_answer_to_headquarters(
    client: RegionClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.in_care(case, guardian)
    path, before = f"/matching/matches/{match}", len(client.messages)

    client.do(client.family_token(case), f"{path}/notices", {"reason": "conflict"})
    assert client.heard(before) == [
        ("guardian_rep", "Семья хочет закончить"),
        ("regional_hq", "Помощь семье может закончиться"),
    ]
    before = len(client.messages)
    client.do(rep(guardian), f"{path}/notices", TIRED)
    assert client.heard(before) == [("regional_hq", "Помощь семье может закончиться")]
    assert "Обе стороны" in client.messages[-1].text
    client.at("2026-09-15 12:00")
    assert "Вторая сторона молчит уже сутки" not in {message.title for message in client.messages}
    client.do(HQ, f"{path}/ending", TIRED)


def test_a_side_that_wants_to_go_on_after_all_is_not_said_to_be_silent(
    client: RegionClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.in_care(case, guardian)
    path = f"/matching/matches/{match}"
    client.do(rep(guardian), f"{path}/notices", TIRED)
    client.do(client.family_token(case), f"{path}/notices", TIRED)
    before = len(client.messages)

    client.do(client.family_token(case), f"{path}/notices/withdrawal", {})

    assert client.heard(before) == [("regional_hq", "Одна сторона передумала заканчивать")]
    assert "Семья хочет продолжать, а опекун" in client.messages[-1].text
    work = client.get(HQ, "/notifications/inbox")["items"]
    assert [each["kind"] for each in work].count("settle_ending") == 1
    before = len(client.messages)
    client.at("2026-09-15 12:00")
    assert client.heard(before) == []

    client.do(rep(guardian), f"{path}/notices/withdrawal", {})
    client.do(rep(guardian), f"{path}/notices", TIRED)
    before = len(client.messages)
    client.at("2026-09-16 13:00")
    assert ("family", "Ждём вашего ответа") in client.heard(before), "it is asked anew"


@pytest.mark.parametrize("by_family", [True, False])
def test_who_heard_of_an_ending_hears_that_it_is_off(client: RegionClient, by_family: bool) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.in_care(case, guardian)
    who = client.family_token(case) if by_family else rep(guardian)
    path = f"/matching/matches/{match}/notices"
    client.do(who, path, TIRED)
    before = len(client.messages)

    client.do(who, f"{path}/withdrawal", {})

    of_family = ("family", "Организация остаётся с вами")
    of_guardian = ("guardian_rep", "Семья хочет продолжать с вами")
    assert client.heard(before) == [of_guardian if by_family else of_family]


def test_a_guardian_hears_that_its_story_is_not_published(client: RegionClient) -> None:
    guardian = client.ready()
    match = client.in_care(client.waiting(), guardian)
    told = {"text": "Вместе покрасили забор"}
    story = client.do(rep(guardian), f"/matching/matches/{match}/stories", told)["id"]
    before = len(client.messages)

    client.do(FEDERAL, f"/matching/stories/{story}/decline", {"reason": "unclear"})
    client.at("2026-09-16 12:00")

    assert ("guardian_rep", "Вашу историю не будут публиковать") in client.heard(before)


@pytest.mark.requirement("S4-51")
def test_after_care_the_family_waits_again_at_once_or_its_case_is_closed(
    client: RegionClient,
) -> None:
    case, first = client.waiting(), client.ready()
    match = client.in_care(case, first)
    assert client.get(HQ, "/matching/families")["items"] == []

    client.do(HQ, f"/matching/matches/{match}/ending", TIRED)

    assert [each["case_id"] for each in client.get(HQ, "/matching/families")["items"]] == [case]
    asked = client.world.events("intake.CareRequired")
    assert [each["data"]["again"] for each in asked] == [False, True]
    assert client.world.events("intake.CaseClosed") == []

    match = client.in_care(case, client.ready())
    client.all_met(case)
    client.do(HQ, f"/matching/matches/{match}/ending", {"reason": "all_needs_met"})

    (closed,) = client.world.events("intake.CaseClosed")
    assert closed["data"]["reason"] == "all_needs_met"
    assert client.get(HQ, "/matching/families")["items"] == []
    assert "/forms/" in "".join(each.text for each in client.messages_to("family")[-2:])


def test_a_conflict_that_was_none_is_known_as_none_in_intake_too(client: RegionClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.in_care(case, guardian)
    path, file = f"/matching/matches/{match}", f"/intake/cases/{case}"
    for side in ("family", "guardian"):
        client.do(HQ, f"{path}/hearings", {"side": side, "result": "heard"})
    client.do(HQ, f"{path}/ending", {"reason": "conflict"})
    assert client.get(HQ, file)["family"]["excluded_guardians"] == [guardian]

    client.do(HQ, f"{path}/exclusion/lift", {"reason": "reconciled"})

    assert client.get(HQ, file)["family"]["excluded_guardians"] == []
    history = client.get(HQ, f"{file}/history")["items"]
    assert (history[-1]["what"], history[-1]["ref"]) == ("exclusion_lifted", match)
    last = client.world.events("intake.CareDetailsChanged")[-1]["data"]
    assert last["excluded_guardians"] == []


def test_a_case_that_was_closed_in_care_by_mistake_is_in_care_again(client: RegionClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.in_care(case, guardian)
    path, file = f"/matching/matches/{match}", f"/intake/cases/{case}"
    before = client.get(HQ, file)["match"]
    client.do(HQ, f"{file}/withdraw", EVIDENCE)
    assert client.get(HQ, path)["status"] == "ending"

    client.do(HQ, f"{file}/reopen", {"reason": "closed_by_mistake"} | EVIDENCE)

    seen = client.get(HQ, file)
    assert (seen["status"], seen["match"]) == ("in_care", before)
    client.do(HQ, f"{path}/notices/withdrawal", {"by": "family", "evidence": "paper"})
    assert client.get(HQ, path)["status"] == "active"
    client.do(HQ, f"{file}/outcomes", {"outcome": "partial_stability"})
    work = {each["kind"] for each in client.get(HQ, "/notifications/inbox")["items"]}
    assert not work & {"find_guardian", "settle_ending"}
    before_end = len(client.messages)

    client.do(HQ, f"{path}/ending", TIRED)

    assert client.get(HQ, file)["status"] == "care_required"
    assert [each["case_id"] for each in client.get(HQ, "/matching/families")["items"]] == [case]
    told = [each for each in client.messages[before_end:] if each.recipient_role == "family"]
    assert "найдём" in told[-1].text or "ищем" in told[-1].text.lower()


def test_a_case_whose_care_is_over_by_then_is_reviewed_when_it_is_opened_again(
    client: RegionClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match, file = client.in_care(case, guardian), f"/intake/cases/{case}"
    client.do(client.family_token(case), f"{file}/withdraw", {})
    for side in ("family", "guardian"):
        heard = {"side": side, "result": "heard"}
        client.do(HQ, f"/matching/matches/{match}/hearings", heard)
    client.at("2026-09-17 12:00")
    client.do(HQ, f"/matching/matches/{match}/ending", {"reason": "conflict"})

    client.do(client.family_token(case), f"{file}/reopen", {"reason": "needs_returned"})

    seen = client.get(HQ, file)
    assert (seen["status"], seen["match"]) == ("in_review", None)
    assert seen["family"]["excluded_guardians"] == [guardian]


def test_a_case_that_closed_with_its_care_is_reviewed_when_it_is_opened_again(
    client: RegionClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match, file = client.in_care(case, guardian), f"/intake/cases/{case}"
    client.all_met(case)
    client.do(HQ, f"/matching/matches/{match}/ending", {"reason": "all_needs_met"})
    assert client.get(HQ, file)["closed_reason"] == "all_needs_met"

    client.do(HQ, f"{file}/reopen", {"reason": "closed_by_mistake"} | EVIDENCE)

    seen = client.get(HQ, file)
    assert (seen["status"], seen["match"]) == ("in_review", None)
    client.do(HQ, f"{file}/needs", {"add": [{"category": "household_help"}]})
    client.flagged(case)
    client.in_care(case, client.ready())
    assert client.get(HQ, file)["status"] == "in_care"
