"""The parts of an address that a provider calls."""

from typing import Annotated

from pydantic import Field

from shared.api.models import Command

# No id of ours is longer; one that is longer names no message.
LONGEST_ID = 64
# Of what a person wrote: more than any messenger carries in one message.
LONGEST_WORDS = 20_000

ProviderName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
CallBackToken = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]{1,512}$")]


class CallBackQuery(Command):
    """What the address says that SMSC calls: how to sign, and in which alphabet."""

    sha1: Annotated[str, Field(max_length=128)] = ""
    charset: Annotated[str, Field(max_length=20)] = ""


def readable(text: str) -> str:
    """Return a text as it can be stored: half of a letter, as JSON can spell it, is a mark."""
    return text.encode(errors="replace").decode()
