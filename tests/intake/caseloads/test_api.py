"""The cases of a coordinator who is ill or leaves go over to a colleague, all of them."""

import time
from datetime import timedelta
from typing import Any

import pytest

from services.intake.caseloads import domain, use_cases
from services.intake.caseloads.repository import CaseloadTransfers
from services.intake.caseloads.use_cases import move_cases
from services.intake.cases.coordination import taking
from services.intake.cases.domain import Case
from services.intake.families.values import Stamp
from shared import dependencies
from shared.errors import IllegalStep
from shared.principal import Principal, system
from shared.storage.command_context import CommandContext
from tests.intake.api_client import (
    HQ,
    HQ_2,
    HQ_Y,
    OPERATOR,
    IntakeClient,
    just_before_the_next_write,
    staff,
)

HQ_3 = staff("HQ-3", "regional_hq")
LEAD = HQ  # of ZR
PATH, ROW = "/caseload-transfers", "CASELOAD_TRANSFER"
BODY = {"region": "ZR", "taken_from": "HQ-2", "taken_by": "HQ-3", "reason": "colleague_left"}


def taken(client: IntakeClient, who: Principal, number: int, **more: Any) -> str:
    """A case that somebody has taken."""
    contact = {"name": "Анна", "channel": "sms", "phone": f"+7916000{number:04}"}
    case = client.received(contact=contact, **more)
    client.do(who, f"/cases/{case}/take")
    return case


def known(client: IntakeClient, who: Principal = HQ_3) -> str:
    """A colleague works in the region: a case of hers says so."""
    return taken(client, who, 9000)


def whose(client: IntakeClient, *cases: str) -> list[str]:
    """Who has these cases."""
    return [client.view(case)["taken_by"] for case in cases]


def ended(client: IntakeClient, transfer: str, who: Principal = LEAD) -> Any:
    """A hand-over, as its region reads it."""
    return client.get(who, f"{PATH}/{transfer}").json


def test_the_lead_hands_a_whole_caseload_over_and_the_colleague_hears_once(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases, "CASES_OF_STEP", 2)
    own = known(client)
    cases = [taken(client, HQ_2, number) for number in range(5)]
    untouched = taken(client, LEAD, 8000)

    made = client.post(LEAD, PATH, BODY)
    assert (made.status, made.json["status"]) == (201, "moving")
    assert made.headers["Location"].endswith(f"{PATH}/{made.json['id']}")
    client.world.settle()

    assert whose(client, *cases, own, untouched) == ["HQ-3"] * 6 + ["HQ-1"]
    seen = ended(client, made.json["id"])
    assert (seen["status"], seen["moved"], seen["waiting"], seen["left"]) == ("done", 5, 0, 0)
    assert {each["case_id"] for each in seen["cases"]} == {*cases}
    assert {each["number"] for each in seen["cases"]} == {client.view(c)["number"] for c in cases}
    told = client.published("CaseloadTransferred")
    assert [(each["moved"], each["left"], each["more"]) for each in told] == [(5, 0, False)]
    assert [(each["taken_by"], each["by_receiver"]) for each in told] == [("HQ-3", False)]
    moves = client.published("CaseTaken")[-5:]
    assert {(each["taken_by"], each["taken_from"], each["reason"]) for each in moves} == {
        ("HQ-3", "HQ-2", "colleague_left")
    }
    assert all(each["with_caseload"] for each in moves)
    last = client.get(LEAD, f"/cases/{cases[0]}/history").json["items"][-1]
    assert (last["what"], last["by"], last["ref"]) == ("handed_over", "HQ-1", "HQ-3")
    audited = [
        row
        for row in client.world.rows("intake-audit")
        if row["action"]["S"] == "transfer_caseload" and row["pk"]["S"].startswith("cas_")
    ]
    assert len(audited) == 5
    assert {(row["actor"]["S"], row["reason"]["S"]) for row in audited} == {
        ("HQ-1", "colleague_left")
    }
    mine = client.get(HQ_3, "/cases", taken_by="HQ-3").json["items"]
    assert {row["id"] for row in mine} == {own, *cases}
    # The team of the family follows its case.
    client.do(HQ_3, f"/cases/{cases[0]}/needs", {"confirm": client.needs(cases[0])})
    assert client.post(HQ_2, f"/cases/{cases[0]}/triage", {"decision": "one_time"}).status == 409


