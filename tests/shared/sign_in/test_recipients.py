"""A code takes the way that was asked for, and another that the contact has where there is none."""

import pytest

from shared.privacy.contact import Contact
from shared.sign_in.recipients import addressee, takes_codes
from tests.shared.identity.test_sign_ins import sign_in
from tests.support.store_fixtures import use_secrets

MOBILE, LANDLINE = "+79161234567", "+74951234567"


def contact(channel: str, address: str | None = None, phone: str | None = None) -> Contact:
    return Contact.model_validate(
        {"name": "Мария", "channel": channel, "address": address, "phone": phone}
    )


@pytest.mark.parametrize(
    ("asked", "kept", "way"),
    [
        ("sms", contact("bot", "max:15", MOBILE), ("sms", MOBILE)),
        ("sms", contact("bot", "max:15", LANDLINE), ("bot", "max:15")),
        ("sms", contact("bot", "max:15"), ("bot", "max:15")),
        ("sms", contact("phone_task", phone=MOBILE), ("sms", MOBILE)),
        ("bot", contact("bot", "max:15", MOBILE), ("bot", "max:15")),
        ("bot", contact("sms", phone=MOBILE), ("sms", MOBILE)),
        ("sms", contact("phone_task", phone=LANDLINE), None),
    ],
)
def test_a_code_comes_by_the_way_that_was_asked_for_and_never_by_a_call(
    monkeypatch: pytest.MonkeyPatch, asked: str, kept: Contact, way: tuple[str, str] | None
) -> None:
    use_secrets(monkeypatch)

    found = addressee(sign_in(channel=asked), kept)

    assert found.contact.way(found.avoid) == way
    assert takes_codes(kept) == (way is not None)
