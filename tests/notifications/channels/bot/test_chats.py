"""Addresses in messengers, and what bots hear."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.notifications.channels.bot import max as max_
from services.notifications.channels.bot import telegram, vk
from services.notifications.channels.bot.chats import address_of, chat_of, is_chat, messenger_of
from services.notifications.channels.bot.max import Max
from services.notifications.channels.bot.telegram import Telegram
from services.notifications.channels.bot.vk import Vk


def test_an_address_names_messenger_and_chat() -> None:
    assert (messenger_of("vk:15"), chat_of("vk:15")) == ("vk", "15")
    assert (messenger_of("15"), chat_of("15")) == ("", "15")
    assert address_of("max", "15") == "max:15"
    assert all(is_chat(each) for each in ("15", "max:15", "telegram:-100", "vk:5"))
    assert not any(is_chat(each) for each in ("", "max:", "max:15&x=1", "max:@anna", "1" * 20))


@pytest.mark.parametrize(
    ("bot", "read"),
    [(Max, max_._UPDATES), (Telegram, telegram._READERS), (Vk, vk._READERS)],
)
def test_a_bot_has_sent_to_it_what_it_reads(
    bot: type[Max | Telegram | Vk], read: Mapping[str, Any]
) -> None:
    assert {*bot.wanted} == read.keys()
