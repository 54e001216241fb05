"""One record per family: what it is, its timeline, and who sees what of it."""

from typing import Any
from unittest.mock import patch

import pytest

from services.intake.families import reactions
from shared import clock, ids
from shared.events.cards import CardActivated
from shared.events.community import CrisisFlagged
from shared.events.consultations import ConsultationHeld
from shared.events.plans import PlanItemChanged
from tests.intake.api_client import (
    HQ,
    HQ_2,
    HQ_Y,
    OFFICE_D05,
    OPERATOR,
    REP,
    IntakeClient,
    staff,
)
from tests.support.world import at

MANAGER = staff("CM-1", "case_manager")
SPECIALIST = staff("SP-1", "specialist")
LEADER = staff("CL-0", "community_leader")
STORE = staff("PT-1", "partner_store")
FLAG = CrisisFlagged(
    region="ZR",
    flag_id="flg_1",
    member_ref="mem_1",
    kind="conflict",
    severity="urgent",
    raised_by="activist",
    consent=True,
    district_id="D01",
)
SENSITIVE = {"kind": "birth", "groups_sensitive": ["parental_dependency"]}


def test_headquarters_sees_a_family_without_contact_or_words(client: IntakeClient) -> None:
    family = {"kind": "birth", "groups": ["large"], "preferred_time": "evening"}
    asked = client.asked(family=family)

    view = client.get(HQ, f"/families/{asked['family_id']}").json

    assert (view["kind"], view["groups"], view["preferred_time"]) == ("birth", ["large"], "evening")
    assert (view["motivated"], view["resource_family"]) == (False, False)  # not said yet
    (contact,) = view["contacts"]
    assert (contact["channel"], contact["proof"]) == ("sms", "spoken")
    assert "phone" not in contact
    assert view["open_cases"] == [
        {"case_id": asked["case_id"], "programme": "service_member_care", "taken_by": None}
    ]
    assert client.get(HQ_Y, f"/families/{asked['family_id']}").status == 404


def test_a_contact_from_the_form_is_not_proved_to_be_the_familys(client: IntakeClient) -> None:
    from tests.intake.api_client import request

    number = client.do(None, "/web-requests", request())["number"]
    asked = client.get(HQ, f"/request-numbers/{number}").json

    (contact,) = client.get(HQ, f"/families/{asked['family_id']}").json["contacts"]

    assert contact["proof"] == "unproved"


@pytest.mark.requirement("S2-10")
def test_sensitive_groups_are_for_the_team_of_the_case_alone(client: IntakeClient) -> None:
    asked = client.asked(family=SENSITIVE)
    family, case = f"/families/{asked['family_id']}", asked["case_id"]
    assert client.get(HQ, family).json["groups_sensitive"] is None

    client.do(HQ, f"/cases/{case}/take")

    assert client.get(HQ, family).json["groups_sensitive"] == ["parental_dependency"]
    assert client.get(HQ_2, family).json["groups_sensitive"] is None
    for stranger in (REP, OFFICE_D05, OPERATOR, MANAGER, STORE):
        refused = client.get(stranger, family)
        assert refused.status == 404
        assert "groups_sensitive" not in refused.text
    read = [row for row in client.world.rows("intake-audit") if "groups" in str(row.get("fields"))]
    assert [row["actor"]["S"] for row in read if row["sk"]["S"].startswith("READ#")] == ["HQ-1"]
    for place in ("data", "outbox", "audit"):
        assert "parental_dependency" not in str(client.world.rows(f"intake-{place}"))
    assert "parental_dependency" not in str(client.view(case))

    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    assert client.get(HQ, family).json["groups_sensitive"] is None

    again = client.asked(programme="family_care")["case_id"]
    client.do(MANAGER, f"/cases/{again}/take")
    assert client.get(MANAGER, family).json["groups_sensitive"] == ["parental_dependency"]
    version = client.get(MANAGER, family).json["version"]
    new = {"groups_sensitive": ["on_prevention_register"], "reason": "learnt_later"}
    client.do(MANAGER, f"{family}/corrections", new, if_match=version)
    assert client.get(MANAGER, family).json["groups_sensitive"] == ["on_prevention_register"]
    read = [row for row in client.world.rows("intake-audit") if "groups" in str(row.get("fields"))]
    assert "CM-1" in [row["actor"]["S"] for row in read if row["sk"]["S"].startswith("READ#")]
    assert client.get(HQ, family).json["groups_sensitive"] is None


# the timeline ---------------------------------------------------------------------------------


def kinds(client: IntakeClient, family: str, **query: Any) -> list[str]:
    """What has happened to a family."""
    items = client.get(HQ, f"/families/{family}/timeline", **query).json["items"]
    return [entry["kind"] for entry in items]