def test_what_did_not_go_over_is_named_with_why(client: IntakeClient) -> None:
    known(client)
    moved, over, closed = (taken(client, HQ_2, number) for number in range(3))
    theirs = taken(client, staff("HQ-2", "case_manager"), 4)
    made = client.post(LEAD, PATH, BODY)
    client.post(LEAD, f"/cases/{over}/take-over", {"taken_from": "HQ-2", "reason": "urgent"})
    client.post(LEAD, f"/cases/{closed}/withdraw", {"evidence": "written"})
    client.world.settle()

    seen = ended(client, made.json["id"])
    assert {each["case_id"]: each["result"] for each in seen["cases"]} == {
        moved: "moved",
        over: "taken_over",
        closed: "closed",
        theirs: "other_role",
    }
    assert (seen["moved"], seen["left"]) == (1, 3)
    assert whose(client, moved, over, theirs) == ["HQ-3", "HQ-1", "HQ-2"]


def test_only_the_cases_of_a_district_go_over_where_one_is_named(client: IntakeClient) -> None:
    known(client)
    here, there = taken(client, HQ_2, 1), taken(client, HQ_2, 2, district_id="D05")

    client.do(LEAD, PATH, BODY | {"district_id": "D05"})

    assert whose(client, here, there) == ["HQ-2", "HQ-3"]
    (row,) = client.get(HQ_3, PATH).json["items"]
    assert (row["district_id"], row["moved"], row["status"]) == ("D05", 1, "done")
    assert "cases" not in row
    unknown = client.post(LEAD, PATH, BODY | {"district_id": "D99"})
    assert (unknown.status, unknown.json["errors"][0]["pointer"]) == (422, "/district_id")


