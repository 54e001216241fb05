"""Tasks of volunteers through the API: place, time, kind; taken up, done, given back."""

from typing import Any

from tests.matching.api_client import MatchingClient, pointer
from tests.matching.volunteers.test_api import STRANGER, VC, VC_Y, VOLUNTEER, approved

PLACE = "Берёзовая, 5, подъезд 2"


def task(client: MatchingClient, volunteer: str, **changes: Any) -> str:
    body = {
        "category": "repair_work",
        "district_id": "D02",
        "starts_at": "2026-09-05T06:00:00Z",
        "place": PLACE,
    } | changes
    return str(client.do(VC, f"/volunteers/{volunteer}/tasks", body)["id"])


def is_erased(client: MatchingClient, task_id: str) -> bool:
    """Whether the place of a task can be read by no one, and is not only hidden."""
    keys = client.world.rows("matching-keys")
    (key,) = (each for each in keys if task_id in each["pk"]["S"])
    return "erased_at" in key


def test_a_task_is_taken_up_and_done_and_its_place_forgotten(client: MatchingClient) -> None:
    volunteer = approved(client, account="V-1")
    offered = task(client, volunteer)
    path = f"/volunteer-tasks/{offered}"

    (row,) = client.get(VOLUNTEER, "/volunteer-tasks")["items"]
    assert row["next_steps"] == ["accept_task", "decline_task"]
    assert set(row) == {
        "task_id", "volunteer_id", "category", "district_id", "starts_at", "status", "reason",
        "next_steps", "version",
    }  # fmt: skip
    assert client.get(VOLUNTEER, path)["place"] == PLACE
    assert client.api(STRANGER).get(path).status == 404
    assert client.get(STRANGER, "/volunteer-tasks")["items"] == []
    foreign = client.api(VOLUNTEER).get("/volunteer-tasks", query={"region": "YY"})
    assert pointer(foreign) == "/region"
    assert client.api(VC_Y).get(path).status == 404
    assert client.post(VOLUNTEER, f"{path}/cancellation", {"reason": "other"}).status == 403

    busy = client.post(VOLUNTEER, f"/volunteers/{volunteer}/leaving", {"reason": "moved"})
    assert (busy.status, busy.code) == (409, "volunteer_has_tasks")
    early = client.post(VOLUNTEER, f"{path}/done")
    assert (early.status, early.code) == (409, "task_not_yet")
    client.do(VOLUNTEER, f"{path}/acceptance")
    (row,) = client.get(VOLUNTEER, "/volunteer-tasks")["items"]
    assert row["next_steps"] == ["decline_task"], "it is not done before its time"
    me = client.get(VOLUNTEER, f"/volunteers/{volunteer}")
    assert me["next_steps"] == ["change_availability"], "tasks are settled before leaving"
    assert client.get(VC, f"/volunteers/{volunteer}")["status"] == "active"
    assert [each["task_id"] for each in client.told("VolunteerTaskAccepted")] == [offered]
    early = client.post(VOLUNTEER, f"{path}/done")
    assert (early.status, early.code) == (409, "task_not_yet")
    client.at("2026-09-05 12:00")
    assert client.get(VOLUNTEER, path)["next_steps"] == ["report_task_done", "decline_task"]
    client.do(VOLUNTEER, f"{path}/done")

    assert client.get(VC, path)["place"] is None
    assert is_erased(client, offered)
    assert client.get(VC, f"/volunteers/{volunteer}")["open_tasks"] == 0
    done = client.get(VC, "/volunteer-tasks", region="ZR", status="done")["items"]
    assert [each["task_id"] for each in done] == [offered]
    assert [each["task_id"] for each in client.told("VolunteerTaskDone")] == [offered]
    assert client.post(VOLUNTEER, f"{path}/done").status == 409


def test_the_place_of_a_task_given_back_is_the_coordinators_until_a_day_after_its_time(
    client: MatchingClient,
) -> None:
    given_back = task(client, approved(client, account="V-1"))
    path = f"/volunteer-tasks/{given_back}"
    client.do(VOLUNTEER, f"{path}/decline", {"reason": "ill"})

    assert client.get(VC, path)["place"] == PLACE, "it is asked to give the same to another"
    assert client.get(VOLUNTEER, path)["place"] is None
    client.at("2026-09-06 09:59")
    assert client.get(VC, path)["place"] == PLACE
    client.at("2026-09-06 10:00")
    assert client.get(VC, path)["place"] is None
    assert is_erased(client, given_back)


