"""Calls by a family's phone are shown to it, and forgotten with it."""

from typing import Any

import pytest

from services.intake.rights.use_cases.forgotten_calls import MOST
from tests.intake.api_client import HQ, OPERATOR, PHONE, IntakeClient
from tests.intake.merges.builders import SECOND, merge, two
from tests.intake.telephony import signed
from tests.support.world import at

ERASE = {"reason": "person_asked", "evidence": "written"}


@pytest.fixture(autouse=True)
def connected(client: IntakeClient) -> None:
    signed.connect(client)


def rings(client: IntakeClient, call: str, phone: str = PHONE, **more: Any) -> None:
    """A call that is over."""
    assert signed.say(client, "ended", call, phone=phone, **more).status == 200
    client.world.settle()


def phones_kept(client: IntakeClient) -> int:
    """How many phones of calls are kept."""
    vault = (row["pk"]["S"] for row in client.world.rows("intake-data"))
    return sum(key.startswith("VAULT#cll_") for key in vault)


def erase(client: IntakeClient, family: str) -> None:
    """The family asks to be forgotten."""
    client.do(HQ, f"{family}/erase", ERASE)
    client.world.settle()


def test_the_calls_by_a_familys_own_phone_are_in_its_export(client: IntakeClient) -> None:
    family = client.of_family(client.received())
    rings(client, "c1", answered=True)
    rings(client, "c2", direction="out")
    rings(client, "c3")
    rings(client, "c4", phone="+79160000009")
    (waits,) = (one for one in signed.call_backs(client) if one["known"])
    client.do(OPERATOR, f"/call-backs/{waits['id']}/claim")
    client.do(OPERATOR, f"/call-backs/{waits['id']}/attempts", {"result": "busy"})

    shown = client.get(HQ, f"{family}/export").json

    calls = [(each["direction"], each["state"]) for each in shown["calls"]]
    assert sorted(calls) == [("in", "missed"), ("in", "over"), ("out", "missed")]
    (call_back,) = shown["call_backs"]
    assert (call_back["missed"], call_back["attempts"][0]["result"]) == (1, "busy")
    assert OPERATOR.id not in str(shown)


def test_who_is_forgotten_is_called_back_no_more_and_its_phone_is_kept_nowhere(
    client: IntakeClient,
) -> None:
    family = client.of_family(client.received())
    for place in range(MOST + 2):
        rings(client, f"c{place}")
    rings(client, "c-other", phone="+79160000009")

    erase(client, family)

    assert phones_kept(client) == 1
    assert [each["known"] for each in signed.call_backs(client)] == [False]
    (ended,) = signed.call_backs(client, "ended")
    assert ended["end_reason"] == "forgotten"
    assert [each["reason"] for each in client.published("CallBackEnded")] == ["forgotten"]
    rings(client, "c-new")
    assert len(signed.call_backs(client)) == 2, "who rings again wants to be called"


def test_a_call_that_rings_while_its_family_is_forgotten_is_called_back(
    client: IntakeClient,
) -> None:
    family = client.of_family(client.received())
    signed.say(client, "ringing", "c1", phone=PHONE)

    erase(client, family)
    rings(client, "c1")

    (waits,) = signed.call_backs(client)
    client.do(OPERATOR, f"/call-backs/{waits['id']}/claim")
    assert client.get(OPERATOR, f"/call-backs/{waits['id']}/phone").json == {"phone": PHONE}


def test_who_rings_right_after_it_is_forgotten_is_called_back(client: IntakeClient) -> None:
    family = client.of_family(client.received())
    rings(client, "c1", answered=True)
    assert client.post(HQ, f"{family}/erase", ERASE).status == 200
    client.world.set_time(at("2026-09-14 10:00"))

    rings(client, "c2")

    assert phones_kept(client) == len(signed.call_backs(client)) == 1


def test_the_phones_of_all_records_of_a_family_are_forgotten(client: IntakeClient) -> None:
    first, second = two(client)
    merge(client, first, second)
    for place in range(MOST + 1):
        rings(client, f"c{place}")
    rings(client, "c-second", phone=SECOND["phone"])
    shown = client.get(HQ, f"/families/{first['family_id']}/export").json
    assert len(shown["calls"]) == MOST + 2

    erase(client, f"/families/{first['family_id']}")

    assert (phones_kept(client), signed.call_backs(client)) == (0, [])
    assert len(client.published("FamilyErased")) == 2


def test_calls_of_a_shared_phone_are_not_shown_and_the_other_family_is_called_back(
    client: IntakeClient,
) -> None:
    mine = client.of_family(client.received())
    client.received(other_person=True)
    rings(client, "c1")
    assert client.get(HQ, f"{mine}/export").json["calls"] == []

    erase(client, mine)

    assert phones_kept(client) == len(signed.call_backs(client)) == 1


def test_who_is_forgotten_when_its_time_is_over_is_still_called_back(
    client: IntakeClient,
) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    client.wait(29.9)
    rings(client, "c1")
    client.wait(0.2)

    assert client.get(HQ, client.of_family(case)).json["status"] == "erased"
    assert phones_kept(client) == len(signed.call_backs(client)) == 1


def test_an_ended_call_back_keeps_nothing_of_a_phone(client: IntakeClient) -> None:
    rings(client, "c1")
    (waits,) = signed.call_backs(client)
    client.do(OPERATOR, f"/call-backs/{waits['id']}/claim")
    client.do(OPERATOR, f"/call-backs/{waits['id']}/attempts", {"result": "wrong_number"})

    (row,) = (r for r in client.world.rows("intake-data") if r["pk"]["S"].startswith("CALL_BACK#"))

    assert '"index":""' in row["doc"]["S"]
