"""What is found in a text before it is published: addresses, empty places, too many signs."""

import pytest

from services.notifications.channels.sms.segments import LONGEST_SMS
from services.notifications.channels.sms.sms_aero import SmsAero
from services.notifications.channels.sms.smsc import Smsc
from services.notifications.channels.sms.sns import Sns
from services.notifications.templates import rehearsal
from services.notifications.templates.rehearsal import LINK, address, hole
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import FIRST_NAME
from services.notifications.templates.wording import sampled
from tests.notifications.fakes import NotificationsHarness
from tests.notifications.news import CALL_DUE

FOUND = Templates.connect()
FAMILY = FOUND.by_name["match_proposed_family"]


def fault(text: str) -> str | None:
    worded = FAMILY.with_words("Новость", {"text": text}, "w")
    found = rehearsal.fault("Новость", {"text": text}, worded, FOUND.phrases)
    return found.code if found else None


@pytest.mark.parametrize(
    "text",
    [
        "Смотрите https://evil.test/x", "Смотрите HTTPS:evil", "на www.пример",
        "пишите на anna@example.org", "добро.рф ждёт", "Зайдите на ryadom.online!", "Т.е. t.me/чат",
        "Звоните +7 916 123-45-67", "Звоните 8(916)1234567", "номер 123456", "8 800 2000 122",
        "tel:112", "mailto:a", "слово.слово",
    ],
)  # fmt: skip
def test_an_address_or_a_phone_in_a_text_is_found(text: str) -> None:
    assert address(text)
    assert fault(f"{text}\nЧто дальше: подождите.") == "wording_has_address"


@pytest.mark.parametrize(
    "text",
    [
        "Позвоните 112.",
        "С 9:00 до 18:00.",
        "Это 14 дней, до 30.11.",
        "Да... Нет?!",
        "Т. е. т.е. да.",
    ],
)
def test_plain_numbers_and_stops_are_no_address(text: str) -> None:
    assert address(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Здравствуйте.\nЧто дальше: подождите.", None),
        ("{% if first_name %}{{ first_name }}, мы{% else %}Мы{% endif %} рядом.", None),
        # Whose name is not known reads «, мы рядом».
        ("{{ first_name }}, мы рядом.", "wording_has_hole"),
        ("Мы  рядом.", "wording_has_hole"),
        ("Мы рядом.\n\nПодождите.", "wording_has_hole"),
        ("Что дальше: {% if first_name == 'x' %}да{% endif %}.", "wording_has_hole"),
        ("{% if first_name == 'x' %}да{% endif %}", "wording_has_hole"),
        (" ", "wording_has_hole"),
        ("Что дальше:", "wording_has_hole"),
        ("Ждите " + "слово " * 104 + "день.", "wording_too_long"),
    ],
)
def test_what_a_reader_would_stumble_over_is_found(text: str, code: str | None) -> None:
    assert fault(text) == code


def test_a_text_may_be_as_long_as_the_longest_sms_and_no_sign_longer() -> None:
    """A reader of another language gets a line more."""
    longest = max(len(each) for each in said_with("я").values())
    (explained,) = FOUND.phrases.other_languages.values()
    fits = "я" * (LONGEST_SMS - longest - len(f"\n{explained}") + 1)

    assert fault(f"Подождите, {fits}") is None
    assert fault(f"Подождите, {fits}я") == "wording_too_long"


def test_an_editor_is_told_where_it_is_and_what() -> None:
    (explained,) = FOUND.phrases.other_languages.values()
    phone, most = "+7 916 123-45-67", str(LONGEST_SMS - len(f"\n{explained}"))
    for subject, text, told in (
        (f"Звоните {phone}", "Ждите.", ("wording_has_address", "/subject", (phone,))),
        ("Новость", f"Ждите: {phone}", ("wording_has_address", "/texts/text", (phone,))),
        ("Новость", "Ждите.\nМы  рядом.", ("wording_has_hole", "/texts/text", ("Мы  рядом.",))),
        ("Новость", "слово " * 120, ("wording_too_long", "/texts/text", (most,))),
    ):
        worded = FAMILY.with_words(subject, {"text": text}, "w")
        assert rehearsal.fault(subject, {"text": text}, worded, FOUND.phrases) == told


def said_with(more: str) -> dict[str, str]:
    """What the reader with a long name reads."""
    worded = FAMILY.with_words("Новость", {"text": f"Подождите, {more}"}, "w")
    return sampled(worded, FOUND.phrases, {FIRST_NAME: FOUND.phrases.samples.long_name})


def test_an_invisible_sign_is_an_empty_place() -> None:
    assert hole("Слово\u202e") is not None and hole("Слово") is None


def test_the_shortest_sms_of_all_providers_is_the_measure() -> None:
    assert min(each.longest for each in (Smsc, SmsAero, Sns)) == LONGEST_SMS


def test_the_link_of_a_rehearsal_is_as_long_as_a_real_one(harness: NotificationsHarness) -> None:
    harness.tell(CALL_DUE)
    text = harness.gateway.to("family")[-1].text

    real = next(word for word in text.split() if "/forms/" in word)

    assert abs(len(real) - len(LINK)) <= 20
