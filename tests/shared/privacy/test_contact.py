"""Contacts: one number has one key, and no contact shows itself by accident."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from shared.privacy.contact import (
    FIELDS,
    LONGEST_NAME,
    LONGEST_PHONE,
    Contact,
    GivenContact,
    NewContact,
    has_mobile,
    kept_contact,
    normalise_phone,
    person_name,
    single_line,
    takes_texts,
)

CANARY_NAME, CANARY_PHONE = "Канарейкина Жёлтая", "+79161234567"

mobiles = st.integers(0, 9_999_999).map(lambda rest: f"916{rest:07d}")
gaps = st.sampled_from(["", " ", "-", ".", "/", "\u00a0", "\u2011", "\u2212", "\u2009"])


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """A number and one of the ways people write it."""
    digits = draw(mobiles)
    head = draw(st.sampled_from(["+7", "8", "7", "", "+ 7"]))
    area, rest = digits[:3], digits[3:]
    if draw(st.booleans()):
        area = f"({area})"
    parts = [head, area, rest[:3], rest[3:5], rest[5:]]
    text = "".join(part + draw(gaps) for part in parts[:-1] if part) + parts[-1]
    return f"+7{digits}", draw(st.sampled_from(["", " "])) + text + draw(st.sampled_from(["", " "]))


@settings(max_examples=300)
@given(spellings())
def test_every_spelling_of_a_number_is_one_key(pair: tuple[str, str]) -> None:
    expected, text = pair
    assert normalise_phone(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "+7916123456",
        "+791612345678",
        "8 (916) 123-45-67 доб. 12",
        "8 916 123-45-67 ext. 12",
        "8 916 123-45-67#12",
        "8 916 123 45 6З",  # the last is a letter
        "8 916 123 4O 27",
        "8 916 FLOWERS",
        "8 916\u202e123 45 67",
        "8 916 123\u0000 45 67",
        "8 916 123\u200b45 67",
        "8 916\n123 45 67",
        "٨٩١٦١٢٣٤٥٦٧",
        "８９１６１２３４５６７",
        "112",
        "",
        "+",
        "8" * 40,
        "tel:+79161234567",
    ],
)
def test_what_is_not_surely_a_number_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        normalise_phone(text)
    assert refused.value.type == "bad_phone"
    assert not text or text not in str(refused.value)
    with pytest.raises(ValidationError) as of_field:
        Contact(name="Анна", channel="sms", phone=text)
    assert [each["type"] for each in of_field.value.errors()] == ["bad_phone"]


@settings(max_examples=500)
@given(st.text(max_size=40))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    with contextlib.suppress(PydanticCustomError):
        assert normalise_phone(text).startswith("+")


@settings(max_examples=300)
@given(mobiles, st.characters(categories=["Cc", "Cf", "Lu", "Ll", "Lo", "No"]), st.integers(0, 10))
def test_one_strange_letter_is_enough_to_refuse(digits: str, letter: str, place: int) -> None:
    with pytest.raises(PydanticCustomError):
        normalise_phone("+7" + digits[:place] + letter + digits[place:])


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Анна 89127001101", True),
        ("8.916.123.45.67", True),
        ("+7 (916) 123-45-67, Вера", True),
        ("9161234567", True),
        ("+1 212 736-50-00", True),  # in America a mobile looks like any other
        ("ул. Ленина, 9", False),
        ("8 (846) 200-00-01", False),
        ("8 800 200-01-22", False),
        ("1027700132195", False),
        ("ЛД-101", False),
        ("", False),
    ],
)
def test_a_mobile_phone_is_found_in_a_text(text: str, holds: bool) -> None:
    assert has_mobile(text) is holds


def test_a_foreign_number_keeps_its_country() -> None:
    assert normalise_phone("+375 29 123-45-67") == "+375291234567"


def test_a_contact_survives_the_vault() -> None:
    contact = Contact(name=" Мария ", channel="sms", phone="8 916 123-45-67")
    assert contact.fields() == {
        "name": "Мария",
        "channel": "sms",
        "phone": "+79161234567",
        "language": "ru",
    }
    assert Contact.model_validate(contact.fields()) == contact
    assert set(contact.fields()) <= set(FIELDS)


def test_the_chosen_way_comes_first_and_a_phone_stands_in_for_it() -> None:
    told = Contact(name="Мария", channel="sms", phone="8 916 123-45-67")
    assert told.way() == ("sms", "+79161234567")
    bot = Contact(name="Мария", channel="bot", address="100200", phone=CANARY_PHONE)
    assert bot.way() == ("bot", "100200")
    assert bot.way(prefer=("phone_task", "email", "sms")) == ("phone_task", CANARY_PHONE)
    assert bot.way(avoid={"phone_task"}, prefer=("phone_task", "sms")) == ("sms", CANARY_PHONE)
    assert bot.way(prefer=("email",)) == ("bot", "100200")
    assert bot.way(avoid={"bot"}) == ("sms", CANARY_PHONE)
    assert bot.way(avoid={"bot", "sms"}) == ("phone_task", CANARY_PHONE)
    assert bot.way(avoid={"bot", "sms", "phone_task"}) is None


@pytest.mark.parametrize("chosen", [("email", "m@example.org"), ("bot", "100200"), ("sms", None)])
def test_no_text_message_is_sent_to_a_landline(chosen: tuple[Any, str | None]) -> None:
    channel, address = chosen
    contact = Contact(name="Мария", channel=channel, address=address, phone="8 (495) 123-45-67")
    call = ("phone_task", "+74951234567")
    assert contact.way(avoid={"bot", "email"}) == call
    assert contact.way(prefer=("sms",)) == (call if channel == "sms" else chosen)
    assert contact.way(avoid={"bot", "email", "phone_task"}) is None


def test_a_landline_is_taken_for_calls_and_for_texts_only_as_it_was_kept() -> None:
    landline = {"name": "Мария", "phone": "8 (495) 123-45-67"}
    assert GivenContact(channel="phone_task", **landline).phone == "+74951234567"
    with pytest.raises(ValidationError, match="no text message arrives there"):
        GivenContact(channel="sms", **landline)
    kept = kept_contact(landline | {"channel": "sms"})
    assert kept is not None and kept.way() == ("phone_task", "+74951234567")
    assert GivenContact(channel="sms", name="Мария", phone=CANARY_PHONE).phone == CANARY_PHONE


def test_no_text_message_is_sent_to_a_free_line() -> None:
    assert not takes_texts("8 800 200-01-22")


@pytest.mark.parametrize("channel", ["sms", "phone_task", "bot", "email"])
def test_a_channel_needs_what_it_is_reached_by(channel: str) -> None:
    with pytest.raises(ValidationError):
        Contact(name="Мария", channel=channel)


def test_a_name_of_one_letter_is_a_name() -> None:
    """As the surname О."""
    kept = NewContact(name="О", channel="email", address="o@example.ru")
    assert kept.name == "О"
    with pytest.raises(ValidationError):
        Contact(name="", channel="email", address="o@example.ru")


def test_a_name_of_letters_that_show_nothing_is_none() -> None:
    assert person_name("𝐀нна") == "Aнна"
    for name in ("\u3164", "Анна\u3164", "\uffa0\u1160", "\u115f"):
        with pytest.raises(PydanticCustomError, match="not a name"):
            person_name(name)
    with pytest.raises(PydanticCustomError, match="too long"):
        person_name("\ufdfa" * 4)


def test_a_name_and_a_spelling_may_be_as_long_as_they_say_and_no_longer() -> None:
    assert person_name("я" * LONGEST_NAME) == "я" * LONGEST_NAME
    with pytest.raises(PydanticCustomError, match="too long"):
        person_name("я" * (LONGEST_NAME + 1))
    number = "+7 916 123-45-67"
    assert normalise_phone(number.rjust(LONGEST_PHONE)) == "+79161234567"
    with pytest.raises(PydanticCustomError, match="not a phone"):
        normalise_phone(number.rjust(LONGEST_PHONE + 1))
    assert (LONGEST_NAME, LONGEST_PHONE) == (60, 32)  # the API's document says so


def test_a_contact_that_was_kept_comes_back_unless_nobody_can_be_reached_there() -> None:
    kept = Contact(name="Мария", channel="sms", phone=CANARY_PHONE)
    assert kept_contact(kept.fields()) == kept
    assert kept_contact(kept.fields() | {"phone": "+71231234567"}) is None


def test_a_name_is_one_clean_line() -> None:
    assert single_line("Й") == "Й"
    with pytest.raises(PydanticCustomError, match="only spaces"):
        single_line("  ")
    for name in ("Мария\u202e", "Ма\nрия", "\u0000", "М\u200bария", "\ue000"):
        with pytest.raises(ValidationError):
            Contact(name=name, channel="sms", phone=CANARY_PHONE)


@pytest.mark.requirement("X-08")
def test_no_exception_and_no_print_shows_a_contact() -> None:
    sinks = []
    for wrong in (
        {"name": CANARY_NAME, "channel": "sms", "phone": CANARY_PHONE + "9"},
        {"name": CANARY_NAME + "\u202e", "channel": "sms", "phone": CANARY_PHONE},
        {"name": CANARY_NAME, "channel": "email", "address": CANARY_PHONE},
        {"name": CANARY_NAME, "channel": CANARY_PHONE},
        {"name": CANARY_NAME, "channel": "sms", "phone": CANARY_PHONE, "more": CANARY_NAME},
    ):
        with pytest.raises(ValidationError) as refused:
            Contact.model_validate(wrong)
        sinks += [str(refused.value), repr(refused.value)]
        sinks.append(repr(refused.value.errors(include_input=False, include_context=False)))
        sinks.append(repr(refused.value.__cause__))
    mail = "zheltaya@example.org"
    for kind in (Contact, GivenContact, NewContact):
        contact = kind(name=CANARY_NAME, channel="email", phone=CANARY_PHONE, address=mail)
        sinks += [str(contact), repr(contact), f"{contact}", repr([contact])]
    for sink in sinks:
        for canary in (CANARY_NAME, CANARY_PHONE, "9161234567", "Жёлтая", mail):
            assert canary not in sink


@pytest.mark.parametrize("dash", ["-", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212"])
def test_a_dash_in_a_name_is_a_hyphen_whoever_has_written_it(dash: str) -> None:
    assert person_name(f"Анна{dash}Мария") == "Анна-Мария"


@pytest.mark.parametrize("name", ["Анна Сергеевна", "Д'Артаньян", "О\u2019Нил", "Юʼва", "Е"])
def test_people_are_called_by_letters_with_a_sign_inside(name: str) -> None:
    assert person_name(name) == name


@pytest.mark.parametrize(
    "name", ["Анна-", "-Анна", "'", "Анна_Мария", "Анна 2", "Анна,", "<b>Анна", "Анна С."]
)
def test_what_no_one_is_called_by_is_refused(name: str) -> None:
    with pytest.raises(PydanticCustomError, match="not a name"):
        person_name(name)
    with pytest.raises(ValidationError, match="not a name"):
        NewContact(name=name, channel="sms", phone=CANARY_PHONE)


@pytest.mark.parametrize("address", ["m@example.org", "м.п+1@почта.рф", "a" * 64 + "@a.b.ru"])
def test_an_e_mail_has_a_name_and_a_domain(address: str) -> None:
    assert Contact(name="Мария", channel="email", address=address).address == address


@pytest.mark.parametrize(
    "address",
    [
        "m", "@example.org", "m@localhost", "m@example..org", "m@.org", "m@org.", "m@@example.org",
        "m@ex@ample.org", "m m@example.org", "m@exa mple.org", "m@example.o rg", "a" * 65 + "@b.ru",
        "m@n@example.org", "m@example.org, n@example.org",
    ],
)  # fmt: skip
def test_what_is_no_e_mail_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="not an e-mail"):
        Contact(name="Мария", channel="email", address=address)
