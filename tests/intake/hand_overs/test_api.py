"""A note at the end of a shift reaches the next one, and ends when it is done."""

from datetime import timedelta

import pytest

from services.intake.hand_overs.use_cases import time_is_up
from shared import clock, dependencies
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.intake.api_client import HQ, OFFICE_D05, OPERATOR, IntakeClient, staff
from tests.support.world import at

NEXT = staff("OP-2", "hotline_operator")
THIRD = staff("OP-3", "hotline_operator")
FOREIGN = staff("OP-Y", "hotline_operator", "YY")
WORDS = "Обещали перезвонить после шести"
ERASED = {"reason": "person_asked", "evidence": "written"}


def test_the_next_shift_finds_takes_and_ends_a_note(client: IntakeClient) -> None:
    asked = client.asked()
    note = {"request_id": asked["id"], "text": WORDS}
    plain = client.do(OPERATOR, "/hand-overs", note)
    urgent = client.do(OPERATOR, "/hand-overs", note | {"urgency": "urgent"})

    listed = client.get(NEXT, "/hand-overs").json["items"]

    assert [each["id"] for each in listed] == [urgent["id"], plain["id"]]
    assert listed[0]["number"] == asked["number"]
    assert WORDS not in str(listed) + str(client.world.rows("intake-data"))
    path = f"/hand-overs/{urgent['id']}"
    seen = client.get(NEXT, path).json
    assert (seen["text"], seen["next_steps"]) == (WORDS, ["take_note", "finish_note"])
    client.do(NEXT, f"{path}/take")
    assert client.do(NEXT, f"{path}/take")["status"] == "taken"
    late = client.post(THIRD, f"{path}/take")
    assert (late.status, late.code) == (409, "note_is_taken")
    client.do(NEXT, f"{path}/finish")
    assert client.post(NEXT, f"{path}/finish").code == "note_is_done"
    client.wait(2)
    overdue = [each["hand_over_id"] for each in client.published("HandOverOverdue")]
    assert (overdue, client.published("HandOverDone")) == ([plain["id"]], [])
    assert [each["id"] for each in client.get(HQ, "/hand-overs").json["items"]] == [plain["id"]]
    done = client.get(NEXT, "/hand-overs", status="done").json["items"]
    assert [each["id"] for each in done] == [urgent["id"]]


def test_a_family_gets_what_notes_say_about_it(client: IntakeClient) -> None:
    asked, other = client.asked(), client.asked(contact=None, confidentiality="confidential")
    for each, text in ((asked, WORDS), (asked, "Ждёт звонка"), (other, "Другая семья")):
        client.do(OPERATOR, "/hand-overs", {"request_id": each["id"], "text": text})

    exported = client.get(HQ, f"/families/{asked['family_id']}/export").json
    by_link = client.post(None, "/own-case/export", {"link": client.link(asked["case_id"])}).json

    for export in (exported, by_link):
        assert [each["text"] for each in export["notes"]] == [WORDS, "Ждёт звонка"]
    client.do(HQ, f"/families/{asked['family_id']}/erase", ERASED)
    assert client.get(HQ, f"/families/{asked['family_id']}/export").json["notes"] == []


def test_a_note_is_for_its_region_and_is_forgotten_with_the_family(client: IntakeClient) -> None:
    asked = client.asked()
    body = {"request_id": asked["id"], "text": WORDS}
    # More than one commit ends.
    *_, note = (client.do(OPERATOR, "/hand-overs", body) for _ in range(8))
    path = f"/hand-overs/{note['id']}"

    assert client.get(FOREIGN, path).status == 404
    assert client.post(FOREIGN, "/hand-overs", body).status == 404
    assert client.get(FOREIGN, "/hand-overs").json["items"] == []
    assert client.get(OFFICE_D05, "/hand-overs").status == 403
    client.do(HQ, f"/families/{asked['family_id']}/erase", ERASED)
    assert client.get(NEXT, path).json["text"] is None
    client.world.settle()
    client.wait(2)
    assert client.published("HandOverOverdue") == []
    assert len(client.get(NEXT, "/hand-overs", status="done").json["items"]) == 8


def test_a_note_that_is_done_keeps_no_other_of_a_forgotten_family(client: IntakeClient) -> None:
    asked = client.asked()
    body = {"request_id": asked["id"], "text": WORDS}
    done, left = (client.do(OPERATOR, "/hand-overs", body)["id"] for _ in range(2))
    client.do(NEXT, f"/hand-overs/{done}/finish")

    client.do(HQ, f"/families/{asked['family_id']}/erase", ERASED)
    client.world.settle()

    ended = client.get(NEXT, "/hand-overs", status="done").json["items"]
    assert {each["id"] for each in ended} == {done, left}


def test_words_of_a_note_about_no_known_family_end_by_themselves(client: IntakeClient) -> None:
    nameless = client.asked(purpose="information", contact=None, consents={})
    notes = {
        about["id"]: client.do(OPERATOR, "/hand-overs", {"request_id": about["id"], "text": WORDS})
        for about in (nameless, client.asked())
    }
    rows = {row["sk"]["S"]: row for row in client.world.rows("intake-data")}
    ends = [rows[note["id"]].get("expires_at") for note in notes.values()]
    assert ends[1] is None, "they are forgotten with the family"
    assert ends[0] is not None
    kept = timedelta(seconds=int(ends[0]["N"]) - clock.wall().timestamp())
    assert kept > timedelta(days=1)


