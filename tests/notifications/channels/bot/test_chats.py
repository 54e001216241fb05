"""Addresses in messengers."""

from services.notifications.channels.bot.chats import address_of, chat_of, is_chat, messenger_of


def test_an_address_names_messenger_and_chat() -> None:
    assert (messenger_of("vk:15"), chat_of("vk:15")) == ("vk", "15")
    assert (messenger_of("15"), chat_of("15")) == ("", "15")
    assert address_of("max", "15") == "max:15"
    assert all(is_chat(each) for each in ("15", "max:15", "telegram:-100"))
    assert not any(is_chat(each) for each in ("", "max:", "max:15&x=1", "max:@anna", "1" * 20))
