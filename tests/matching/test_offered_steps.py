"""Gifts, stories, files, rounds, volunteers, tasks, offers, mediations offer what succeeds."""

from collections.abc import Callable
from typing import Any

import pytest

from shared import ids
from shared.events.intake import CaseClosed
from shared.principal import Principal
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_2,
    HQ_Y,
    MatchingClient,
    chat_of,
    of_case,
    own_token,
    person,
    rep,
)
from tests.matching.gifts.test_api import GIFT, asked
from tests.matching.media.photos import JPEG
from tests.matching.media.test_api import opened, uploaded
from tests.matching.resources.test_api import CM, OTHER, PROVIDER, kits
from tests.matching.steps import DROPPED, gift_steps, offer_steps, task_steps, volunteer_steps
from tests.matching.volunteer_tasks.test_api import task
from tests.matching.volunteers.test_api import STRANGER, VC, VC_Y, VOLUNTEER, approved, registered
from tests.support.offered_steps import Trial

OVER = {"reason": "needs_cannot_be_met"}
Begun = tuple[str, tuple[Principal, ...]]


def check(client: MatchingClient, callers: tuple[Principal, ...], *about: Any, **more: Any) -> int:
    """Try each step as each caller; return who sees the thing."""
    return Trial(client.world, *about, **more).check(*(client.api(each) for each in callers))


def of_guardian(guardian: str) -> Principal:
    """Somebody who works for the headquarters and for the guardian."""
    return Principal(
        f"rep-{guardian}", "person", "regional_hq", ("regional_hq",), regions=("ZR",), org=guardian
    )


# Gifts ------------------------------------------------------------------------------------


def gift(client: MatchingClient, *more: tuple[Principal, str, Any]) -> Begun:
    case = ids.new("cas")
    asked(client, case)
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.at("2026-09-02 10:00")
    given = client.do(own_token(case), "/gifts", GIFT)["id"]
    resource = client.get(VC, "/resources")["items"][0]["resource_id"]
    for who, path, body in more:
        found = client.do(who, path.format(gift=given, resource=resource, part=given), body)
        given_part = f"/resources/{resource}/reservations/{found['id']}/giving"
        if body == {"quantity": 5000}:
            client.do(who, given_part)
    return given, (own_token(case), chat_of(own_token(case).id), HQ, HQ_Y, VC)


GIFTS: dict[str, Callable[[MatchingClient], Begun]] = {
    "offered": gift,
    "promised": lambda client: gift(
        client, (VC, "/resources/{resource}/reservations", {"quantity": 2000})
    ),
    "given": lambda client: gift(
        client, (VC, "/resources/{resource}/reservations", {"quantity": 5000})
    ),
    "taken_back_by_others": lambda client: gift(
        client, (VC, "/resources/{resource}/withdrawal", None)
    ),
    "withdrawn": lambda client: gift(
        client, (HQ, "/gifts/{gift}/withdrawal", {"paper_ref": "P-9"})
    ),
}


@pytest.mark.parametrize("standing", GIFTS)
def test_a_gift(client: MatchingClient, standing: str) -> None:
    found, callers = GIFTS[standing](client)
    one = f"/gifts/{found}"
    listed = ("/gifts", {"region": "ZR"}, "gift_id")
    assert check(client, callers, one, gift_steps(one), listed) == 3


# Stories ----------------------------------------------------------------------------------

CONSENT, PAPER = "/stories/{}/consent", {"consent_ref": "C-1"}
STORIES: dict[str, tuple[tuple[Principal | None, str, Any], ...]] = {
    "submitted": (),
    "agreed": ((HQ, "consent", PAPER),),
    "agreed_by_family": ((None, "consent", {}),),
    "taken_back": ((HQ, "consent", PAPER), (HQ, "consent/withdrawal", PAPER)),
    "cleared": ((None, "consent", {}), (FEDERAL, "clearance", None)),
    "declined": ((FEDERAL, "decline", {"reason": "too_personal"}),),
    "taken_down": (
        (HQ, "consent", PAPER),
        (FEDERAL, "clearance", None),
        (HQ, "takedown", {"reason": "too_personal"}),
    ),
}