def held(client: IntakeClient, consultation: str, family: str | None, by: str = "SP-1") -> None:
    """A specialist has held a consultation."""
    with client.world.service("intake"):
        now = clock.now()
    event = ConsultationHeld(
        region="ZR",
        consultation_id=consultation,
        specialist_id=by,
        specialist_kind="psychologist",
        format="online",
        mode="individual",
        client_key="k-1",
        held_at=now,
        family_id=family,
    )
    client.hear(event)


@pytest.mark.requirement("S1-02")
def test_the_record_of_a_family_joins_its_request_consultations_and_card(
    client: IntakeClient,
) -> None:
    asked = client.asked(programme="family_care", family={"kind": "foster"})
    family = asked["family_id"]
    client.do(MANAGER, f"/cases/{asked['case_id']}/take")
    client.do(HQ, f"/families/{family}/card-holders", {"holder_ref": "A-17"})
    client.world.copies = 3
    client.world.set_time(at("2026-09-16 10:00"))
    held(client, "con_1", family)
    client.world.set_time(at("2026-09-20 10:00"))
    held(client, "con_2", family, by="SP-2")
    for unknown in (None, "fam_01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        held(client, "con_3", unknown)
    client.hear(card("A-17"), time=at("2026-09-18 12:00"))

    line = client.get(MANAGER, f"/families/{family}/timeline").json["items"]

    assert [(each["kind"], each["ref"]) for each in line] == [
        ("request", asked["id"]),
        ("consultation", "con_1"),
        ("card", "crd_1"),
        ("consultation", "con_2"),
    ]
    assert [each["at"] for each in line] == sorted(each["at"] for each in line)
    assert client.get(SPECIALIST, f"/families/{family}/timeline").status == 404
    own = client.get(SPECIALIST, "/own-consultations").json["items"]
    assert [each["ref"] for each in own] == ["con_1"]
    assert client.get(HQ, "/own-consultations").status == 403
    assert client.get(LEADER, f"/families/{family}/timeline").status == 404
    parked = [row for row in client.world.rows("intake-data") if "PARKED" in row["pk"]["S"]]
    assert parked == []


@pytest.mark.parametrize("known", ["family", "holder", "unknown", "helped"])
def test_a_crisis_flag_with_consent_is_a_request_once(client: IntakeClient, known: str) -> None:
    asked = client.asked(programme="family_care", family={"kind": "foster"})
    client.do(HQ, f"/families/{asked['family_id']}/card-holders", {"holder_ref": "A-17"})
    named = {
        "family": {"family_id": asked["family_id"]},
        "holder": {"holder_ref": "№ а\u201317"},  # a Cyrillic letter
        "unknown": {"holder_ref": "A-99"},
        "helped": {"family_id": asked["family_id"]},
    }[known]
    if known == "helped":  # what the staff has not heard itself is work of the headquarters
        client.do(HQ, f"/cases/{asked['case_id']}/take")
        client.do(HQ, f"/cases/{asked['case_id']}/triage", {"decision": "one_time"})
    flag = FLAG.model_copy(update=named)
    client.world.copies = 3

    client.hear(flag.model_copy(update={"consent": False, "flag_id": "flg_2"}))
    assert len(client.published("RequestReceived")) == 1
    client.hear(flag)
    client.hear(flag)

    (event,) = client.published("RequestReceived")[1:]
    assert (event["channel"], event["urgent"], event["acknowledged"]) == (
        "crisis_flag", True, False,
    )  # fmt: skip
    request = client.get(HQ, f"/requests/{event['request_id']}").json
    assert request["status"] == "joined"
    assert (request["case_id"] == asked["case_id"]) is (known != "unknown")
    assert request["district_id"] == FLAG.district_id
    assert client.view(request["case_id"])["urgent"] is (known != "helped")


@pytest.mark.parametrize("gone", [True, False])
def test_a_crisis_flag_about_a_family_that_is_forgotten_or_of_another_region_makes_a_record(
    client: IntakeClient, gone: bool
) -> None:
    family = client.asked()["family_id"]
    if gone:
        erased = {"reason": "person_asked", "evidence": "written"}
        client.do(HQ, f"/families/{family}/erase", erased)
    region = {} if gone else {"region": "YY", "district_id": "D01"}

    client.hear(FLAG.model_copy(update={"family_id": family, "severity": "normal", **region}))

    event = client.published("RequestReceived")[-1]
    assert (event["channel"], event["urgent"]) == ("crisis_flag", False)
    assert event["family_id"] not in (family, None)


def test_a_crisis_flag_whose_number_is_another_requests_gets_another_one(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, known = ids.number, client.asked()["number"]
    drawn = iter([known])
    monkeypatch.setattr(ids, "number", lambda digits: next(drawn, None) or draw(digits))

    client.hear(FLAG)

    event = client.published("RequestReceived")[-1]
    request = client.get(HQ, f"/requests/{event['request_id']}").json
    assert (request["channel"], request["number"] == known) == ("crisis_flag", False)


def test_the_timeline_joins_requests_matches_care_and_cards_in_the_order_of_time(
    client: IntakeClient,
) -> None:
    asked = client.asked()
    family, case = asked["family_id"], asked["case_id"]
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    marker = {"long_term_need": True, "reason": "illness"}
    client.do(HQ, f"/cases/{case}/care-requirement", marker)
    client.hear(client.proposed(case), time=at("2026-09-15 10:00"))
    client.world.set_time(at("2026-09-16 10:00"))
    client.asked()
    client.do(HQ, f"/families/{family}/card-holders", {"holder_ref": "№ а–17"})
    client.hear(card("A-17"), time=at("2026-09-16 12:00"))

    page = client.get(HQ, f"/families/{family}/timeline").json["items"]

    assert [entry["kind"] for entry in page] == [
        "request",
        "match_proposed",
        "request",
        "card",
    ]
    assert page[0]["ref"] == asked["id"]
    assert (page[1]["ref"], page[1]["case_id"]) == ("mat_1", case)
    assert page[-1]["ref"] == "crd_1"
    assert [entry["at"] for entry in page] == sorted(entry["at"] for entry in page)
    assert client.get(HQ_Y, f"/families/{family}/timeline").status == 404
    assert client.get(OPERATOR, f"/families/{family}/timeline").status == 404


def card(holder: str) -> CardActivated:
    """A card that tills accept from now on."""
    return CardActivated(
        region="ZR",
        card_id="crd_1",
        holder_ref=holder,
        issued_month="2026-09",
        district_id="D01",
        via="bot",
    )


@pytest.mark.requirement("X-02")
def test_a_fact_told_three_times_is_one_entry(client: IntakeClient) -> None:
    client.world.copies = 3

    case = client.in_care()

    assert kinds(client, client.family(case)) == [
        "request",
        "match_proposed",
        "introduction",
        "care_started",
    ]


def test_the_end_of_a_case_is_in_the_timeline(client: IntakeClient) -> None:
    case = client.in_review()
    family = client.family(case)

    client.do(HQ, f"/cases/{case}/triage", {"decision": "decline", "reason": "unreachable"})

    assert kinds(client, family) == ["request", "triage", "case_closed"]
    page = client.get(HQ, f"/families/{family}/timeline", limit=2).json
    rest = client.get(HQ, f"/families/{family}/timeline", limit=2, cursor=page["next_cursor"])
    assert [entry["kind"] for entry in rest.json["items"]] == ["case_closed"]


def test_a_card_holder_belongs_to_one_family(client: IntakeClient) -> None:
    first, second = client.asked(), client.asked(contact=None)
    holder = {"holder_ref": "A-17"}
    client.do(HQ, f"/families/{first['family_id']}/card-holders", holder)

    again = client.do(HQ, f"/families/{first['family_id']}/card-holders", holder)
    other = client.post(HQ, f"/families/{second['family_id']}/card-holders", holder)

    assert again["id"] == first["family_id"]
    assert (other.status, other.code) == (409, "card_holder_of_another_family")
    client.hear(card("A-99"))
    assert kinds(client, second["family_id"]) == ["request"]

    wish = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"/families/{first['family_id']}/erase", wish)
    client.do(HQ, f"/families/{second['family_id']}/card-holders", holder)


def test_a_guardian_excluded_in_one_case_is_excluded_in_the_next(client: IntakeClient) -> None:
    from tests.intake.api_client import GUARDIAN

    case = client.in_care()
    client.hear(client.ended(case, "conflict"))
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    client.waiting()

    assert client.published("CareRequired")[-1]["excluded_guardians"] == [GUARDIAN]
    assert client.published("CareRequired")[-1]["size_band"] == "one_or_two"


def test_what_is_heard_late_of_an_erased_family_is_dropped(client: IntakeClient) -> None:
    family = client.asked()["family_id"]
    measure = PlanItemChanged(
        region="ZR",
        item_id="itm_1",
        plan_id="pln_1",
        case_id="cas_1",
        family_id=family,
        status="of_tomorrow",
        measure="repair_work",
        provider_id="prv_1",
    )
    client.hear(measure)
    line = client.get(HQ, f"/families/{family}/timeline").json["items"]
    assert [(each["kind"], each["status"]) for each in line] == [
        ("request", None), ("measure", None)
    ]  # fmt: skip
    assert line[-1]["case_id"] == "cas_1"
    erasure = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"/families/{family}/erase", erasure)
    before = kinds(client, family)

    with patch.object(reactions, "count") as counted:
        held(client, "con_late", family)
        client.hear(measure.model_copy(update={"item_id": "itm_2"}))

    assert kinds(client, family) == before
    assert [each.args[0] for each in counted.mock_calls] == [
        "consultations_dropped",
        "measures_dropped",
    ]
