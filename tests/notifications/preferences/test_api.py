"""How people say how they would like to be written to, and what that changes."""

from dataclasses import replace
from urllib.parse import urlencode

from services.notifications.preferences.domain import LINK_LIFETIME, LINK_PURPOSE
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import Audience, OptionalNews
from shared.events import cards, intake
from shared.events.matching_guardians import GuardianContactErased
from shared.events.matching_volunteers import VolunteerApproved, VolunteerLeft
from shared.identity import signed_links
from shared.principal import Principal
from tests.notifications.fakes import (
    CARD,
    COORDINATOR,
    FAMILY,
    FAMILY_SIGNED_IN,
    FEDERAL,
    GUARDIAN,
    HOLDER_SIGNED_IN,
    HQ,
    HQ_ELSEWHERE,
    OF_CASE,
    OF_HOLDER,
    NotificationsHarness,
)
from tests.notifications.news import CALL_DUE, RECEIVED
from tests.notifications.preferences.told import to_family
from tests.support.api import Api

HOTLINE = Principal("usr_7", "person", "hotline_operator", ("hotline_operator",), ("ZR",))
REP = Principal(GUARDIAN, "person", "guardian_rep", ("guardian_rep",), audience="matching")
OF_FAMILY = f"/people/{FAMILY}/preferences"
SAID = {"evidence": "spoken_by_phone"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_person_says_by_its_own_token_what_it_can_do_without(
    harness: NotificationsHarness, api: Api
) -> None:
    assert api.get("/own-preferences").json | {"set_at": None} == {
        "person_id": FAMILY, "version": 0, "channels": [], "unwanted": [], "together": False,
        "set_at": None, "set_by": None,
    }  # fmt: skip
    wishes = {"channels": ["sms", "bot", "sms"], "unwanted": ["questions"], "together": False}
    assert api.put("/own-preferences", wishes).status == 428
    assert api.put("/own-preferences", wishes, if_match=0).status == 200
    assert api.put("/own-preferences", wishes, if_match=0).status == 412
    found = api.get("/own-preferences").json
    assert (found["channels"], found["unwanted"], found["set_by"]) == (
        ["sms", "bot"], ["questions"], "token",
    )  # fmt: skip
    harness.world.settle()
    (changed,) = harness.world.events("notifications.PreferencesChanged")
    assert (changed["data"]["by"], changed["data"]["unwanted"]) == ("token", ["questions"])
    assert api.as_(HQ).get(OF_FAMILY).json == found

    harness.tell(CALL_DUE)  # questions to the family and to the guardian
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))

    assert to_family(harness)[1:] == [
        ("follow_up_due_family", "withheld", "unwanted"),
        ("case_reopened_family", "sent", None),
    ]
    assert [one.channel for one in harness.gateway.to("family")] == ["bot", "sms"]
    assert harness.docs("FEEDBACK")[0]["status"] == "prepared"
    # The guardian has said nothing.
    assert [one.channel for one in harness.gateway.to("guardian")] == ["bot"]


def test_what_is_not_known_or_not_optional_is_refused_with_the_names(api: Api) -> None:
    for wrong in (
        {"unwanted": ["safety"]}, {"channels": ["pigeon"]}, {"channels": ["sms"] * 9},
        {"unwanted": "questions"}, {"together": "maybe"}, {"evidence": "written"},
    ):  # fmt: skip
        assert api.put("/own-preferences", wrong, if_match=0).status == 422, wrong
    refused = api.put("/own-preferences", {"unwanted": ["safety"]}, if_match=0).json
    assert "Новости о скидках" in refused["errors"][0]["detail"]


def test_the_staff_writes_down_what_a_person_says_with_evidence(
    harness: NotificationsHarness, api: Api
) -> None:
    wishes = {"unwanted": ["gifts"], "together": True}
    for evidence in ({}, {"evidence": "so_she_said"}):  # the audit has codes alone
        assert api.as_(HOTLINE).put(OF_FAMILY, wishes | evidence, if_match=0).status == 422
    assert api.as_(HOTLINE).put(OF_FAMILY, wishes | SAID, if_match=0).status == 200
    found = api.get("/own-preferences").json
    assert (found["set_by"], found["together"]) == ("staff", True)
    (audit,) = [
        row for row in harness.world.rows("notifications-audit")
        if row.get("action", {}).get("S") == "set_preferences"
    ]  # fmt: skip
    assert "spoken_by_phone" in str(audit)
    assert HOTLINE.id in str(audit)

    stranger = f"/people/{FAMILY[:-1]}B/preferences"
    for who, path, status in (
        (HQ_ELSEWHERE, OF_FAMILY, 404),
        (FEDERAL, OF_FAMILY, 404),
        (replace(FAMILY_SIGNED_IN, id=f"{FAMILY[:-1]}B"), OF_FAMILY, 404),
        (REP, OF_FAMILY, 404),
        (HOLDER_SIGNED_IN, "/own-preferences", 404),
        (HQ, stranger, 404),
    ):
        assert api.as_(who).get(path).status == status, who
        body = wishes if "own" in path else wishes | SAID
        assert api.as_(who).put(path, body, if_match=0).status == status, who
        if path == OF_FAMILY:
            assert api.as_(who).post(f"{path}/link").status == status, who


