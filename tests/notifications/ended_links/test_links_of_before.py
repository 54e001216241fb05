"""Links of before: the contact was replaced since, the phone stolen, or the person forgotten."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.notifications.ended_links.domain import KEPT_FOR, EndedLinks
from services.notifications.feedback.domain import CALL_PURPOSE, LINK_LIFETIME
from services.notifications.preferences import domain as preferences
from services.notifications.templates.values import OptionalNews
from shared import clock
from shared.errors import Gone
from shared.events import cards, cards_partners, intake, intake_rights, matching_guardians
from shared.events.base import Event
from shared.events.community import EngagementEnded
from shared.events.matching_volunteers import (
    VolunteerApproved,
    VolunteerContactChanged,
    VolunteerLeft,
)
from shared.identity import signed_links
from tests.notifications.fakes import (
    CARD,
    CASE,
    FAMILY,
    GUARDIAN,
    OF_HOLDER,
    OPERATIONS,
    NotificationsHarness,
)
from tests.notifications.news import CALL_DUE, ENDED, RECEIVED
from tests.support.api import Api
from tests.support.world import at

OF = {"region": "ZR"}
VOLUNTEER = {"volunteer_id": "vol_1", "kind": "person", "sector": "citizens", "district_id": "D05"}
OTHER = FAMILY[:-1] + "B"
NEW = {"family_id": FAMILY, "reference": f"con_1.{FAMILY}"}
OF_GUARDIAN = OF | {"guardian_id": GUARDIAN}
CHANGE = {"contact_change_id": "cch_1"}
OF_PARTNER = OF | {"partner_id": "par_1", "district_ids": ("D05",), "category": "grocery"}
PUBLISHED = cards_partners.PartnerActivated(**OF_PARTNER, own=False, reachable=True)
BLOCKED = cards.CardBlocked(**OF_HOLDER, reason="stolen", unreachable=True)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

ENDS: dict[str, list[Event]] = {
    FAMILY: [
        intake_rights.FamilyContactChanged(**OF, **NEW),
        intake_rights.FamilyContactChanged(**OF, **NEW | {"family_id": OTHER}, record_id=FAMILY),
    ],
    GUARDIAN: [matching_guardians.GuardianContactChanged(**OF_GUARDIAN, **CHANGE)],
    "hol_1": [
        cards.HolderContactChanged(**OF, **CHANGE, holder_id="hol_1", notifies_former=False),
        BLOCKED,
        cards.CardReplaced(**OF_HOLDER, reason="stolen", replaced_by="crd_2"),
        cards.CardReplaced(**OF_HOLDER, reason="lost_with_phone", replaced_by="crd_2"),
    ],
    "vol_1": [VolunteerContactChanged(**OF, **VOLUNTEER, **CHANGE)],
    "par_1": [
        cards_partners.PartnerContactChanged(**OF_PARTNER),
        cards_partners.PartnerEnded(**OF_PARTNER, reason="closed"),
        cards_partners.PartnerDeclined(**OF_PARTNER, reason="other"),
    ],
}
GOES_ON: dict[str, list[Event]] = {
    FAMILY: [intake_rights.FamilyContactChanged(**OF, **NEW, record_id=OTHER)],
    "hol_1": [
        cards.CardBlocked(**OF_HOLDER, reason="lost"),
        cards.CardReplaced(**OF_HOLDER, reason="lost", replaced_by="crd_2"),
        cards.CardErased(**OF_HOLDER, holder_too=False),
        cards.CardBlocked(**OF_HOLDER | {"holder_id": None}, reason="stolen", unreachable=True),
    ],
}


def cases(of: dict[str, list[Event]]) -> list[tuple[str, Event]]:
    """Each event beside its person."""
    return [(person, event) for person, events in of.items() for event in events]


def known(harness: NotificationsHarness) -> None:
    """Let all of them have been sent something."""
    for event in (RECEIVED, CALL_DUE, ENDED, VolunteerApproved(**OF, **VOLUNTEER), PUBLISHED):
        harness.tell(event)


def wishes_of(harness: NotificationsHarness, person: str) -> str:
    """The path of a link to the page of a person's preferences."""
    with harness.world.service("notifications"):
        text = signed_links.issue(preferences.LINK_PURPOSE, person, person, LINK_LIFETIME)
    return f"/preferences/{text}"


