"""Feedback: a link that only its receiver has, one answer, and work for headquarters."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from services.notifications.feedback.domain import (
    CALL_PURPOSE,
    LIFETIME,
    LINK_LIFETIME,
    LINK_PURPOSE,
    FeedbackForm,
)
from services.notifications.feedback.reactions import act_when_due
from services.notifications.feedback.repository import FeedbackForms
from shared import clock
from shared.errors import Gone
from shared.events import intake, matching
from shared.events.matching_guardians import GuardianContactErased
from shared.identity import signed_links
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import (
    CASE,
    FAMILY,
    FEDERAL,
    GUARDIAN,
    GUARDIAN_REP,
    HQ,
    HQ_ELSEWHERE,
    LEADER,
    MATCH,
    OF_MATCH,
    NotificationsHarness,
    meanwhile,
)
from tests.notifications.news import CALL_DUE
from tests.support.api import Api
from tests.support.world import at

OF_A_PAGE = {"Content-Type": "application/x-www-form-urlencoded"}
GOOD = {"score": 5, "needs_met": "yes", "wants_call": False}
ENDED = matching.CareEnded(**OF_MATCH, reason="all_needs_met", open_need_categories=[])


def link(harness: NotificationsHarness, audience: str = "family") -> str:
    """The path in the last message to the family, or to a guardian."""
    return "/feedback/" + harness.gateway.to(audience)[-1].text.rpartition("/forms/")[2].split()[0]


def answer(public: Api, path: str, **more: Any) -> Any:
    return public.post(path, GOOD | more, key=f"{path[-20:]}{len(more)}")


@pytest.mark.requirement("S4-44")
def test_a_link_cannot_be_guessed_opens_without_login_names_nobody_and_is_answered_once(
    harness: NotificationsHarness, public: Api
) -> None:
    """It comes with each call and at the end, and each of them is a link of its own."""
    harness.tell(CALL_DUE)
    path = link(harness)
    harness.tell(CALL_DUE.model_copy(update={"kind": "one_month"}))
    month = link(harness)
    harness.tell(ENDED)
    assert len({path, month, link(harness)}) == 3
    sent = harness.world.events("notifications.FeedbackLinkSent")
    assert [one["data"]["case_id"] for one in sent] == [CASE] * 6

    # A signature of 256 bits: neither a shorter link nor one with another sign in it opens.
    altered = path[:-2] + ("A" if path[-2] != "A" else "B") + path[-1]
    for wrong in (altered, path[:-4], path[:60] + path[61:]):
        assert public.get(wrong).code == "bad_link"
        assert public.post(wrong, GOOD, key="x").code == "bad_link"
    with harness.world.service("notifications"):
        told = signed_links.open_link(path.rpartition("/")[2], LINK_PURPOSE)
    assert (told.subject, told.about.partition("_")[0]) == (CASE, "fbk")

    form = public.get(path)
    assert form.status == 200
    asked = {each["code"]: each for each in form.json["questions"]}
    assert set(asked) == {"score", "needs_met", "wants_call", "comment"}
    assert asked["needs_met"]["choices"]["partly"] == "Не со всем"
    assert "Анна" not in form.text and CASE not in form.text and MATCH not in form.text

    assert answer(public, path).status == 201
    again = public.post(path, GOOD | {"score": 1}, key="another")
    assert (again.status, again.code) == (410, "form_answered")
    assert public.get(path).code == "form_answered"


def test_a_second_try_of_the_same_call_sends_no_second_link(harness: NotificationsHarness) -> None:
    harness.tell(CALL_DUE)
    harness.tell(CALL_DUE.model_copy(update={"attempt": 2}))

    assert len(harness.gateway.to("family")) == len(harness.gateway.to("guardian")) == 1
    assert len(harness.gateway.to("hq")) == 2


def test_a_low_score_becomes_a_call_for_headquarters(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)

    answer(public, link(harness), score=2, needs_met="partly", comment="Приходят редко")
    harness.world.settle()

    (received,) = harness.world.events("notifications.FeedbackReceived")
    assert received["data"]["score"] == 2
    assert len(harness.world.events("notifications.LowScoreReceived")) == 1
    titles = [message.title for message in harness.gateway.to("hq")]
    assert titles.count("Низкая оценка") == 1
    assert "редко" not in json.dumps(harness.world.events(), ensure_ascii=False)


def test_a_family_that_wants_a_call_gets_one_and_a_happy_one_is_left_alone(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    answer(public, link(harness), wants_call=True)
    harness.tell(ENDED)
    answer(public, link(harness))
    harness.world.settle()

    titles = [message.title for message in harness.gateway.to("hq")]
    assert titles.count("Просят позвонить") == 1
    assert "Низкая оценка" not in titles


def test_headquarters_reads_the_comment_and_that_is_written_down_and_nobody_else_does(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    form_id = answer(public, link(harness), comment="Спасибо вам", wants_call=True).json["id"]
    hq = public.as_(HQ)

    (listed,) = hq.get("/feedback-answers").json["items"]
    assert (listed["form_id"], listed["words"]) == (form_id, {})
    told = hq.get(f"/feedback-answers/{form_id}").json
    assert told["words"] == {"comment": "Спасибо вам"}
    assert told["answers"] == {"score": 5, "needs_met": "yes", "wants_call": True}
    (audit,) = [
        row
        for row in harness.world.rows("notifications-audit")
        if row.get("purpose", {}).get("S") == "care_feedback"
    ]
    assert (audit["actor"]["S"], audit["fields"]["S"]) == ("usr_1", "comment")
    stored = str(harness.world.rows("notifications-data"))
    assert "Спасибо вам" not in stored
    for stranger in (HQ_ELSEWHERE, GUARDIAN_REP, FEDERAL):
        assert public.as_(stranger).get(f"/feedback-answers/{form_id}").status == 404
    assert public.as_(GUARDIAN_REP).get("/feedback-answers").status == 403


def test_who_belongs_to_the_guardian_reads_no_answer_about_it_in_whichever_role(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    form_id = answer(public, link(harness), comment="Боюсь их", wants_call=True).json["id"]
    involved = public.as_(replace(HQ, org=GUARDIAN))

    refused = involved.get(f"/feedback-answers/{form_id}")
    assert (refused.status, refused.code) == (403, "own_guardian")
    assert "другого сотрудника" in refused.json["detail"]
    elsewhere = public.as_(replace(HQ, org=GUARDIAN, regions=("YY",)))
    assert elsewhere.get(f"/feedback-answers/{form_id}").status == 404
    (listed,) = involved.get("/feedback-answers").json["items"]
    assert (listed["form_id"], listed["score"], listed["answers"]) == (form_id, None, {})
    other = public.as_(replace(HQ, org="gua_01J8000000000000000000000Z"))
    assert other.get(f"/feedback-answers/{form_id}").json["score"] == 5
    assert other.get("/feedback-answers").json["items"][0]["score"] == 5


@pytest.mark.requirement("X-13")
def test_a_forgotten_family_s_words_are_gone_and_its_score_stays(
    harness: NotificationsHarness, public: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.tell(CALL_DUE)
    first, later = (
        link(harness),
        matching.FollowUpDue(**OF_MATCH, kind="one_month", due_on=date(2026, 9, 14)),
    )
    form_id = answer(public, first, comment="Спасибо вам", wants_call=True).json["id"]
    harness.tell(later)
    figures = public.as_(HQ).get("/figures").json["feedback_so_far"]
    assert (figures["answered"], figures["mean_score"]) == (1, 5.0)
    soon = clock.wall() + timedelta(seconds=1)
    monkeypatch.setattr(clock, "wall", lambda: soon)

    harness.tell(intake.FamilyErased(region="ZR", family_id=FAMILY))

    assert public.as_(HQ).get("/figures").json["feedback_so_far"] == figures
    kept = public.as_(HQ).get(f"/feedback-answers/{form_id}").json
    assert (kept["score"], kept["commented"], kept["words"]) == (5, True, {})
    assert answer(public, link(harness), comment="Ещё раз").code == "link_expired"
    form = next(one for one in harness.docs("FEEDBACK") if one.get("occasion") == "one_month")
    with harness.world.service("notifications"):
        of_call = signed_links.issue(CALL_PURPOSE, CASE, form["form_id"], LIFETIME)
    assert answer(public, f"/feedback/{of_call}", comment="Ещё раз").code == "subject_erased"


def test_words_of_a_guardian_go_with_its_contact(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    said = {"score": 5, "comment": "Всё легко", "wants_call": True}
    form_id = public.post(link(harness, "guardian"), said, key="1").json["id"]
    path = f"/feedback-answers/{form_id}"
    assert public.as_(HQ).get(path).json["words"] == {"comment": "Всё легко"}
    harness.tell(GuardianContactErased(region="ZR", guardian_id=GUARDIAN))
    assert public.as_(HQ).get(path).json["words"] == {}


def test_a_form_nobody_answered_has_no_answer_to_read(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    form, _ = harness.docs("FEEDBACK")

    assert public.as_(HQ).get(f"/feedback-answers/{form['form_id']}").status == 404
    forms = [public.as_(each).get("/questionnaires") for each in (HQ, LEADER)]
    assert [each.status for each in forms] == [200, 404]
    assert [each["code"] for each in forms[0].json["items"]][:1] == ["care_feedback"]


def test_after_thirty_days_the_link_is_closed(harness: NotificationsHarness, public: Api) -> None:
    harness.tell(CALL_DUE)
    path = link(harness)
    harness.world.set_time(at("2026-09-14 10:00") + timedelta(days=30, minutes=1))

    assert public.get(path).code == "form_expired"
    assert answer(public, path).code == answer(public, path, score=6).code == "form_expired"
    # A link outlives its form.
    form, _ = harness.docs("FEEDBACK")
    lives, no_form = timedelta(days=1), f"fbk_{0:026d}"
    for subject, about in ((form["reference"], no_form), ("cas_1", form["form_id"])):
        with harness.world.service("notifications"):
            old = signed_links.issue(LINK_PURPOSE, subject, about, lives)
        assert public.get(f"/feedback/{old}").status == 404


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"score": 6}, "/score"),
        ({"score": "5"}, "/score"),
        ({"needs_met": "maybe"}, "/needs_met"),
        ({"name": "Анна"}, "/name"),
        ({"comment": "а\u0000"}, "/comment"),
        ({"comment": ""}, "/comment"),
        ({"comment": 5}, "/comment"),
    ],
)
def test_a_wrong_answer_is_refused_with_the_place(
    harness: NotificationsHarness, public: Api, wrong: dict[str, Any], pointer: str
) -> None:
    harness.tell(CALL_DUE)

    refused = answer(public, link(harness), **wrong)

    assert refused.status == 422
    (error,) = refused.json["errors"]
    assert error["pointer"] == pointer
    assert pointer != "/needs_met" or "yes, partly, no." in error["detail"]


def test_one_address_may_not_try_links_by_the_thousand(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    path = link(harness)

    answers = [public.get(path[:-4]).status for _ in range(25)]

    assert answers == [422] * 20 + [429] * 5
    # Previews of a messenger, and people of one operator, share an address.
    assert {public.get(path).status for _ in range(25)} == {200}
    assert "192.0.2.1" not in str(harness.world.rows("notifications-data"))


def test_a_resent_link_still_gives_one_answer(harness: NotificationsHarness, public: Api) -> None:
    harness.gateway.faults = ["silent"] * 2
    harness.tell(CALL_DUE)
    harness.world.advance(at("2026-09-14 10:05"))

    assert len(harness.docs("FEEDBACK")) == 2
    assert answer(public, link(harness)).status == 201


def test_no_side_s_answer_is_read_before_the_other_one_is_there(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    of_guardian = (
        "/feedback/" + harness.gateway.to("guardian")[-1].text.rpartition("/forms/")[2].split()[0]
    )
    hq = public.as_(HQ)
    first = answer(public, link(harness)).json["id"]
    harness.world.settle()

    assert hq.get("/feedback-answers").json["items"] == []
    assert hq.get(f"/feedback-answers/{first}").status == 404
    (received,) = harness.world.events("notifications.FeedbackReceived")
    assert (received["data"]["marks"], received["data"]["needs_met"]) == ({"score": 5}, "yes")
    assert received["data"]["in_call"] is False
    assert received["data"]["pair"] == f"{MATCH}.two_weeks"

    said = {"score": 4, "comment": "Семья рада"}
    assert public.post(of_guardian, said, key="g").status == 201
    forms = [each["form"] for each in hq.get("/feedback-answers").json["items"]]
    assert sorted(forms) == ["care_feedback", "guardian_feedback"]
    assert hq.get(f"/feedback-answers/{first}").json["score"] == 5


def of(harness: NotificationsHarness, audience: str) -> str:
    """The link in the last message to an audience."""
    return harness.gateway.to(audience)[-1].text.rpartition("/forms/")[2].split()[0]


@pytest.mark.parametrize("page", [False, True])
def test_both_sides_that_answer_in_the_same_second_are_read_at_once(
    harness: NotificationsHarness, public: Api, monkeypatch: pytest.MonkeyPatch, page: bool
) -> None:
    harness.tell(CALL_DUE)
    family, guardian = of(harness, "family"), of(harness, "guardian")
    meanwhile(monkeypatch, lambda: public.post(f"/feedback/{guardian}", {"score": 4}, key="g"))

    if page:
        sent = public.call("POST", f"/forms/{family}", "score=5&needs_met=yes", headers=OF_A_PAGE)
        assert (sent.status, "Спасибо за ответ!" in sent.text) == (200, True)
    else:
        assert public.post(f"/feedback/{family}", GOOD, key="f").status == 201

    listed = public.as_(HQ).get("/feedback-answers").json["items"]
    assert sorted(each["score"] for each in listed) == [4, 5]
    harness.world.settle()
    assert len(harness.world.events("notifications.FeedbackReceived")) == 2


def test_a_form_is_answered_once_and_in_time(harness: NotificationsHarness) -> None:
    harness.tell(CALL_DUE)
    form = FeedbackForm.model_validate(harness.docs("FEEDBACK")[0])

    answered = form.answer({"score": 5}, False, False, form.expires_at - timedelta(seconds=1))

    marks = [form.answer({"score": mark}, False, False, form.created_at).low for mark in (2, 3)]
    assert marks == [True, False]
    for late, now in ((answered, form.created_at), (form, form.expires_at)):
        with pytest.raises(Gone):
            late.answer({"score": 1}, False, False, now)


def test_a_second_tap_is_told_that_the_answer_is_there(
    harness: NotificationsHarness, public: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.tell(CALL_DUE)
    family = of(harness, "family")
    first = "score=5&needs_met=yes"
    send = partial(public.call, "POST", f"/forms/{family}", headers=OF_A_PAGE)
    meanwhile(monkeypatch, lambda: send(first))

    second = send("score=1&needs_met=no")

    assert (second.status, "Спасибо, ваш ответ у нас" in second.text) == (410, True)
    (kept,) = [each["answers"] for each in harness.docs("FEEDBACK") if each["answers"]]
    assert kept["score"] == 5
    assert send("score=9").status == 410, "whatever is said after it"


def test_an_answer_that_stays_alone_is_read_after_seven_days_and_a_low_one_at_once(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    answer(public, link(harness))
    harness.tell(ENDED)
    answer(public, link(harness), score=1)
    hq = public.as_(HQ)

    assert [each["score"] for each in hq.get("/feedback-answers").json["items"]] == [1]
    harness.world.advance(at("2026-09-21 10:01"))
    assert [each["score"] for each in hq.get("/feedback-answers").json["items"]] == [1, 5]


def test_what_a_guardian_says_goes_with_the_guardian_and_counts_for_no_guardian(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    text = harness.gateway.to("guardian")[-1].text
    path = "/feedback/" + text.rpartition("/forms/")[2].split()[0]

    assert public.post(path, {"score": 1, "comment": "Тяжело"}, key="g").status == 201
    harness.world.settle()

    titles = [message.title for message in harness.gateway.to("hq")]
    assert titles.count("Низкая оценка") == 1
    (subject,) = {
        row["pk"]["S"] for row in harness.world.rows("notifications-data") if "f_comment" in row
    }
    assert GUARDIAN in subject


def expiry(harness: NotificationsHarness) -> int | None:
    """When the only form of the family is removed."""
    rows = harness.world.rows("notifications-data")
    forms = [row for row in rows if row.get("type", {}).get("S") == "FEEDBACK"]
    (form,) = [row for row in forms if "care_feedback" in row["doc"]["S"]]
    return int(form["expires_at"]["N"]) if "expires_at" in form else None


def test_a_form_without_an_answer_is_kept_as_long_as_its_link_and_an_answer_for_good(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    until = (at("2026-09-14 10:00") + LINK_LIFETIME).timestamp()
    assert abs((expiry(harness) or 0) - until) < 60
    assert answer(public, link(harness)).status == 201
    assert expiry(harness) is None


def test_a_moment_that_is_heard_of_too_early_changes_nothing(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    answer(public, link(harness))
    before = harness.docs("FEEDBACK")
    with harness.world.service("notifications"):
        for form in before:
            context = CommandContext(system("notifications"), "act_when_due", "cor_1")
            act_when_due(form["form_id"], context, FeedbackForms.connect())
    assert harness.docs("FEEDBACK") == before