def test_a_link_opens_a_page_and_what_is_chosen_there_holds(
    harness: NotificationsHarness, api: Api
) -> None:
    link = api.as_(HQ).post(f"{OF_FAMILY}/link").json["link"]
    assert link.startswith("https://ryadom.test/notifications/v1/preferences/ryl_")
    (made,) = [
        (row["actor"]["S"], row["role"]["S"], row["record"]["S"])
        for row in harness.world.rows("notifications-audit")
        if row.get("purpose", {}).get("S") == "link_preferences"
    ]
    assert made == (HQ.id, "regional_hq", f"PREFERENCES#{FAMILY}")
    path, anybody = link.partition("/v1")[2], api.as_(None)
    opened = anybody.get(path)
    assert "form-action 'self'" in opened.headers["Content-Security-Policy"]
    shown = opened.text
    assert shown.count(" checked") == len(OptionalNews) + 2
    assert FAMILY not in shown

    chosen = [("wanted", "gifts"), ("wanted", "nonsense"), ("first", "sms"), ("together", "yes")]
    thanks = anybody.post(path, urlencode(chosen), headers=FORM)
    assert (thanks.status, "Готово" in thanks.text) == (200, True)
    assert "или скажите об этом штабу." in thanks.text
    found = api.get("/own-preferences").json
    assert found["unwanted"] == ["partner_news", "questions", "reminders", "stories"]
    assert (found["channels"], found["together"], found["set_by"]) == (["sms"], True, "link")
    shown = anybody.get(path).text
    for chosen_box in ('"gifts"', '"sms"', '"together" value="yes"'):
        assert f"{chosen_box} checked" in shown
    assert 'value="stories">' in shown
    half_clicks = ("List-Unsubscribe=yes", "pressed=One-Click")
    for no_form in (
        "",
        *half_clicks,
        "wanted=gifts",
        "first=sms",
        "together=yes",
        "&".join(["first=&together="] * 20),
        "\ud800",
    ):
        answer = anybody.post(path, no_form, headers=FORM)
        assert (answer.status, 'value="gifts" checked' in answer.text) == (422, True)
    version = api.get("/own-preferences").json["version"]
    api.put("/own-preferences", {"channels": ["sms", "email"]}, if_match=version)
    anybody.post(path, "wanted=gifts&first=sms&together=", headers=FORM)
    found = api.get("/own-preferences").json
    assert (found["channels"], found["together"]) == (["sms", "email"], False)
    # Who wants none of it leaves each box empty.
    assert anybody.post(path, "first=sms&together=", headers=FORM).status == 200
    found = api.get("/own-preferences").json
    assert len(found["unwanted"]) == len(OptionalNews)
    # «Как сейчас», and what is no choice of the page, name no channel.
    for none in ("first=&together=", "first=pigeon&together=", "first=&first=bot&together="):
        assert anybody.post(path, none, headers=FORM).status == 200
        assert api.get("/own-preferences").json["channels"] == []
        anybody.post(path, "first=sms&together=", headers=FORM)
    found = api.get("/own-preferences").json

    with harness.world.service("notifications"):
        other = signed_links.issue("feedback", FAMILY, FAMILY, LINK_LIFETIME)
        unknown = signed_links.issue(LINK_PURPOSE, "fam_1", "fam_1", LINK_LIFETIME)
    for wrong in (f"{path}x", f"/preferences/{other}", f"/preferences/{unknown}"):
        for answer in (anybody.get(wrong), anybody.post(wrong, "", headers=FORM)):
            assert answer.status in (404, 422), wrong
            # Whoever opens a link reads words, never a program's answer.
            assert answer.headers["Content-Type"].startswith("text/html"), wrong
    assert api.get("/own-preferences").json == found


