"""What the programme promises a matched family: contacts, warnings, calls and the end of care."""

from dataclasses import replace
from typing import Any

import pytest

from shared.principal import Principal
from tests.cross_service.region import FEDERAL, HQ, OPERATIONS, RegionClient, rep
from tests.matching.api_client import checked
from tests.support.api import Answer

TIRED = {"reason": "guardian_resources_exhausted"}
PHONE_OF_HQ = "8 800 111-11-11"


def asked(client: RegionClient, kind: str, who: Principal = HQ) -> list[str]:
    """Whom headquarters is asked to do work of one kind about, one entry for each piece."""
    items = client.get(who, "/notifications/inbox", limit=100)["items"]
    return [item["reference"] for item in items if item["kind"] == kind]


def contacts(client: RegionClient, case: str, guardian: str, match: str) -> tuple[Answer, Answer]:
    """The family's contact as the guardian asks for it, and the guardian's as the family does."""
    family = client.family_token(case)
    of_family = client.api("intake", rep(guardian)).get(f"/cases/{case}/contact")
    return of_family, client.api("matching", family).get(f"/matches/{match}/guardian-contact")


@pytest.mark.requirement("S4-37")
def test_until_the_introduction_both_sides_have_the_contact_of_headquarters_only(
    client: RegionClient,
) -> None:
    api, lines = client.api("notifications", OPERATIONS), {"values": {"hq_phone": PHONE_OF_HQ}}
    assert api.put("/programme-lines/ZR", lines, if_match=0).status == 200
    case, guardian = client.waiting(), client.ready()
    before = len(client.messages)

    match = client.proposed(case, guardian)

    told = {message.recipient_role: message.text for message in client.messages[before:]}
    assert {"family", "guardian_rep"} <= set(told)
    for reader, other in (("family", "Олег"), ("guardian_rep", "Мария")):
        assert PHONE_OF_HQ in told[reader]
        assert other not in told[reader]
        assert "+7" not in told[reader]
    assert [each.status for each in contacts(client, case, guardian, match)] == [404, 403]
    client.introduced(match)
    of_family, of_guardian = contacts(client, case, guardian, match)
    assert "+7926" in of_family.text
    assert "+7916" in of_guardian.text
    client.drafted(match)
    client.signed(match)
    assert client.get(HQ, f"/matching/matches/{match}")["status"] == "agreed"


@pytest.mark.parametrize("met", [False, True])
def test_who_declines_after_the_introduction_hears_of_the_contact_and_of_no_introduction(
    client: RegionClient, met: bool
) -> None:
    case, guardian = client.waiting(), client.ready()
    client.ready()
    match = client.proposed(case, guardian)
    if met:
        client.introduced(match)
    before = len(client.messages)

    client.do(rep(guardian), f"/matching/matches/{match}/decline", {"reason": "no_people"})

    told = client.messages[before:]
    (words,) = (each.text for each in told if each.recipient_role == "guardian_rep")
    assert ("контакт семьи больше не используйте" in words) is met
    assert ("Знакомства с этой семьёй не будет" in words) is not met
    of_introduction = "От знакомства отказались: нужен другой опекун"
    assert (of_introduction in {each.title for each in told}) is not met
    assert asked(client, "find_guardian") == [case]


