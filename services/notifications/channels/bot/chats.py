"""The address of a person in a messenger: `max:12345`, `vk:12345`, `telegram:12345`.

A chat without a messenger belongs to the first bot of the stage.
"""

import re

_CHAT = re.compile(r"-?[0-9]{1,19}")


def messenger_of(address: str) -> str:
    """Return the provider that an address names; an empty text when it names none."""
    provider, found, _ = address.partition(":")
    return provider if found else ""


def chat_of(address: str) -> str:
    """Return the chat of an address, as its messenger numbers it."""
    return address.rpartition(":")[2]


def is_chat(address: str) -> bool:
    """Whether the chat of an address is a number, as in every messenger."""
    return _CHAT.fullmatch(chat_of(address)) is not None


def address_of(provider: str, chat: str) -> str:
    """Return the address of a chat."""
    return f"{provider}:{chat}"