def test_only_people_may_do_without_and_never_without_what_is_urgent() -> None:
    for template in Templates.connect().by_name.values():
        if template.optional is not None:
            assert Audience(template.audience).owner is not None, template.name
            assert not template.urgent, template.name
            assert not template.urgent_when, template.name
    used = {each.optional for each in Templates.connect().by_name.values()} - {None}
    assert used == {*OptionalNews}


def test_nothing_of_what_a_person_preferred_is_kept_when_it_is_forgotten(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))
    assert api.put("/own-preferences", {"together": True}, if_match=0).status == 200
    harness.tell(CALL_DUE)
    guardian = harness.world.api("notifications", REP)
    revoked = OF_HOLDER | {"holder_ref": "fp-1@2"}
    harness.tell(cards.CardRevoked(**revoked, reason="other"))
    harness.tell(cards.CardErased(**revoked, holder_too=False))
    harness.tell(cards.CardErased(**revoked | {"holder_id": None}, holder_too=True))
    assert [one["person_id"] for one in harness.docs("PREFERENCES")] == [FAMILY]
    harness.tell(intake.FamilyErased(region="ZR", family_id=FAMILY))
    harness.tell(cards.CardErased(**revoked, holder_too=True))
    assert guardian.put("/own-preferences", {"together": True}, if_match=0).status == 200
    harness.tell(GuardianContactErased(region="ZR", guardian_id=GUARDIAN))
    for wishes in harness.docs("PREFERENCES"):
        assert {name for name, value in wishes.items() if value} == {"person_id", "forgotten_at"}
    assert len(harness.docs("PREFERENCES")) == 3, "also of who has never said anything"
    # The holder of a new card under the old number is written to again.
    harness.tell(cards.CardRevoked(**revoked | {"card_id": f"{CARD[:-1]}B"}, reason="other"))
    assert {
        one["status"] for one in harness.docs("MESSAGE") if one.get("person_id") == "hol_1"
    } == {"sent"}
    again = harness.world.api("notifications", HOLDER_SIGNED_IN)
    assert again.get("/own-preferences").json["together"] is False


def test_a_link_of_before_opens_nothing_of_who_was_forgotten(
    harness: NotificationsHarness, api: Api
) -> None:
    link = api.as_(HQ).post(f"{OF_FAMILY}/link").json["link"].partition("/v1")[2]
    harness.tell(intake.FamilyErased(region="ZR", family_id=FAMILY))
    anybody = api.as_(None)
    assert anybody.get(link).status == 404
    assert anybody.post(link, "first=sms&together=yes", headers=FORM).status == 404
    (forgotten,) = harness.docs("PREFERENCES")
    assert {name for name, value in forgotten.items() if value} == {"person_id", "forgotten_at"}


def test_a_volunteer_says_it_to_its_coordinator_or_by_a_link(harness: NotificationsHarness) -> None:
    of = {"region": "ZR", "volunteer_id": "vol_1", "kind": "person", "sector": "citizens"}
    harness.tell(VolunteerApproved(**of, district_id="D05"))
    harness.tell(RECEIVED)
    api = harness.world.api("notifications", COORDINATOR)
    said = api.put("/people/vol_1/preferences", {"together": True, **SAID}, if_match=0)
    assert said.status == 200
    link = api.post("/people/vol_1/preferences/link").json["link"].rpartition("/")[2]
    anybody = harness.world.api("notifications", None)
    assert anybody.get(f"/preferences/{link}").status == 200
    assert anybody.post(f"/preferences/{link}", "first=&together=yes", headers=FORM).status == 200
    audited = harness.world.rows("notifications-audit")[-1]
    assert (audited["role"]["S"], audited["on_behalf_of"]["S"]) == ("volunteer", "vol_1")
    assert api.get(OF_FAMILY).status == 404
    harness.tell(VolunteerLeft(**of, district_id="D05", reason="asked"))
    assert [one["together"] for one in harness.docs("PREFERENCES")] == [False]


def test_who_speaks_for_itself_names_no_evidence_and_makes_no_link(
    harness: NotificationsHarness, api: Api
) -> None:
    """What the staff has written down, with evidence, is not made up by a person with a token."""
    harness.tell(cards.CardIssued(**OF_HOLDER))
    for person in (FAMILY_SIGNED_IN, HOLDER_SIGNED_IN):
        one, own = f"/people/{person.acts_for}/preferences", api.as_(person)
        before = own.get("/own-preferences").json

        assert own.put(one, {"together": True, **SAID}, if_match=0).status == 403
        assert own.post(f"{one}/link").status == 403

        assert own.get("/own-preferences").json == before
