"""A family's link shows its case and is used up by one change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from tests.intake.api_client import (
    HQ,
    WORDS,
    IntakeClient,
    just_before_the_next_write,
)
from tests.intake.rights.builders import PETS


def test_a_link_shows_the_own_case_and_is_used_up_by_one_change(client: IntakeClient) -> None:
    case = client.received()
    made = client.do(HQ, f"/cases/{case}/links")
    link, left = made["link"], datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=3, minutes=-2) < left < timedelta(days=3, seconds=-59)
    issued = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
    assert (issued["what"], issued["by"]) == ("family_link_issued", "HQ-1")

    own = client.post(None, "/own-case", {"link": link})
    assert own.status == 200
    assert own.json["id"] == case
    assert own.json["words"][0]["text"] == WORDS
    client.do(None, "/own-case/corrections", PETS | {"link": link})
    again = client.post(None, "/own-case/corrections", PETS | {"link": link})
    assert (again.status, again.code) == (410, "link_already_used")
    for path in ("/own-case", "/own-case/export"):
        read = client.post(None, path, {"link": link})
        assert (read.status, read.code) == (410, "link_already_used")
    asked = [need["clarified"] for need in client.view(case)["needs"]]
    assert asked == [False] * 3  # by headquarters, which has still to ask
    said = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
    assert said["by"] == said["for_whom"] == client.family(case)  # which link it was, no one reads

    allowed = {"purpose": "contact", "given": False}
    to_office = {"purpose": "share_with_office", "recipient": "D05", "given": True}
    for path, body in (
        ("/consents", allowed),
        ("/consents", to_office),
        ("/family", {"motivated": True}),
        ("/withdraw", {}),
    ):
        used = {"link": client.link(case)}
        client.do(None, f"/own-case{path}", {**body, **used})
        assert client.post(None, "/own-case", used).code == "link_already_used"
    assert client.view(case)["status"] == "closed"
    known = client.view(case)["family"]
    assert known["id"] in {each["given_by"] for each in known["consents"]}
    # Whoever finds a used link learns nothing by it, not even that the case is over.
    for path, body in (("/withdraw", {}), ("/corrections", PETS), ("/consents", allowed)):
        found = client.post(None, f"/own-case{path}", {**body, **used})
        assert (found.status, found.code) == (410, "link_already_used"), path
    key, fresh = "the-same", {"link": client.link(client.received())}
    first, again = (client.post(None, "/own-case/withdraw", fresh, key=key) for _ in range(2))
    assert (first.status, again.status, again.json) == (200, 200, first.json)


def test_a_refusal_names_no_step_that_a_link_does_not_open(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    nameless = client.received(contact=None)

    over = client.post(None, "/own-case/withdraw", {"link": client.link(case)})
    wish = {"language": "en", "link": client.link(nameless)}
    unreached = client.post(None, "/own-case/family", wish)

    assert (over.status, over.code, over.json["next_steps"]) == (409, "step_not_allowed", [])
    assert (unreached.status, unreached.code) == (409, "family_has_no_contact")
    offered = {step["action"] for step in unreached.json["next_steps"]}
    assert offered == {"change_consent", "correct"}


def test_of_two_changes_by_one_link_at_once_one_is_made(client: IntakeClient) -> None:
    link = {"link": client.link(client.received())}
    first = {"resource_family": True} | link

    with just_before_the_next_write(client, lambda: client.do(None, "/own-case/family", first)):
        answer = client.post(None, "/own-case/corrections", PETS | link)

    assert (answer.status, answer.code) == (410, "link_already_used")


def test_a_link_of_before_a_phone_was_stolen_opens_nothing(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, earlier = client.received(), clock.wall() - timedelta(seconds=5)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "wall", lambda: earlier)
        sent = {"link": client.link(case)}
    assert client.post(None, "/own-case", sent).status == 200

    new = {"name": "Анна", "channel": "sms", "phone": "+79160000005"}
    stolen = {"contact": new, "stolen": True, "evidence": "spoken_in_person"}
    client.do(HQ, f"{client.of_family(case)}/contact", stolen)

    for path, body in (("", {}), ("/export", {}), ("/corrections", PETS)):
        found = client.post(None, f"/own-case{path}", body | sent)
        assert (found.status, found.code) == (410, "link_expired"), path
    (told,) = client.published("FamilySignedOut")
    assert told["family_id"] == client.of_family(case).rpartition("/")[2]
    assert earlier.isoformat() < told["at"] <= clock.wall().isoformat()
    assert client.post(None, "/own-case", {"link": client.link(case)}).status == 200


def test_a_spoilt_foreign_or_old_link_opens_nothing(client: IntakeClient) -> None:
    case = client.received()

    copied_with_its_sentence = {"link": f" {client.link(case)}.\n"}
    assert client.post(None, "/own-case", copied_with_its_sentence).status == 200
    for link in (
        client.link(case)[:-12] + "x" * 12,
        "ryl_nothing",
        client.old_link(case)[:-12] + "x" * 12,
    ):
        answer = client.post(None, "/own-case", {"link": link})
        assert (answer.status, answer.code) == (422, "bad_link")
    deeds: dict[str, dict[str, Any]] = {
        "": {}, "/export": {}, "/access-log": {}, "/corrections": PETS, "/withdraw": {},
        "/consents": {"purpose": "contact", "given": False}, "/family": {"motivated": True},
    }  # fmt: skip
    for path, body in deeds.items():
        old = client.post(None, f"/own-case{path}", {"link": client.old_link(case)} | body)
        assert (old.status, old.code) == (410, "link_expired")
        assert [step["action"] for step in old.json["next_steps"]] == ["ask_for_new_link"]


def test_a_consent_is_given_and_taken_back_through_a_link(client: IntakeClient) -> None:
    case = client.received(consents={"processing": True})

    wish = {"purpose": "contact", "given": True}
    client.do(None, "/own-case/consents", wish | {"link": client.link(case)})
    held = {
        c["purpose"]: c for c in client.view(case)["family"]["consents"] if not c["withdrawn_at"]
    }
    assert held["contact"]["form"] == "online"

    wish["given"] = False
    client.do(None, "/own-case/consents", wish | {"link": client.link(case)})
    assert [
        c["purpose"] for c in client.view(case)["family"]["consents"] if not c["withdrawn_at"]
    ] == ["processing"]


def test_a_link_of_before_its_family_was_forgotten_opens_nothing(client: IntakeClient) -> None:
    case = client.received()
    link = client.link(case)
    client.do(
        HQ, f"{client.of_family(case)}/erase", {"evidence": "written", "reason": "person_asked"}
    )

    for path in ("", "/export", "/access-log"):
        shown = client.post(None, f"/own-case{path}", {"link": link}, key=None)
        assert (shown.status, shown.code) == (410, "link_expired")
