"""How a message says where what comes can be changed."""

from dataclasses import replace

from services.notifications.channels.sms.segments import LONGEST_SMS
from services.notifications.footer_links.ways_out import with_way_out
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import OptionalNews
from shared.events import cards, intake
from shared.events.cards_partners import PartnerNewsDue
from tests.notifications.carrier_stage import Stage
from tests.notifications.channels.conftest import message
from tests.notifications.fakes import (
    CARD,
    OF_CASE,
)
from tests.notifications.news import CALL_DUE, RECEIVED


def last_lines(stage: Stage) -> list[str]:
    """What messages end with, the latest last."""
    return [one["text"].rpartition("Здравствуйте")[2] for one in stage.server.provider.messages()]


def test_several_news_can_be_declined_where_one_of_them_can(stage: Stage) -> None:
    of_card = {"region": "ZR", "holder_id": "hol_1"}
    shop = {"announcement_id": "ann_1", "reference": f"ann_1.{CARD}", "day": "2026-10-31"}
    stays = {"card_id": CARD, "holder_ref": "A1", "issued_month": "2026-09", "district_id": "D01"}
    stage.reach_by("ses")
    stage.harness.tell(cards.PlacementEndDismissed(**of_card, **stays))
    stage.harness.tell(PartnerNewsDue(**of_card, **shop, news="leaving"))
    stage.harness.tell(
        cards.PlacementEndDismissed(**of_card, **stays | {"card_id": CARD[:-1] + "B"})
    )
    stage.server.carriers.headers.clear()
    stage.let_pass(minutes=11)
    assert "Новости для вас" in str(stage.server.provider.messages()[-1])
    assert "List-Unsubscribe" in stage.server.carriers.headers


def test_a_message_that_can_wait_says_how_to_change_what_comes(stage: Stage) -> None:
    """A mail each time, a bot once a day, a text where its news can be declined."""
    harness, page = stage.harness, "/preferences/ryl_"
    stage.reach_by("ses")
    harness.tell(RECEIVED)
    harness.tell(CALL_DUE)
    assert "List-Unsubscribe" in stage.server.carriers.headers
    assert page in last_lines(stage)[-1]
    link = stage.server.carriers.headers["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert stage.server.carriers.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    anybody = harness.world.api("notifications", None)
    # RFC 8058 would rather have it so than as a form of the other kind.
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    name = 'Content-Disposition: form-data; name="List-Unsubscribe"'
    pressed = "\r\n".join(["--x", name, "", "One-Click", "--x--"])
    assert anybody.call("POST", f"/preferences/{link}", pressed, headers=kind).status == 200
    harness.world.settle()
    (wishes,) = harness.docs("PREFERENCES")
    assert (len(wishes["unwanted"]), wishes["set_by"]) == (len(OptionalNews), "link")
    (changed,) = harness.world.events("notifications.PreferencesChanged")
    assert changed["data"]["by"] == "link"
    stage.server.carriers.headers.clear()
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))
    assert page in last_lines(stage)[-1]
    assert stage.server.carriers.headers == {}, "what is needed cannot be declined"

    stage.clean()
    stage.reach_by("max")
    stage.tell(urgent=True)
    assert page not in last_lines(stage)[-1]
    stage.clean()
    for number in (1, 2):
        news = (intake.CareRequirementLifted, intake.CaseReopened)[number - 1]
        harness.tell(news(**OF_CASE, reason="other"))
        shown = [page in each for each in last_lines(stage)]
        assert shown == [True, False][:number]
    stage.let_pass(hours=24)
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))
    assert "«стоп»" in last_lines(stage)[-1] and page in last_lines(stage)[-1]

    stage.clean()
    stage.reach_by("smsc")
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))
    stage.let_pass(hours=24)
    harness.tell(CALL_DUE)
    needed, asked, _ = last_lines(stage)
    assert "нам" not in needed.splitlines()[-1] and page not in asked
    assert asked.endswith("Скажите нам об этом.")


def test_a_text_message_that_is_full_has_no_room_for_a_way_out() -> None:
    phrases = Templates.connect().phrases
    line = f"\n{phrases.ways_out['sms'].format(link='')}"
    for more, has_room in ((0, True), (1, False)):
        full = replace(message("s1"), text="я" * (LONGEST_SMS - len(line) + more))
        sent = with_way_out(full, "", phrases, optional=True, first_of_day=True)
        assert (sent.text == full.text + line) is has_room
        assert len(sent.text) <= LONGEST_SMS
