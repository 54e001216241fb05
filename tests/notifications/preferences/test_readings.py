"""A family and a guardian see who has read what notifications keeps about them."""

from datetime import timedelta
from itertools import count

import pytest

from shared import clock
from shared.events.intake import FamiliesMerged
from tests.notifications.fakes import (
    FAMILY,
    FAMILY_SIGNED_IN,
    FEDERAL,
    GUARDIAN,
    HOLDER_SIGNED_IN,
    HQ,
    HQ_ELSEWHERE,
    OPERATIONS,
    NotificationsHarness,
)
from tests.notifications.feedback.test_api import link
from tests.notifications.news import CALL_DUE, ENDED
from tests.notifications.preferences.test_api import REP
from tests.notifications.work_items.inbox import calls
from tests.support.api import Api

OTHER = f"{FAMILY[:-1]}B"


@pytest.fixture(autouse=True)
def passing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings of one millisecond have no order."""
    start, passed = clock.wall(), count()
    monkeypatch.setattr(clock, "wall", lambda: start + timedelta(milliseconds=next(passed)))


def read_words(harness: NotificationsHarness, public: Api, audience: str) -> None:
    """A side answers in its own words, which headquarters reads."""
    more = {"comment": "Спасибо", "score": 1}
    path, said = (
        link(harness, audience),
        more | ({"needs_met": "no"} if audience == "family" else {}),
    )
    made = public.post(path, said, key=audience)
    assert made.status == 201, made.text
    assert public.as_(HQ).get(f"/feedback-answers/{made.json['id']}").json["words"]


def test_a_family_and_its_headquarters_see_who_has_read_what_about_it(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    hq, path = public.as_(HQ), f"/access-log/{FAMILY}"
    read_words(harness, public, "family")
    assert hq.post(f"/people/{FAMILY}/preferences/link").status == 200
    harness.owners.change(channel="phone_task", address="+79161234567")
    harness.tell(CALL_DUE.model_copy(update={"kind": "one_month"}))
    of_family = next(one for one in calls(harness) if one["about"] == FAMILY)
    assert hq.get(f"/inbox/{of_family['item_id']}/call").json["phone"]

    seen = public.as_(FAMILY_SIGNED_IN).get(path).json["items"]

    told = [(each["role"], each["purpose"], each["fields"]) for each in reversed(seen)]
    assert told == [
        ("regional_hq", "care_feedback", ["comment"]),
        ("regional_hq", "link_preferences", ["link"]),
        ("regional_hq", "phone_task", ["first_name", "phone"]),
    ]
    assert HQ.id not in str(seen)

    # A look of the staff is told, too, and the family's own is not.
    first = hq.get(path, query={"limit": "1"}).json
    assert [each["purpose"] for each in first["items"]] == ["show_access_log"]
    rest = hq.get(path, query={"cursor": first["next_cursor"]}).json
    assert [each["purpose"] for each in rest["items"]] == [each["purpose"] for each in seen]


def test_others_are_told_nothing_about_a_family(harness: NotificationsHarness, public: Api) -> None:
    harness.tell(CALL_DUE)
    harness.tell(ENDED)
    for stranger in (HQ_ELSEWHERE, FEDERAL, OPERATIONS, HOLDER_SIGNED_IN):
        assert public.as_(stranger).get(f"/access-log/{FAMILY}").status == 404
    assert public.as_(FAMILY_SIGNED_IN).get(f"/access-log/{GUARDIAN}").status == 404
    # What was read about a holder is kept under each of its cards.
    assert public.as_(HQ).get("/access-log/hol_1").status == 403
    assert public.as_(HQ).get(f"/access-log/{OTHER}").status == 404, "it was sent nothing"


def test_a_guardian_sees_who_has_read_its_words(harness: NotificationsHarness, public: Api) -> None:
    harness.tell(CALL_DUE)
    read_words(harness, public, "guardian")
    seen = public.as_(REP).get(f"/access-log/{GUARDIAN}").json["items"]
    assert [each["purpose"] for each in seen] == ["care_feedback"]


def test_a_merged_family_sees_what_was_read_of_each_of_its_records(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    read_words(harness, public, "family")
    merged = {"family_id": OTHER, "merged_family_id": FAMILY, "reason": "same_people"}
    harness.tell(FamiliesMerged(region="ZR", **merged))
    seen = public.as_(FAMILY_SIGNED_IN).get(f"/access-log/{FAMILY}").json["items"]
    assert [each["purpose"] for each in seen] == ["care_feedback"]
    whole = public.as_(HQ).get(f"/access-log/{OTHER}").json["items"]
    assert [each["purpose"] for each in whole] == ["show_access_log", "care_feedback"]