def said_by(harness: NotificationsHarness, person: str) -> list[dict[str, Any]]:
    """What a person has said that it prefers."""
    known = [one for one in harness.docs("PREFERENCES") if one["person_id"] == person]
    return [one for one in known if one.get("set_at")]


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two seconds pass; a link says to the second when it was issued."""
    wall = clock.wall
    monkeypatch.setattr(clock, "wall", lambda: wall() + timedelta(seconds=2))


def form_of(harness: NotificationsHarness, audience: str = "family") -> str:
    """The path of the link to a form in the last message to an audience."""
    return "/forms/" + harness.gateway.to(audience)[-1].text.rpartition("/forms/")[2].split()[0]


@pytest.mark.parametrize(("person", "event"), cases(ENDS))
def test_a_link_of_before_shows_nothing_and_changes_nothing_but_a_mails_button(
    harness: NotificationsHarness,
    public: Api,
    monkeypatch: pytest.MonkeyPatch,
    person: str,
    event: Event,
) -> None:
    known(harness)
    path = wishes_of(harness, person)
    assert public.get(path).status == 200
    later(monkeypatch)

    harness.tell(event)

    shown = public.get(path)
    assert (shown.status, "больше не действует" in shown.text) == (410, True)
    assert 'name="first"' not in shown.text
    assert public.post(path, "first=sms&together=yes", headers=FORM).status == 410
    assert said_by(harness, person) == []

    # What is sent to the new contact leads on, at once.
    assert public.get(wishes_of(harness, person)).status == 200
    assert public.get(path).status == 410

    # A mail of before may lie in the same box still: its button works, as «стоп» does.
    assert public.post(path, "List-Unsubscribe=One-Click", headers=FORM).status == 200
    (said,) = said_by(harness, person)
    assert (said["set_by"], len(said["unwanted"])) == ("link", len(OptionalNews))


def test_a_family_that_is_signed_out_has_no_link_of_before(
    harness: NotificationsHarness, public: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(harness)
    path = wishes_of(harness, FAMILY)
    later(monkeypatch)
    for record, status in ((None, 200), (FAMILY, 410)):
        lost = {"family_id": OTHER, "record_id": record, "at": clock.wall()}
        harness.tell(intake_rights.FamilySignedOut(**OF, **lost))
        assert public.get(path).status == status
    assert public.get(wishes_of(harness, FAMILY)).status == 200


@pytest.mark.parametrize(("person", "event"), cases(GOES_ON))
def test_what_concerns_another_record_or_the_card_alone_ends_no_link(
    harness: NotificationsHarness, public: Api, person: str, event: Event
) -> None:
    known(harness)
    path = wishes_of(harness, person)
    harness.tell(event)
    assert public.get(path).status == 200


@pytest.mark.parametrize(
    ("audience", "event"),
    [
        ("family", ENDS[FAMILY][0]),
        ("family", intake.FamilyErased(**OF, family_id=FAMILY)),
        ("guardian", ENDS[GUARDIAN][0]),
        ("guardian", matching_guardians.GuardianContactErased(**OF_GUARDIAN)),
    ],
)
def test_a_form_of_before_is_neither_shown_nor_answered(
    harness: NotificationsHarness,
    public: Api,
    monkeypatch: pytest.MonkeyPatch,
    audience: str,
    event: Event,
) -> None:
    harness.tell(CALL_DUE)
    path = form_of(harness, audience)
    of_bot = path.replace("/forms/", "/feedback/")
    values = {"values": {"hq_phone": "8 800 222-22-22"}}
    public.as_(OPERATIONS).put("/programme-lines/ZR", values, if_match=0)
    later(monkeypatch)

    harness.tell(event)

    for shown in (public.get(path), public.post(path, "score=5", headers=FORM)):
        assert shown.status == 410
        assert "Если его нет, позвоните в штаб: 8 800 222-22-22." in shown.text
    assert public.get(of_bot).code == "link_expired"
    assert public.post(of_bot, {"score": 5, "needs_met": "yes"}, key="1").code == "link_expired"
    harness.world.settle()
    assert harness.world.events("notifications.FeedbackReceived") == []
    # The other side has its own contact, and its own form.
    others = "guardian" if audience == "family" else "family"
    assert public.get(form_of(harness, others)).status == 200


@pytest.mark.parametrize(
    "event",
    [
        BLOCKED,
        cards.CardErased(**OF_HOLDER, holder_too=False),
        cards.HolderContactChanged(
            **OF, **CHANGE, holder_id="hol_1", notifies_former=False, living_card_id=CARD
        ),
    ],
)
def test_a_form_about_a_card_ends_with_its_holders_phone_and_with_the_card(
    harness: NotificationsHarness, public: Api, monkeypatch: pytest.MonkeyPatch, event: Event
) -> None:
    """The event that asks for it names no holder."""
    harness.tell(
        EngagementEnded(
            **OF,
            engagement_id="eng_1",
            level="operational",
            role="consultant",
            card_id=CARD,
            started_on=date(2026, 9, 1),
            ended_on=date(2026, 9, 13),
            district_id="D01",
        )
    )
    harness.world.advance(at("2026-09-15 10:00"))
    path = form_of(harness, "holder")
    assert public.get(path).status == 200
    later(monkeypatch)
    harness.tell(event)
    assert public.get(path).status == 410


def test_a_colleague_in_a_call_still_enters_what_a_person_with_a_new_phone_says(
    harness: NotificationsHarness, public: Api
) -> None:
    harness.tell(CALL_DUE)
    form = next(one for one in harness.docs("FEEDBACK") if one["form"] == "care_feedback")
    with harness.world.service("notifications"):
        text = signed_links.issue(CALL_PURPOSE, CASE, form["form_id"], LINK_LIFETIME)
    harness.tell(ENDS[FAMILY][0])
    assert public.get(f"/forms/{text}").status == 200


def test_a_volunteer_who_left_and_a_holder_who_is_forgotten_have_no_link_that_leads_on(
    harness: NotificationsHarness, public: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also once news of later makes the person known again."""
    known(harness)
    paths = [wishes_of(harness, person) for person in ("vol_1", "hol_1", FAMILY)]
    later(monkeypatch)
    harness.tell(VolunteerLeft(**OF, **VOLUNTEER, reason="asked"))
    harness.tell(cards.CardErased(**OF_HOLDER, holder_too=True))
    harness.tell(intake.FamilyErased(**OF, family_id=FAMILY))
    assert [public.get(path).status for path in paths] == [404] * 3

    known(harness)
    harness.tell(ENDED.model_copy(update={"card_id": f"{CARD[:-1]}B"}))
    assert [public.get(path).status for path in paths] == [410] * 3