def test_who_gives_a_task_back_when_it_should_begin_leaves_its_place_to_who_sends_another(
    client: MatchingClient,
) -> None:
    late = task(client, approved(client, account="V-1"))
    client.at("2026-09-05 10:30")

    client.do(VOLUNTEER, f"/volunteer-tasks/{late}/decline", {"reason": "ill"})

    assert client.get(VC, f"/volunteer-tasks/{late}")["place"] == PLACE
    client.at("2026-09-06 10:29")
    assert client.get(VC, f"/volunteer-tasks/{late}")["place"] == PLACE
    client.at("2026-09-06 10:31")
    assert is_erased(client, late)


def test_a_task_to_which_no_one_came_keeps_its_place_for_who_is_asked_to_send_another(
    client: MatchingClient,
) -> None:
    forgotten = task(client, approved(client))
    client.do(VC, f"/volunteer-tasks/{forgotten}/acceptance")
    client.at("2026-09-07 09:00")
    assert [each["task_id"] for each in client.told("VolunteerTaskUnreported")] == [forgotten]

    client.do(VC, f"/volunteer-tasks/{forgotten}/decline", {"reason": "ill"})

    (told,) = client.told("VolunteerTaskDeclined")
    assert told["starts_at"] == "2026-09-05T06:00:00Z"
    assert client.get(VC, f"/volunteer-tasks/{forgotten}")["place"] == PLACE
    client.at("2026-09-08 09:01")
    assert client.get(VC, f"/volunteer-tasks/{forgotten}")["place"] is None
    assert is_erased(client, forgotten)


def test_a_corrected_account_has_the_tasks_at_once_and_the_wrong_one_none(
    client: MatchingClient,
) -> None:
    volunteer = approved(client, account="V-2")
    done, waiting = task(client, volunteer), task(client, volunteer)
    client.do(STRANGER, f"/volunteer-tasks/{done}/decline", {"reason": "ill"})
    account = f"/volunteers/{volunteer}/account"

    own = client.post(VC, account, {"account": VC.id})
    assert (own.status, own.code) == (409, "own_account")
    for other, status in ((STRANGER, 403), (VC_Y, 404), (VOLUNTEER, 404)):
        assert client.post(other, account, {"account": "V-1"}).status == status
    client.do(VC, account, {"account": "V-1"})

    mine = {each["task_id"] for each in client.get(VOLUNTEER, "/volunteer-tasks")["items"]}
    assert mine == {done, waiting}
    assert client.get(STRANGER, "/volunteer-tasks")["items"] == []
    for path in (f"/volunteer-tasks/{waiting}", f"/volunteers/{volunteer}"):
        assert client.api(STRANGER).get(path).status == 404
    client.do(VOLUNTEER, f"/volunteer-tasks/{waiting}/acceptance")

    second = approved(client, 2, account="V-1")
    third = task(client, second)
    first = client.get(VOLUNTEER, "/volunteer-tasks", limit="2")
    rest = client.get(VOLUNTEER, "/volunteer-tasks", limit="2", cursor=first["next_cursor"])
    both = [each["task_id"] for each in (*first["items"], *rest["items"])]
    assert sorted(both) == sorted([done, waiting, third])
    client.do(VC, account, {})
    assert client.api(VOLUNTEER).get(f"/volunteer-tasks/{waiting}").status == 404
    client.do(VC, f"/volunteer-tasks/{waiting}/cancellation", {"reason": "other"})
    client.do(VC, f"/volunteers/{volunteer}/leaving", {"reason": "moved"})
    gone = client.post(VC, account, {"account": "V-1"})
    assert (gone.status, gone.code) == (409, "volunteer_is_left")