def test_a_step_that_died_on_its_way_hands_nothing_over_twice(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(client)
    cases = [taken(client, HQ_2, number) for number in range(3)]
    save, died = CaseloadTransfers.save, list[str]()

    def dies(self: Any, context: Any, transfer: Any, *also: Any, **more: Any) -> Any:
        if context.action != "transfer_caseload" and not died:
            died.append(transfer.transfer_id)
            raise RuntimeError("the worker died")
        return save(self, context, transfer, *also, **more)

    monkeypatch.setattr(CaseloadTransfers, "save", dies)
    made = client.post(LEAD, PATH, BODY)
    client.world.settle()
    assert died and ended(client, made.json["id"])["status"] == "moving"
    versions = [client.view(case)["version"] for case in cases]

    client.wait(0.1)

    assert ended(client, made.json["id"])["moved"] == 3
    assert [client.view(case)["version"] for case in cases] == versions
    assert len([each for each in client.published("CaseTaken") if each["taken_from"]]) == 3
    assert len(client.published("CaseloadTransferred")) == 1


def test_a_step_that_is_due_no_more_does_nothing(client: IntakeClient) -> None:
    known(client)
    taken(client, HQ_2, 1)
    made = client.post(LEAD, PATH, BODY).json["id"]
    client.world.settle()
    before = ended(client, made)
    assert before["status"] == "done"

    with client.world.service("intake"):
        context = CommandContext(system("move_cases"), "move_cases", "cor_1")
        move_cases(made, context, **dependencies.connected(move_cases))
    client.world.settle()

    assert ended(client, made) == before
    assert len(client.published("CaseloadTransferred")) == 1


def test_a_case_that_changes_meanwhile_goes_over_as_it_is(client: IntakeClient) -> None:
    known(client)
    case = taken(client, HQ_2, 1)
    made = client.post(LEAD, PATH, BODY)
    wish = {"evidence": "spoken_by_phone", "add": [{"category": "food_aid"}]}

    with just_before_the_next_write(
        client, lambda: client.post(LEAD, f"/cases/{case}/corrections", wish)
    ):
        client.world.settle()

    assert ended(client, made.json["id"])["moved"] == 1
    view = client.view(case)
    assert view["taken_by"] == "HQ-3"
    assert "food_aid" in {need["category"] for need in view["needs"]}


def test_what_the_list_shows_late_goes_over_too(client: IntakeClient) -> None:
    known(client)
    first = taken(client, HQ_2, 1)
    contact = {"name": "Анна", "channel": "sms", "phone": "+79160000002"}
    late = client.received(contact=contact)
    with client.world.dynamodb.lagging_indexes():
        client.do(HQ_2, f"/cases/{late}/take")
        made = client.post(LEAD, PATH, BODY)
    client.world.settle()

    assert whose(client, first, late) == ["HQ-3", "HQ-3"]
    assert ended(client, made.json["id"])["moved"] == 2


def test_what_is_too_much_for_one_hand_over_goes_with_the_next(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (domain, use_cases):
        monkeypatch.setattr(module, "MOST_CASES", 2)
    known(client)
    cases = [taken(client, HQ_2, number) for number in range(3)]

    made = client.post(LEAD, PATH, BODY)
    seen = ended(client, made.json["id"])
    assert (seen["waiting"], seen["more"]) == (2, True)
    client.world.settle()
    seen = ended(client, made.json["id"])
    assert (seen["moved"], seen["more"]) == (2, True)
    assert whose(client, *cases).count("HQ-2") == 1
    client.do(LEAD, PATH, BODY)

    assert whose(client, *cases) == ["HQ-3"] * 3
    assert [each["more"] for each in client.published("CaseloadTransferred")] == [True, False]


def test_a_caseload_is_shared_among_colleagues_case_by_case(client: IntakeClient) -> None:
    known(client)
    cases = [taken(client, HQ_2, number) for number in range(3)]
    client.do(LEAD, PATH, BODY | {"case_ids": cases[:2]})
    client.do(LEAD, PATH, BODY | {"case_ids": cases[2:], "taken_by": "HQ-1"})
    (latest,) = CaseloadTransfers(client.world.stores["intake"]).given_by("ZR", "HQ-2", 1)
    assert latest.taken_by == "HQ-1"
    assert whose(client, *cases) == ["HQ-3", "HQ-3", "HQ-1"]

    # What went by mistake goes back, and nothing else; who takes it back has to be told nothing.
    back = BODY | {"taken_from": "HQ-3", "taken_by": "HQ-2", "reason": "agreed"}
    client.do(HQ_2, PATH, back | {"case_ids": cases[:1]})
    client.world.settle()
    assert client.published("CaseloadTransferred")[-1]["by_receiver"]
    listed = client.get(LEAD, PATH).json["items"]
    assert [each["taken_by"] for each in listed] == ["HQ-2", "HQ-1", "HQ-3"]  # the latest first
    rows = [each for each in client.world.rows("intake-data") if each["sk"]["S"] == ROW]
    left = [timedelta(seconds=int(each["expires_at"]["N"]) - time.time()) for each in rows]
    assert len(left) == 3 and {round(each / timedelta(days=1)) for each in left} == {90}
    assert whose(client, *cases) == ["HQ-2", "HQ-3", "HQ-1"]

    nowhere = "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    mixed = client.post(LEAD, PATH, BODY | {"case_ids": [cases[0], cases[1], nowhere]})
    (error,) = mixed.json["errors"]
    assert (mixed.status, error["code"], error["pointer"]) == (
        422, "cases_of_others", "/case_ids",
    )  # fmt: skip
    assert cases[1] in error["detail"] and nowhere in error["detail"]
    assert cases[0] not in error["detail"]
    assert client.post(LEAD, PATH, BODY | {"case_ids": []}).status == 422  # none is not all
    assert whose(client, *cases) == ["HQ-2", "HQ-3", "HQ-1"]


def test_a_case_that_its_state_keeps_holds_up_no_other(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(client)
    stuck, moved = (taken(client, HQ_2, number) for number in range(2))
    hand_over = taking.hand_over

    def refuses(case: Case, stamp: Stamp, taken_by: str, reason: str) -> Case:
        if case.case_id == stuck:
            raise IllegalStep("family_has_open_case")
        return hand_over(case, stamp, taken_by, reason)

    monkeypatch.setattr(taking, "hand_over", refuses)
    made = client.post(LEAD, PATH, BODY)
    client.world.settle()

    seen = ended(client, made.json["id"])
    assert {each["case_id"]: each["result"] for each in seen["cases"]} == {
        stuck: "refused",
        moved: "moved",
    }
    assert seen["status"] == "done"


# who may ------------------------------------------------------------------------------------


def test_a_coordinator_hands_her_own_cases_over_or_takes_a_colleagues(client: IntakeClient) -> None:
    known(client)
    case = taken(client, HQ_2, 1)
    client.do(HQ_2, PATH, BODY | {"reason": "workload"})
    assert whose(client, case) == ["HQ-3"]

    client.do(HQ_2, PATH, BODY | {"taken_from": "HQ-3", "taken_by": "HQ-2"})
    assert whose(client, case) == ["HQ-2"]

    other = staff("HQ-4", "regional_hq")
    refused = client.post(other, PATH, BODY)
    assert (refused.status, refused.code) == (403, "caseload_of_others")
    assert "руководителя региона" in refused.json["detail"]


def test_who_is_new_takes_a_caseload_without_a_case_of_her_own(client: IntakeClient) -> None:
    case = taken(client, HQ_2, 1)
    refused = client.post(LEAD, PATH, BODY)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "colleague_unknown")
    assert refused.json["errors"][0]["pointer"] == "/taken_by"

    client.do(HQ_3, PATH, BODY)

    assert whose(client, case) == ["HQ-3"]


def test_the_lead_of_the_region_is_known_without_a_case(client: IntakeClient) -> None:
    case = taken(client, HQ_2, 1)

    client.do(HQ_2, PATH, BODY | {"taken_by": "HQ-1"})

    assert whose(client, case) == ["HQ-1"]


def test_a_case_managers_cases_go_to_another_case_manager(client: IntakeClient) -> None:
    one, other = staff("CM-1", "case_manager"), staff("CM-2", "case_manager")
    known(client, other)
    case = taken(client, one, 1)

    go = {"taken_from": "CM-1", "taken_by": "CM-2", "reason": "colleague_absent"}
    of_colleague = client.post(other, PATH, BODY | go)
    assert (of_colleague.status, of_colleague.code) == (403, "caseload_of_others")
    made = client.do(one, PATH, BODY | go)  # the holiday of one
    for who in (one, other, HQ_3):
        assert ended(client, made["id"], who)["moved"] == 1
    assert client.get(staff("CM-3", "case_manager"), f"{PATH}/{made['id']}").status == 404

    assert whose(client, case) == ["CM-2"]
    client.do(other, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    assert client.get(other, PATH).status == 403
    assert client.post(other, PATH, BODY | {"taken_by": "CM-2"}).status == 403
    back = {"taken_from": "CM-2", "taken_by": "CM-1", "reason": "agreed"}
    assert client.post(other, PATH, BODY | back | {"region": "YY"}).status == 404
    client.do(other, PATH, BODY | back)  # who had them is known, though none is left
    assert whose(client, case) == ["CM-1"]


def test_the_lead_hands_over_the_caseload_of_a_case_manager_who_has_left(
    client: IntakeClient,
) -> None:
    one, other = staff("CM-1", "case_manager"), staff("CM-2", "case_manager")
    case = taken(client, one, 1)
    known(client, other)

    client.do(LEAD, PATH, BODY | {"taken_from": "CM-1", "taken_by": "CM-2"})

    assert whose(client, case) == ["CM-2"]


def test_who_acts_as_a_case_manager_hands_over_what_she_took_as_one(client: IntakeClient) -> None:
    known(client)
    case = taken(client, HQ_2, 1)

    refused = client.post(staff("HQ-2", "case_manager"), PATH, BODY)

    assert refused.json["errors"][0]["code"] == "colleague_unknown"
    assert whose(client, case) == ["HQ-2"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"taken_by": "HQ-2"}, "caseload_stays", "/taken_by"),
        ({"taken_from": "HQ-9"}, "caseload_empty", "/taken_from"),
        ({"reason": "because"}, "unknown_code", "/reason"),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: IntakeClient, change: dict[str, str], code: str, pointer: str
) -> None:
    known(client)
    taken(client, HQ_2, 1)

    refused = client.post(LEAD, PATH, BODY | change)

    (error,) = refused.json["errors"]
    assert (refused.status, error["code"], error["pointer"]) == (422, code, pointer)
    assert client.published("CaseloadTransferred") == []


def test_a_caseload_that_stayed_says_nothing_of_how_its_coordinator_works(
    client: IntakeClient,
) -> None:
    manager = staff("CM-1", "case_manager")
    case, own = taken(client, manager, 1), taken(client, HQ_2, 2)
    asked = BODY | {"taken_from": "CM-1", "taken_by": "HQ-2", "reason": "agreed"}
    transfer = client.do(HQ_2, PATH, asked)["id"]
    (left,) = ended(client, transfer)["cases"]
    assert left["result"] == "other_role"
    client.do(LEAD, f"/cases/{case}/withdraw", {"reason": "found_help", "evidence": "written"})

    refused = client.post(HQ_2, PATH, BODY | {"taken_by": "CM-1"})

    assert (refused.status, refused.code) == (422, "colleague_unknown")
    assert whose(client, own) == ["HQ-2"]


def test_another_region_knows_nothing_of_it(client: IntakeClient) -> None:
    known(client)
    taken(client, HQ_2, 1)
    made = client.post(LEAD, PATH, BODY)
    client.world.settle()

    assert client.post(HQ_Y, PATH, BODY).status == 404
    assert client.get(HQ_Y, f"{PATH}/{made.json['id']}").status == 404
    assert client.get(HQ_Y, PATH).json["items"] == []
    assert client.get(HQ_Y, PATH, region="ZR").status == 404
    assert client.post(OPERATOR, PATH, BODY).status == 403
    # A colleague of another region is none here.
    abroad = client.post(LEAD, PATH, BODY | {"taken_from": "HQ-3", "taken_by": "HQ-Y"})
    assert abroad.json["errors"][0]["code"] == "colleague_unknown"