def test_a_guardian_is_promised_a_contact_only_if_the_family_allows_it(
    client: RegionClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.proposed(case, guardian)
    consent = {"purpose": "contact", "given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"/intake/families/{client.family(case)}/consents", consent)

    client.introduced(match)

    of_family, _ = contacts(client, case, guardian, match)
    told = client.messages_to("guardian_rep")[-1]
    assert (of_family.status, told.title) == (404, "Вы познакомились с семьёй")
    assert "если она это разрешила" in told.text


@pytest.mark.requirement("S4-42")
def test_headquarters_is_reminded_once_of_an_introduction_that_was_not_held(
    client: RegionClient,
) -> None:
    guardian = client.ready()
    late, met = (client.proposed(client.waiting(), guardian) for _ in range(2))
    client.at("2026-09-15 12:00")
    client.introduced(met)

    def reminded() -> int:
        titles = [message.title for message in client.messages_to("regional_hq")]
        return titles.count("Скоро срок знакомства")

    client.at("2026-09-16 09:59")
    assert reminded() == 0

    client.at("2026-09-16 10:00")
    client.at("2026-09-16 12:00")

    assert asked(client, "hold_introduction") == [late]
    assert reminded() == 1
    warned = client.world.events("matching.IntroductionDueSoon")
    assert [each["data"]["match_id"] for each in warned] == [late]


@pytest.mark.requirement("S4-47")
def test_what_a_call_finds_leads_to_an_action(client: RegionClient) -> None:
    guardian = client.ready()
    silent, troubled = (client.in_care(client.waiting(), guardian) for _ in range(2))

    def call(match: str, **said: Any) -> Answer:
        path = f"/matching/matches/{match}/calls"
        return client.post(HQ, path, {"kind": "two_weeks"} | said)

    client.at("2026-09-28 09:00")
    assert sorted(asked(client, "call_family")) == sorted([silent, troubled])
    without = call(silent)
    assert (without.status, without.json["errors"][0]["pointer"]) == (422, "/result")

    assert call(troubled, result="problem").status == 200
    assert len(asked(client, "mediate")) == 1
    for day in (29, 30):
        assert call(silent, result="unreachable").status == 200
        assert asked(client, "call_family") == []
        client.at(f"2026-09-{day} 09:00")
        assert asked(client, "call_family") == [silent]
    assert call(silent, result="unreachable").status == 200
    client.at("2026-10-01 09:00")
    assert asked(client, "call_family") == []
    assert asked(client, "act_on_call") == [silent]
    fourth = call(silent, result="fine")
    assert (fourth.status, fourth.code) == (409, "call_already_settled")


@pytest.mark.requirement("S4-52")
def test_who_stops_tells_headquarters_which_asks_the_other_side_and_decides(
    client: RegionClient,
) -> None:
    guardian = client.ready()
    cases = [client.waiting() for _ in range(2)]
    answered, unanswered = (client.in_care(case, guardian) for case in cases)
    before = len(client.messages)

    for match in (answered, unanswered):
        client.do(rep(guardian), f"/matching/matches/{match}/notices", TIRED)

    assert sorted(asked(client, "settle_ending")) == sorted([answered, unanswered])
    assert (
        client.heard(before)
        == 2 * [("family", "Организация не сможет помогать дальше")]
        + [("regional_hq", "Помощь семье может закончиться")] * 2
    )
    said = TIRED | {"by": "family", "evidence": "phone_call"}
    client.do(HQ, f"/matching/matches/{answered}/notices", said)
    client.do(HQ, f"/matching/matches/{answered}/ending", TIRED)
    assert client.get(HQ, f"/matching/matches/{answered}")["status"] == "ended"
    path = f"/matching/matches/{unanswered}/ending"
    client.at("2026-09-17 09:59")
    assert client.post(HQ, path, TIRED).code == "second_notice_awaited"
    client.at("2026-09-17 10:01")
    client.do(HQ, path, TIRED)
    assert client.get(HQ, f"/matching/matches/{unanswered}")["status"] == "ended"


@pytest.mark.requirement("S4-15")
def test_a_guardian_that_reports_to_be_out_of_strength_is_relieved_before_it_breaks_off(
    client: RegionClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match, next_case = client.proposed(case, guardian), client.waiting()
    path = f"/matching/matches/{match}/reports"
    report = {"period": "2026-09", "done": "Помогали с бытом", "resources_ok": False}
    assert client.post(rep(guardian), path, report).status == 404, "there is no agreement yet"
    client.introduced(match)
    client.drafted(match)
    client.signed(match)
    client.helped(match)
    before = len(client.messages)

    client.do(rep(guardian), path, report)

    assert asked(client, "relieve_guardian") == [match]
    assert ("regional_hq", "Опекуну не хватает сил") in client.heard(before)
    view = client.get(HQ, f"/matching/matches/{match}")
    assert view["status"] == "active", "the family is not left alone"
    assert client.get(HQ, f"/matching/guardians/{guardian}")["status"] == "paused"
    pair = {"case_id": next_case, "guardian_id": guardian}
    refused = client.post(HQ, "/matching/matches", pair)
    assert (refused.status, refused.code) == (409, "candidate_paused")

    client.do(HQ, f"/matching/guardians/{guardian}/resumption")
    assert asked(client, "relieve_guardian") == [], "who takes families again is relieved"


@pytest.mark.requirement("S4-01")
def test_care_is_agreed_on_and_counted_in_its_own_programme(client: RegionClient) -> None:
    match = client.proposed(client.waiting(), client.ready())
    for _ in range(2):
        client.registered(programme="family_care")
    client.introduced(match)
    path = f"/matching/matches/{match}"
    needs = [need["need_id"] for need in client.get(HQ, path)["needs"]]
    draft = {"need_ids": needs, "frequency": "weekly", "starts_on": "2026-09-18"}
    foreign = draft | {"template_version": "2026-1", "programme": "another"}
    refused = client.post(HQ, f"{path}/agreement", foreign)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/programme")

    client.drafted(match)
    client.signed(match)
    client.helped(match)

    assert client.get(HQ, path)["agreement"]["programme"] == "service_member_care"
    in_care = client.get(HQ, "/matching/regions/ZR/figures")["families_in_care"]
    asked_for = client.get(HQ, "/intake/figures")["programmes"]
    assert in_care == 1
    assert {each["programme"]: each["families"] for each in asked_for} == {
        "service_member_care": 1,
        "family_care": 2,
    }
    told = [event["data"] for event in client.world.events() if "CareStarted" in event["type"]]
    assert [each["programme"] for each in told] == ["service_member_care"]


def test_the_work_about_a_failed_check_moves_with_the_guardian(client: RegionClient) -> None:
    guardian = client.ready()
    there = replace(HQ, id="HQ-Y", regions=("YY",))
    staff = {"coordinators": [there.id]}
    client.api("matching", FEDERAL).put("/regions/YY/headquarters", staff, if_match=0)
    path = f"/matching/guardians/{guardian}"
    client.do(FEDERAL, f"{path}/checks", checked("registry", client.today(), passed=False))
    assert asked(client, "renew_evidence") == [guardian]
    before = len(client.messages)

    client.do(FEDERAL, f"{path}/assignment", {"region": "YY"})

    assert asked(client, "renew_evidence") == []
    assert asked(client, "renew_evidence", there) == [guardian]
    assert "Проверка не пройдена" not in [title for _, title in client.heard(before)]
    client.do(FEDERAL, f"{path}/checks", checked("registry", client.today()))
    assert asked(client, "renew_evidence", there) == []
    assert ("guardian_rep", "Проверка пройдена") in client.heard(before)


@pytest.mark.parametrize("by_family", [False, True])
def test_who_proposes_anew_at_once_is_not_asked_to_find_a_guardian(
    client: RegionClient, by_family: bool
) -> None:
    first, second, case = client.ready(), client.ready(), client.waiting()
    match = client.proposed(case, first)
    assert asked(client, "find_guardian") == []
    matching = client.api("matching", HQ)
    step, said = "cancellation", {"reason": "mistake"}
    if by_family:
        step, said = "decline", {"reason": "too_far", "by": "family", "evidence": "phone_call"}
    assert matching.post(f"/matches/{match}/{step}", said, key="over").status == 200
    again = {"case_id": case, "guardian_id": second}
    proposed = matching.post("/matches", again, key="again")  # before intake hears of the end

    client.world.settle()

    assert proposed.status == 201
    assert client.get(HQ, f"/intake/cases/{case}")["status"] == "matched"
    assert asked(client, "find_guardian") == []
    client.do(HQ, f"/matching/matches/{proposed.json['id']}/cancellation", {"reason": "mistake"})
    assert asked(client, "find_guardian") == [case]


def test_after_a_refusal_one_task_asks_for_another_guardian_by_the_time_promised(
    client: RegionClient,
) -> None:
    first, _, case = client.ready(), client.ready(), client.waiting()
    client.at("2026-09-14 10:00")
    match = client.proposed(case, first)
    promised = client.get(HQ, f"/matching/matches/{match}")["introduction_due_at"]
    client.at("2026-09-16 09:00")
    said = {"reason": "too_far", "by": "family", "evidence": "phone_call"}

    client.do(HQ, f"/matching/matches/{match}/decline", said)

    (work,) = client.get(HQ, "/notifications/inbox", limit=100)["items"]
    assert (work["kind"], work["reference"], work["due_at"]) == ("find_guardian", case, promised)
    assert "Семья снова ждёт опекуна" in work["text"]


def test_an_introduction_that_is_late_is_one_task_with_its_latest_words(
    client: RegionClient,
) -> None:
    match = client.proposed(client.waiting(), client.ready())
    seen = []
    for day in (15, 16, 17):
        client.at(f"2026-09-{day} 11:00")
        work = client.get(HQ, "/notifications/inbox", limit=100)["items"]
        seen += [(item["kind"], item["title"], item["reference"]) for item in work]
    assert seen == [
        ("hold_introduction", "Сутки без знакомства: кто следующий", match),
        ("hold_introduction", "Скоро срок знакомства", match),
        ("hold_introduction", "Срок знакомства прошёл", match),
    ]
