"""The stories name whoever a message is for."""

from demo.data import table
from services.notifications.templates.values import Audience


def test_each_reader_of_a_message_has_a_name() -> None:
    named = table("words")["audience"]

    assert {each.reader for each in Audience} <= set(named)
    assert all(named.values())