@pytest.mark.parametrize("standing", STORIES)
def test_a_story(client: MatchingClient, standing: str) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    words = {"text": "Рады помогать"}
    story = client.do(rep(guardian), f"/matches/{match}/stories", words)["id"]
    family = own_token(case)
    for who, path, body in STORIES[standing]:
        client.do(who or family, f"/stories/{story}/{path}", body)
    one, reason = f"/stories/{story}", {"reason": "too_personal"}
    said: Any = {
        "record_story_consent": (f"{one}/consent", ({}, {"consent_ref": "C-2"})),
        "withdraw_story_consent": (f"{one}/consent/withdrawal", ({}, {"consent_ref": "C-3"})),
        "clear_story": (f"{one}/clearance", (None,)),
        "decline_story": (f"{one}/decline", (reason,)),
        "take_down_story": (f"{one}/takedown", (reason,)),
    }
    callers = (FEDERAL, HQ, HQ_Y, rep(guardian), family, chat_of(family.id), of_guardian(guardian))
    listed = ("/stories", {"region": "ZR"}, "story_id")
    assert check(client, callers, one, said, listed) == 6


# Photos and videos ------------------------------------------------------------------------


@pytest.mark.parametrize("standing", ["uploaded", "confirmed", "removed", "care_over"])
def test_a_photo(client: MatchingClient, standing: str) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    if standing in ("uploaded", "care_over"):
        form = opened(client, match, guardian)
        client.world.files.objects[form["upload_fields"]["key"]] = JPEG
        media = str(form["id"])
    else:
        media = uploaded(client, match, guardian)
    if standing == "care_over":
        client.do(HQ, f"/matches/{match}/ending", OVER)
    if standing == "removed":
        client.do(rep(guardian), f"/media/{media}/removal")
    said = {
        "confirm_media": (f"/media/{media}/confirmation", (None,)),
        "remove_media": (f"/media/{media}/removal", (None,)),
    }
    callers = (rep(guardian), HQ, HQ_Y, own_token(case), of_guardian(guardian))
    assert check(client, callers, f"/media/{media}", said) == 4


# Rounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("standing", ["solving", "ready", "empty", "proposing", "done"])
def test_a_round(client: MatchingClient, standing: str) -> None:
    if standing != "empty":
        client.waiting(), client.ready()
    found = client.post(HQ, "/rounds", {"region": "ZR"}).json["id"]
    path = f"/rounds/{found}"
    if standing != "solving":
        client.world.settle()
    if standing == "proposing":
        assert client.post(HQ, f"{path}/commit", {}).status == 200
    if standing == "done":
        client.do(HQ, f"{path}/commit", {})
    assert client.get(HQ, path)["status"] == ("ready" if standing == "empty" else standing)
    said: Any = {"commit_round": (f"{path}/commit", ({},))}
    assert check(client, (HQ, HQ_2, HQ_Y, FEDERAL), path, said) == 2


# Volunteers -------------------------------------------------------------------------------

# Who coordinates volunteers, and is one.
VC_TOO = person("V-1", "volunteer_coordinator", "ZR")


def busy(client: MatchingClient) -> str:
    volunteer = approved(client, account="V-1")
    task(client, volunteer)
    return volunteer


def at_work(client: MatchingClient) -> str:
    volunteer = approved(client, account="V-1")
    client.do(VOLUNTEER, f"/volunteer-tasks/{task(client, volunteer)}/acceptance")
    return volunteer


def gone(client: MatchingClient) -> str:
    volunteer = approved(client, account="V-1")
    client.do(VOLUNTEER, f"/volunteers/{volunteer}/leaving", {"reason": "moved"})
    return volunteer


VOLUNTEERS: dict[str, tuple[Callable[[MatchingClient], str], int]] = {
    "applied": (registered, 2),
    "approved": (lambda client: approved(client, account="V-1"), 3),
    "without_account": (approved, 2),
    "busy": (busy, 3),
    "at_work": (at_work, 3),
    "gone": (gone, 2),
}