def test_late_notes_about_a_forgotten_family_end_however_many_there_are(
    client: IntakeClient,
) -> None:
    asked = client.asked()
    body = {"request_id": asked["id"], "text": WORDS}
    left = [client.do(OPERATOR, "/hand-overs", body)["id"] for _ in range(14)]
    client.wait(2)
    client.do(HQ, f"/families/{asked['family_id']}/erase", ERASED)
    client.world.settle()

    assert client.get(NEXT, "/hand-overs").json["items"] == []
    done = [each["hand_over_id"] for each in client.published("HandOverDone")]
    assert sorted(done) == sorted(left), "the work of headquarters about each of them is over"


def test_a_note_about_a_family_that_is_forgotten_by_then_is_no_work(client: IntakeClient) -> None:
    asked = client.asked()
    note = client.do(OPERATOR, "/hand-overs", {"request_id": asked["id"], "text": WORDS})["id"]
    client.post(HQ, f"/families/{asked['family_id']}/erase", ERASED)
    client.world.set_time(at("2026-09-15 10:00"))

    with client.world.service("intake"):
        context = CommandContext(system("time_is_up"), "time_is_up", "cor_1")
        time_is_up(note, context, **dependencies.connected(time_is_up))

    assert client.get(HQ, f"/hand-overs/{note}").json["status"] == "done"
    assert client.published("HandOverOverdue") == []


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_note_leaves_the_family_with_its_request_and_is_looked_for_again(
    client: IntakeClient, forgotten: bool
) -> None:
    family, asked = client.asked()["family_id"], client.asked()
    note = client.do(OPERATOR, "/hand-overs", {"request_id": asked["id"], "text": WORDS})["id"]

    assert client.post(HQ, f"/requests/{asked['id']}/disown").status == 200
    if forgotten:
        client.post(HQ, f"/families/{family}/erase", ERASED)
    client.world.settle()
    client.wait(1 / 24)

    left = client.get(NEXT, f"/hand-overs/{note}").json
    told = ("done", None) if forgotten else ("open", WORDS)
    assert (left["status"], left["text"]) == told
    assert client.get(HQ, f"/families/{family}/export").json["notes"] == []
    sealed = [row["pk"]["S"] for row in client.world.rows("intake-data") if row["sk"]["S"] == note]
    assert sealed == [f"VAULT#{family if forgotten else asked['id']}"]


def test_every_note_leaves_the_family_with_its_request(client: IntakeClient) -> None:
    asked = [client.asked(), client.asked()][1]["id"]
    body = {"request_id": asked, "text": WORDS}
    notes = [client.do(OPERATOR, "/hand-overs", body)["id"] for _ in range(2)]

    client.do(HQ, f"/requests/{asked}/disown")
    client.world.settle()

    shown = [client.get(NEXT, f"/hand-overs/{note}").json["text"] for note in notes]
    assert shown == [WORDS, WORDS]
    rows = client.world.rows("intake-data")
    assert {row["pk"]["S"] for row in rows if row["sk"]["S"] in notes} == {f"VAULT#{asked}"}


def test_a_deadline_that_was_sent_before_a_note_was_done_opens_it_to_no_one(
    client: IntakeClient,
) -> None:
    note = client.do(OPERATOR, "/hand-overs", {"request_id": client.asked()["id"], "text": WORDS})
    path = f"/hand-overs/{note['id']}"
    client.do(NEXT, f"{path}/finish")

    with client.world.service("intake"):
        context = CommandContext(system("time_is_up"), "time_is_up", "cor_1")
        time_is_up(note["id"], context, **dependencies.connected(time_is_up))
    client.world.settle()

    assert client.get(NEXT, path).json["status"] == "done"
    assert client.published("HandOverOverdue") == []


@pytest.mark.parametrize(("urgency", "hours"), [("normal", 24), ("urgent", 8)])
def test_a_note_that_nobody_ends_in_time_is_asked_of_headquarters(
    client: IntakeClient, urgency: str, hours: int
) -> None:
    asked = client.asked()
    note = {"request_id": asked["id"], "text": WORDS, "urgency": urgency}
    path = f"/hand-overs/{client.do(OPERATOR, '/hand-overs', note)['id']}"
    client.do(NEXT, f"{path}/take")

    client.wait((hours - 1) / 24)
    assert client.published("HandOverOverdue") == []
    client.wait(2 / 24)
    (late,) = client.published("HandOverOverdue")
    client.wait(9)

    assert client.published("HandOverOverdue") == [late]
    assert (late["number"], late["urgent"]) == (asked["number"], urgency == "urgent")
    # Who took it may have gone home: another one may take it now.
    assert client.get(THIRD, path).json["next_steps"] == ["take_note", "finish_note"]
    assert client.do(THIRD, f"{path}/take")["status"] == "taken"
    assert client.published("HandOverDone") == []
    client.do(HQ, f"{path}/finish")
    (done,) = client.published("HandOverDone")
    assert done["hand_over_id"] == late["hand_over_id"]


@pytest.mark.parametrize("leaves", [False, True])
def test_a_note_that_no_list_shows_yet_is_found_ten_minutes_later(
    client: IntakeClient, leaves: bool
) -> None:
    client.asked()
    asked = client.asked()
    with client.world.dynamodb.lagging_indexes():
        body = {"request_id": asked["id"], "text": WORDS}
        note = client.do(OPERATOR, "/hand-overs", body)["id"]
        if leaves:
            client.do(HQ, f"/requests/{asked['id']}/disown")
        else:
            client.do(HQ, f"/families/{asked['family_id']}/erase", ERASED)
    client.world.advance(clock.now() + timedelta(minutes=12))

    assert client.get(NEXT, f"/hand-overs/{note}").json["status"] == ("open" if leaves else "done")
    sealed = [row["pk"]["S"] for row in client.world.rows("intake-data") if row["sk"]["S"] == note]
    assert sealed == [f"VAULT#{asked['id' if leaves else 'family_id']}"]