def test_who_has_a_volunteer_on_the_phone_sees_what_this_one_has_to_do(
    client: MatchingClient,
) -> None:
    calling, other = approved(client), approved(client, 2, account="V-1")
    late, soon = task(client, calling), task(client, calling, starts_at="2026-09-03T06:00:00Z")
    not_hers = task(client, other)
    busy = client.post(VC, f"/volunteers/{calling}/leaving", {"reason": "moved"})
    assert busy.code == "volunteer_has_tasks"

    def of(volunteer: str, **more: str) -> list[str]:
        items = client.get(VC, "/volunteer-tasks", volunteer_id=volunteer, **more)["items"]
        return [each["task_id"] for each in items]

    assert (of(calling), of(other)) == ([soon, late], [not_hers])
    client.do(VC, f"/volunteer-tasks/{soon}/decline", {"reason": "ill"})
    assert (of(calling, status="offered"), of(calling, status="declined")) == ([late], [soon])
    of_another = client.get(VC_Y, "/volunteer-tasks", volunteer_id=calling)
    assert of_another["items"] == []
    whole = client.api(VOLUNTEER).get("/volunteer-tasks", query={"volunteer_id": other})
    assert pointer(whole) == "/volunteer_id"


def test_who_came_without_an_answer_has_helped(client: MatchingClient) -> None:
    volunteer = approved(client)
    offered = task(client, volunteer)
    path = f"/volunteer-tasks/{offered}"
    client.at("2026-09-05 10:30")

    steps = client.get(VC, path)["next_steps"]
    assert client.get(VC, "/volunteer-tasks")["items"][0]["next_steps"] == steps
    assert steps == ["accept_task", "report_task_done", "decline_task", "cancel_task"]
    client.do(VC, f"{path}/done")

    assert [each["task_id"] for each in client.told("VolunteerTaskDone")] == [offered]
    assert client.told("VolunteerTaskAccepted") == []
    known = client.get(VC, f"/volunteers/{volunteer}")
    assert (known["status"], known["open_tasks"]) == ("active", 0)


def test_who_answers_while_the_sweep_comes_is_not_told_of(client: MatchingClient) -> None:
    offered = task(client, approved(client))

    client.just_before_the_next_commit(
        lambda: client.post(VC, f"/volunteer-tasks/{offered}/acceptance")
    )
    client.at("2026-09-05 09:00")

    assert client.get(VC, f"/volunteer-tasks/{offered}")["status"] == "accepted"
    assert client.told("VolunteerTaskUnanswered") == client.told("VolunteerTaskUnreported") == []


def test_a_task_is_given_back_or_not_needed(client: MatchingClient) -> None:
    volunteer = approved(client)
    first, second = task(client, volunteer), task(client, volunteer)
    # Who does not log in has said so by phone.
    client.do(VC, f"/volunteer-tasks/{first}/acceptance")
    client.do(VC, f"/volunteer-tasks/{first}/decline", {"reason": "ill"})
    client.do(VC, f"/volunteer-tasks/{second}/cancellation", {"reason": "not_needed"})

    for status, only in (("declined", first), ("cancelled", second)):
        (row,) = client.get(VC, "/volunteer-tasks", status=status)["items"]
        assert row["task_id"] == only
    assert client.told("VolunteerTaskDeclined")[0]["reason"] == "ill"
    assert [each["logs_in"] for each in client.told("VolunteerTaskOffered")] == [False, False]
    assert client.told("VolunteerTaskCancelled")[0]["starts_at"] == "2026-09-05T06:00:00Z"
    assert client.get(VC, f"/volunteers/{volunteer}")["open_tasks"] == 0
    past = {
        "category": "other",
        "district_id": "D01",
        "starts_at": "2026-08-01T06:00:00Z",
        "place": "Штаб",
    }
    for wrong in (past, past | {"starts_at": "2099-08-01T06:00:00Z"}):
        assert pointer(client.post(VC, f"/volunteers/{volunteer}/tasks", wrong)) == "/starts_at"
    nowhere = client.post(VC, f"/volunteers/{volunteer}/tasks", past | {"district_id": "D99"})
    assert pointer(nowhere) == "/district_id"

    silent = task(client, volunteer)
    client.at("2026-09-05 09:00")
    assert [each["task_id"] for each in client.told("VolunteerTaskUnanswered")] == [silent]
    client.do(VC, f"/volunteer-tasks/{silent}/acceptance")
    client.at("2026-09-07 09:00")
    assert [each["task_id"] for each in client.told("VolunteerTaskUnreported")] == [silent]
    assert len(client.told("VolunteerTaskUnanswered")) == 1
