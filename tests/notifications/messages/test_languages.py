"""A person may speak another language than Russian; every message is in Russian and says so."""

import pytest

from services.notifications.templates.repository import Templates
from shared.privacy.contact import Language
from shared.reference import code_lists
from tests.notifications.fakes import HQ, NotificationsHarness
from tests.notifications.news import RECEIVED, REQUIRED

OTHERS = [each for each in Language if each is not Language.RU]


@pytest.mark.parametrize("language", OTHERS)
def test_who_speaks_another_language_is_told_in_it_that_the_message_is_in_russian(
    harness: NotificationsHarness, language: str
) -> None:
    said = Templates.connect().phrases.other_languages[language]
    harness.tell(RECEIVED)
    harness.owners.change(language=language)
    harness.tell(REQUIRED)

    russian, other = (message.text for message in harness.gateway.to("family"))

    assert said not in russian
    assert f"\n{said}" in other
    assert all(said not in message.text for message in harness.gateway.to("hq"))


@pytest.mark.parametrize("language", OTHERS)
def test_a_caller_learns_which_language_the_person_speaks(
    harness: NotificationsHarness, language: str
) -> None:
    harness.owners.change(channel="phone_task", address=None, language=language)
    harness.tell(REQUIRED)
    api = harness.world.api("notifications", HQ)
    (item,) = [e for e in api.get("/inbox").json["items"] if e["kind"] == "tell_by_phone"]

    call = api.get(f"/inbox/{item['item_id']}/call").json

    assert call["language"] == language
    assert Templates.connect().phrases.other_languages[language] not in call["news"][0]["text"]


def test_the_choice_of_a_language_says_that_messages_stay_russian() -> None:
    """Where a form offers the list, and where a refusal names it."""
    labels, codes = code_lists.labels("language"), code_lists.find("language").codes

    assert {*labels} == {each.value for each in Language}
    for each in OTHERS:
        assert "сообщения на русском" in labels[each]
        assert "messages are in Russian" in codes[each].en
