"""The volunteer network through the API: who belongs to it, and what is known of it."""

from typing import Any

import pytest

from tests.matching.api_client import FEDERAL, HQ, MatchingClient, person, pointer

VC = person("VC-1", "volunteer_coordinator", "ZR")
VC_Y = person("VC-Y", "volunteer_coordinator", "YY")
VOLUNTEER = person("V-1", "volunteer", "ZR")
STRANGER = person("V-2", "volunteer", "ZR")


def wish(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Somebody wants to help."""
    return {
        "region": "ZR",
        "district_id": "D01",
        "kind": "family_member",
        "large_family": True,
        "skills": ["driving"],
        "availability": [{"day": "sat", "part": "morning"}],
        "contact": {"name": "Олег", "channel": "sms", "phone": f"+7921{number:07d}"},
        "consent_processing": True,
    } | changes


def registered(client: MatchingClient, number: int = 1, **changes: Any) -> str:
    return str(client.do(VC, "/volunteers", wish(number, **changes))["id"])


def approved(
    client: MatchingClient, number: int = 1, account: str | None = None, **changes: Any
) -> str:
    volunteer = registered(client, number, **changes)
    body = {"account": account} if account else {}
    client.do(VC, f"/volunteers/{volunteer}/approval", body)
    return volunteer


@pytest.mark.requirement("S2-21")
def test_the_network_is_counted_and_only_its_members_are_given_tasks(
    client: MatchingClient,
) -> None:
    members = [registered(client, number) for number in range(80)]
    organisation = {"kind": "professional", "large_family": False, "skills": ["legal", "other"]}
    members += [registered(client, 100 + n, sector="ngo", **organisation) for n in range(3)]
    members += [registered(client, 200 + n, sector="business", **organisation) for n in range(2)]
    task = {
        "category": "household_help",
        "district_id": "D01",
        "starts_at": "2026-09-20T09:00:00Z",
        "place": "Дом 5",
    }
    refused = client.post(VC, f"/volunteers/{members[0]}/tasks", task)
    assert (refused.status, refused.code) == (409, "volunteer_is_applied")
    own = client.post(VC, f"/volunteers/{members[0]}/approval", {"account": VC.id})
    assert (own.status, own.code) == (409, "own_account")

    for volunteer in members:
        client.do(VC, f"/volunteers/{volunteer}/approval", {})
    applied = registered(client, 300)

    shown = {"of_large_families": 80, "ngos": 3, "businesses": 2}
    assert client.get(HQ, "/regions/ZR/figures")["volunteers"] == shown
    assert client.get(FEDERAL, "/figures")["total"]["volunteers"] == shown
    offered = client.do(VC, f"/volunteers/{members[0]}/tasks", task)["id"]
    client.do(VC, f"/volunteer-tasks/{offered}/acceptance")
    assert client.get(VC, f"/volunteers/{members[0]}")["status"] == "active"

    ngo = {"kind": "professional", "sector": "ngo", "large_family": False}
    wrong = client.post(VC, f"/volunteers/{members[0]}/correction", ngo | {"kind": "nobody"})
    assert (wrong.status, pointer(wrong)) == (422, "/kind")
    refused = client.post(VC, f"/volunteers/{members[0]}/correction", ngo | {"large_family": True})
    assert refused.code == "organisation_is_no_family_member"
    assert client.get(HQ, "/regions/ZR/figures")["volunteers"] == shown, "who helps belongs to it"
    client.do(VC, f"/volunteers/{members[0]}/correction", ngo)
    corrected = {"of_large_families": 79, "ngos": 4, "businesses": 2}
    assert client.get(HQ, "/regions/ZR/figures")["volunteers"] == corrected

    told = client.told("VolunteerApproved")
    assert len(told) == 85
    assert set(told[0]) == {"region", "programme", "volunteer_id", "kind", "sector", "district_id"}
    waiting = client.get(VC, "/volunteers", status="applied")["items"]
    assert [each["volunteer_id"] for each in waiting] == [applied]
    assert len(client.get(VC, "/volunteers", district_id="D01", limit="100")["items"]) == 86


def test_a_volunteer_sees_itself_alone_and_its_contact_goes_with_it(
    client: MatchingClient,
) -> None:
    volunteer = approved(client, account="V-1")
    path = f"/volunteers/{volunteer}"

    (told,) = client.told("VolunteerRegistered")
    assert (told["volunteer_id"], told["kind"]) == (volunteer, "family_member")
    shown = client.get(VOLUNTEER, path)
    assert (shown["skills"], shown["next_steps"]) == (["driving"], ["change_availability", "leave"])
    assert shown["availability"] == wish()["availability"]
    (listed,) = client.get(VC, "/volunteers")["items"]
    assert listed["next_steps"] == [
        "change_account", "change_availability", "correct_volunteer", "offer_task", "leave",
    ]  # fmt: skip
    assert client.api(STRANGER).get(path).status == 404
    assert client.api(VC_Y).get(path).status == 404
    assert client.api(HQ).get(path).status == 404
    (own,) = client.get(VOLUNTEER, "/volunteers")["items"]
    assert (own["volunteer_id"], own["next_steps"]) == (volunteer, shown["next_steps"])
    assert client.get(STRANGER, "/volunteers")["items"] == []
    for name, value in (("region", "ZR"), ("status", "left"), ("district_id", "D01")):
        narrowed = client.api(VOLUNTEER).get("/volunteers", query={name: value})
        assert pointer(narrowed) == f"/{name}"
    assert client.get(VC, f"{path}/contact")["phone"] == "+79210000001"
    assert client.api(VOLUNTEER).get(f"{path}/contact").status == 403

    version = client.api(VOLUNTEER).get(path).etag
    can = {"district_id": "D02", "skills": ["repairs", "repairs"], "availability": []}
    changed = client.api(VOLUNTEER).put(f"{path}/availability", can, if_match=version)
    assert changed.status == 200
    assert client.api(VC).put(f"{path}/availability", can, if_match=version).status == 412
    nowhere = client.api(VC).put(f"{path}/availability", can | {"district_id": "D99"}, if_match="3")
    assert pointer(nowhere) == "/district_id"
    registered(client, 2)
    found = client.get(VC, "/volunteers", district_id="D02")["items"]
    nowhere = client.api(VC).get("/volunteers", query={"district_id": "D99"})
    assert pointer(nowhere) == "/district_id"
    both = client.api(VC).get("/volunteers", query={"district_id": "D02", "status": "approved"})
    assert (pointer(both), both.json["errors"][0]["code"]) == (
        "/district_id", "one_filter_at_a_time",
    )  # fmt: skip
    assert [each["skills"] for each in found] == [["repairs"]]

    with_recipient = {
        "items": [
            {
                "reference": volunteer,
                "event_id": "evt_1",
                "template": "volunteer_approved_volunteer",
            }
        ]
    }
    answer = client.world.call("matching", "resolve_recipients", with_recipient)
    assert answer["recipients"][0]["address"] == "+79210000001"
    assert answer["recipients"][0]["district_id"] == client.get(VC, path)["district_id"]

    client.do(VOLUNTEER, f"{path}/leaving", {"reason": "moved"})
    (told,) = client.told("VolunteerLeft")
    assert (told["volunteer_id"], told["reason"]) == (volunteer, "moved")
    assert client.get(VC, "/volunteers", district_id="D02")["items"] == []
    assert client.api(VC).get(f"{path}/contact").status == 404
    assert client.api(VOLUNTEER).get(path).status == 404
    assert client.get(VC, path)["next_steps"] == []
    gone = client.post(VC, f"{path}/approval", {})
    assert (gone.status, gone.code) == (409, "volunteer_is_left")
    answer = client.world.call("matching", "resolve_recipients", with_recipient)
    assert answer["recipients"][0]["refused"] == "unknown_contact"


def test_what_is_registered_is_checked(client: MatchingClient) -> None:
    for changes, where in (
        ({"sector": "business"}, "/sector"),
        ({"sector": "business", "large_family": False}, "/sector"),
        ({"district_id": "D99"}, "/district_id"),
        ({"skills": ["magic"]}, "/skills/0"),
        ({"skills": []}, "/skills"),
        ({"consent_processing": False}, "/consent_processing"),
    ):
        assert pointer(client.post(VC, "/volunteers", wish(**changes))) == where
    assert client.post(VC, "/volunteers", wish(region="YY")).status == 404
    assert client.post(HQ, "/volunteers", wish()).status == 403
    both = client.api(VC).get("/volunteers", query={"status": "left", "district_id": "D01"})
    assert both.status == 422


def test_a_name_is_known_in_each_of_its_spellings(client: MatchingClient) -> None:
    contact = {"name": "Фёдор Орлов", "channel": "sms", "phone": "+79210000001"}
    registered(client, contact=contact)
    for spelt in ("Федор Орлов", "ФЁДОР  ОРЛОВ"):
        again = client.post(VC, "/volunteers", wish(contact=contact | {"name": spelt}))
        assert (again.status, again.code) == (409, "volunteer_known")


def test_a_person_is_registered_once_until_it_leaves(client: MatchingClient) -> None:
    volunteer = registered(client)
    again = client.post(VC, "/volunteers", wish(skills=["repairs"]))
    assert (again.status, again.code) == (409, "volunteer_known")
    assert volunteer in again.json["detail"], "the list shows no names"
    daughter = {"name": "Анна", "channel": "sms", "phone": "+79210000001"}
    assert registered(client, contact=daughter) != volunteer
    by_mail = {"name": "Олег", "channel": "email", "address": "oleg@example.org"}
    namesake = by_mail | {"address": "oleg.2@example.org"}
    assert registered(client, contact=by_mail) != registered(client, contact=namesake)
    client.do(VC, f"/volunteers/{volunteer}/leaving", {"reason": "moved"})

    assert registered(client) != volunteer


def test_a_volunteer_sees_who_has_read_what_about_it(client: MatchingClient) -> None:
    volunteer = approved(client, account=VOLUNTEER.id)
    path = f"/volunteers/{volunteer}/access-log"
    client.get(VC, f"/volunteers/{volunteer}/contact")

    (seen,) = client.get(VOLUNTEER, path)["items"]
    assert (seen["role"], seen["purpose"]) == (VC.role, "volunteer_contact")
    # A look of the staff is told, too, and the volunteer's own is not.
    looks = [each["purpose"] for each in client.get(VC, path)["items"]]
    assert sorted(looks) == ["show_access_log", "volunteer_contact"]
    for stranger in (VC_Y, STRANGER, HQ):
        assert client.api(stranger).get(path).status == 404