@pytest.mark.parametrize("standing", VOLUNTEERS)
def test_a_volunteer(client: MatchingClient, standing: str) -> None:
    begin, seers = VOLUNTEERS[standing]
    one = f"/volunteers/{begin(client)}"
    listed: Any = ("/volunteers", {}, "volunteer_id")
    callers = (VC, VC_TOO, VC_Y, VOLUNTEER, STRANGER)
    assert check(client, callers, one, volunteer_steps(one), listed) == seers


# Tasks of volunteers ----------------------------------------------------------------------

ACCEPTED = ("acceptance", None)
TASKS: dict[str, tuple[tuple[str, Any], ...]] = {
    "offered": (),
    "accepted": (ACCEPTED,),
    "declined": (("decline", DROPPED),),
    "cancelled": (("cancellation", DROPPED),),
    "done": (ACCEPTED, ("later", None), ("done", None)),
    "offered_and_late": (("later", None),),
    "accepted_and_late": (ACCEPTED, ("later", None)),
}


@pytest.mark.parametrize("standing", TASKS)
def test_a_task(client: MatchingClient, standing: str) -> None:
    one = f"/volunteer-tasks/{task(client, approved(client, account='V-1'))}"
    for path, body in TASKS[standing]:
        if path == "later":
            client.at("2026-09-05 12:00")
        else:
            client.do(VC, f"{one}/{path}", body)
    callers = (VC, VC_Y, VC_TOO, VOLUNTEER, STRANGER)
    listed: Any = ("/volunteer-tasks", {}, "task_id")
    assert check(client, callers, one, task_steps(one), listed) == 3


# Offers -----------------------------------------------------------------------------------

OFFERS: dict[str, tuple[tuple[int, str], ...]] = {
    "fresh": (),
    "part_kept": ((15, ""),),
    "all_kept": ((40, ""),),
    "part_given": ((15, "giving"),),
    "all_given": ((40, "giving"),),
    "withdrawn": ((0, "withdrawal"),),
    "withdrawn_and_promised": ((15, ""), (0, "withdrawal")),
}


@pytest.mark.parametrize("standing", OFFERS)
def test_an_offer(client: MatchingClient, standing: str) -> None:
    one = f"/resources/{kits(client)}"
    for quantity, step in OFFERS[standing]:
        if quantity:
            kept = client.do(CM, f"{one}/reservations", {"quantity": quantity})["id"]
        if step:
            client.do(VC, f"{one}/reservations/{kept}/{step}" if quantity else f"{one}/{step}")
    parts = client.get(VC, f"{one}/reservations")["items"]
    part = next((each["reservation_id"] for each in parts), ids.new("rsv"))
    said = offer_steps(one, part)
    for over in ("true", "false"):
        listed = ("/resources", {"over": over}, "resource_id")
        assert check(client, (VC, CM, VC_Y, PROVIDER, OTHER), one, said, listed) == 3


# Mediations -------------------------------------------------------------------------------


@pytest.mark.parametrize("standing", ["none", "open", "ended", "care_over"])
def test_a_mediation(client: MatchingClient, standing: str) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    one = f"/matches/{match}"
    if standing != "none":
        client.do(rep(guardian), f"{one}/concerns", {"concern": "schedule"})
    if standing == "ended":
        client.do(HQ, f"{one}/mediation/result", {"result": "agreed"})
    if standing == "care_over":
        client.do(HQ, f"{one}/ending", OVER)
    said = {
        "raise_concern": (
            f"{one}/concerns",
            ({"concern": "other", "by": "family", "evidence": "paper"},),
        ),
        "end_mediation": (f"{one}/mediation/result", ({"result": "agreed"},)),
    }
    callers = (HQ, HQ_2, HQ_Y, rep(guardian), of_guardian(guardian))
    assert check(client, callers, f"{one}/mediation", said) == 2
