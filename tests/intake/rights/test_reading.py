"""Who reads what of a family: recorded before it happens, and shown to the family."""

from typing import Any

import pytest

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
from tests.intake.rights.builders import readings


@pytest.mark.requirement("X-13")
def test_every_reading_of_a_contact_is_recorded_before_it_happens(client: IntakeClient) -> None:
    case = client.received()
    before = len(readings(client, case))

    client.get(HQ, f"/cases/{case}/contact")

    entries = readings(client, case)[before:]
    assert {entry["actor"]["S"] for entry in entries} == {"HQ-1"}
    assert {entry["purpose"]["S"] for entry in entries} == {"help_family"}
    assert any(entry["record"]["S"].startswith("cnt_") for entry in entries)


def test_who_has_read_what_is_shown_page_by_page_to_the_family_and_its_headquarters(
    client: IntakeClient,
) -> None:
    case = client.received()
    second = {"name": "Пётр", "channel": "sms", "phone": "+79161234568"}
    other = client.received(contact=second, programme="family_care")
    family, link = client.of_family(case), client.link(case)
    path, cursor = f"{family}/access-log", dict[str, str]()
    for each in (case, other, case, other):
        client.get(HQ, f"/cases/{each}/contact")
    merge = {"family_id": client.family(other), "reason": "papers_agree"}
    client.do(HQ, f"{family}/merge", merge)
    exported = client.get(HQ, f"{family}/export").json["access_log"]
    assert [each["at"] for each in exported] == sorted(each["at"] for each in exported)

    seen = list[Any]()
    while not seen or cursor:
        page = client.get(HQ, path, limit="3", **cursor).json
        seen += page["items"]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
    looks = [each for each in seen if each["purpose"] == "show_access_log"]
    assert len(looks) == 1
    told = [each for each in reversed(seen) if each not in looks]
    assert sorted(map(str, told)) == sorted(map(str, exported))
    for stranger in (OPERATOR, REP, OFFICE_D05):
        assert client.get(stranger, path).status == 404
    assert client.get(HQ_Y, path).status == 404

    client.wait(1)
    me = client.signed_in()
    client.wait(1)
    client.get(HQ, path)
    first = client.get(me, path, limit="1").json
    assert first["items"][0]["purpose"] == "show_access_log"
    second = client.get(me, path, limit="1", cursor=first["next_cursor"]).json["items"]
    assert second != first["items"]
    foreign = client.get(HQ, path, cursor=first["next_cursor"])
    assert foreign.code == "bad_cursor"
    assert (foreign.json["errors"][0]["in"], foreign.json["errors"][0]["pointer"]) == (
        "query", "/cursor",
    )  # fmt: skip
    by_link = client.post(None, "/own-case/access-log", {"link": link, "limit": 1}, key=None).json
    more = {"link": link, "limit": 1, "cursor": by_link["next_cursor"]}
    rest = client.post(None, "/own-case/access-log", more, key=None).json
    assert by_link["items"] != rest["items"] and rest["next_cursor"]
    client.do(None, "/own-case/withdraw", {"link": link})
    assert client.post(None, "/own-case/access-log", {"link": link}, key=None).status == 410


def test_federal_headquarters_never_sees_a_family(client: IntakeClient) -> None:
    case = client.waiting()
    federal = staff("FH-1", "federal_hq", "*")

    for path in ("", "/contact", "/history"):
        assert client.get(federal, f"/cases/{case}{path}").status == 404
    for path in ("", "/timeline", "/export"):
        assert client.get(federal, f"{client.of_family(case)}{path}").status == 404
    assert client.get(federal, "/requests", region="ZR").status == 403
    assert client.get(federal, "/cases", region="ZR").status == 403


def test_a_family_does_not_read_between_whom_of_the_staff_its_case_went_over(
    client: IntakeClient,
) -> None:
    case, why = client.in_review(), {"reason": "colleague_absent"}
    client.do(HQ_2, f"/cases/{case}/take-over", why | {"taken_from": HQ.id})
    over = {"region": "ZR", "taken_from": HQ_2.id, "taken_by": HQ.id}
    client.do(HQ, "/caseload-transfers", over | why)
    client.wait(0.1)
    family = client.signed_in()

    exported = client.get(family, f"{client.of_family(case)}/export").json

    steps = {each["what"]: each for each in exported["cases"][0]["history"]}
    assert steps["taken_over"]["role"] == steps["handed_over"]["role"] == "regional_hq"
    assert not any(each.id in str(exported) for each in (HQ, HQ_2, OPERATOR))