def test_an_event_that_is_heard_of_late_leaves_the_links_since(
    harness: NotificationsHarness, public: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(harness)
    late = harness.body(ENDS["vol_1"][0])
    wall = clock.wall
    monkeypatch.setattr(clock, "wall", lambda: wall() + timedelta(seconds=5))
    path = wishes_of(harness, "vol_1")
    harness.deliver(late)
    assert public.get(path).status == 200


def test_the_latest_moment_counts_whichever_was_heard_of_first() -> None:
    first, second = at("2026-09-14 10:00"), at("2026-09-14 11:00")
    for order in ((first, second), (second, first)):
        ended = EndedLinks(subject="fam_1")
        ended.require_later(first)
        for moment in order:
            ended = ended.end("ZR", moment)
        for gone in (first, second):
            with pytest.raises(Gone):
                ended.require_later(gone)
        ended.require_later(second + timedelta(microseconds=1))


def test_who_had_links_ended_is_kept_as_long_as_a_link_lives(
    harness: NotificationsHarness, public: Api
) -> None:
    assert max(LINK_LIFETIME, preferences.LINK_LIFETIME) <= KEPT_FOR
    harness.tell(BLOCKED)
    rows = [
        row
        for row in harness.world.rows("notifications-data")
        if row.get("type", {}).get("S") == "ENDED_LINKS"
    ]
    assert {row["pk"]["S"] for row in rows} == {"ENDED_LINKS#hol_1", f"ENDED_LINKS#{CARD}"}
    for row in rows:
        left = int(row["expires_at"]["N"]) - clock.wall().timestamp()
        assert abs(left - KEPT_FOR.total_seconds()) < 60
