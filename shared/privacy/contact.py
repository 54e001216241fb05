"""How to reach a person: validated once, sealed in the vault, never shown by accident.

Guarantees
* Every spelling of one phone number gives one E.164 text, and what is not surely a number is
  refused: letters, control and formatting characters, extensions, numbers no operator gives out.
* A contact hides its values from `repr` and from validation errors, so that an exception or a log
  line cannot carry them.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from shared.domain import CodeEnum, ValueObject

HOME = "RU"
LONGEST_PHONE = 32
LONGEST_NAME = 60
_PHONE_SPELLING = re.compile(
    r"[ \u00a0\u2007\u2009\u202f]*\+?[0-9()\-./ \u00a0\u2007\u2009\u202f\u2010-\u2015\u2212]+"
)
_GAPS = re.compile(r"[^+0-9]")
# Words of letters, with a hyphen or an apostrophe inside of one.
_NAME = re.compile(r"[^\W\d_]+(?:[ '\u2019\u02bc-]+[^\W\d_]+)*")
# What Word and telephones write for a hyphen.
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
# Letters that show nothing; wide and half ones become these two.
_FILLERS = frozenset("\u115f\u1160")
_FORBIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
# A messenger's name, and its own number of a chat: in another one that is somebody else's.
_CHAT = re.compile(r"[A-Za-z][\w-]*:-?[0-9]{1,19}", re.ASCII)


def normalise_phone(text: str) -> str:
    """Return the E.164 form of a phone number as people write it.

    A number without a country code is read as one of this country (8 or +7).
    """
    return _phone(text)[0]


def takes_texts(phone: str) -> bool:
    """Return whether a text message may arrive at a number: not at a landline, nor at 8-800."""
    return _phone(phone)[1]


def _phone(text: str) -> tuple[str, bool]:
    """Return the E.164 form of a number, and whether a text message may arrive there."""
    import phonenumbers
    from phonenumbers import PhoneNumberType as Kind

    refusal = PydanticCustomError("bad_phone", "not a phone number")
    if len(text) > LONGEST_PHONE or not _PHONE_SPELLING.fullmatch(text):
        raise refusal
    try:
        number = phonenumbers.parse(_GAPS.sub("", text), HOME)
    except phonenumbers.NumberParseException:
        raise refusal from None
    kind = phonenumbers.number_type(number)
    if kind == Kind.UNKNOWN:  # no operator gives it out
        raise refusal
    spelt = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    without = (Kind.FIXED_LINE, Kind.TOLL_FREE, Kind.PREMIUM_RATE, Kind.SHARED_COST)
    return spelt, kind not in without


def phone_in(text: str) -> str | None:
    """Return the first phone that a text contains, as it is spelt there."""
    import phonenumbers

    found = phonenumbers.PhoneNumberMatcher(text, HOME)
    return next((each.raw_string for each in found), None)


def has_mobile(text: str) -> bool:
    """Return whether a text contains a mobile phone, however it is spelt."""
    import phonenumbers
    from phonenumbers import PhoneNumberType as Kind

    kinds = (
        phonenumbers.number_type(found.number)
        for found in phonenumbers.PhoneNumberMatcher(text, HOME)
    )
    return any(kind in (Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE) for kind in kinds)


def _reached_by(text: str, info: ValidationInfo) -> str:
    """Normalise a phone; refuse one that gets no texts where it shall be reached by them."""
    phone, texts = _phone(text)
    if info.data.get("channel") == Channel.SMS and not texts:
        raise PydanticCustomError("sms_needs_mobile", "no text message arrives there")
    return phone


def single_line(text: str) -> str:
    """Return a text of one line in NFC; control, formatting and private characters are refused."""
    normal = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(letter) in _FORBIDDEN for letter in normal):
        raise PydanticCustomError("forbidden_characters", "control or formatting characters")
    if text and not normal:
        raise PydanticCustomError("string_too_short", "only spaces", {"min_length": 1})
    return normal


def person_name(text: str) -> str:
    """Return a name as people have them: letters, spaces, hyphens and apostrophes, and no more."""
    name = _DASHES.sub("-", unicodedata.normalize("NFKC", single_line(text)))
    if not _NAME.fullmatch(name) or not _FILLERS.isdisjoint(name):
        raise PydanticCustomError("bad_name", "not a name")
    if len(name) > LONGEST_NAME:  # one sign may stand for a whole phrase
        raise PydanticCustomError("string_too_long", "too long", {"max_length": LONGEST_NAME})
    return name


# Whatever is wrong with it, the refusal shows what a phone looks like.
_PHONE_LENGTH = {"minLength": 5, "maxLength": LONGEST_PHONE}
_PhoneText = Annotated[str, Field(json_schema_extra=_PHONE_LENGTH)]
Phone = Annotated[_PhoneText, AfterValidator(normalise_phone)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(person_name)]
Line = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"\S"), AfterValidator(single_line)
]


class Language(CodeEnum, of="language"):
    """The language that a person speaks: what a helper should speak, too.

    Every message is in Russian; one to a person of another language says so in that language.
    """

    RU = "ru"
    EN = "en"


class Channel(CodeEnum, of="contact_channel"):
    """How a person may be reached: by `sms` and `phone_task` at a phone, else at an address.

    That of a messenger begins with its name: `max:15`.
    """

    BOT = "bot"
    SMS = "sms"
    EMAIL = "email"
    PHONE_TASK = "phone_task"


BY_PHONE = frozenset({Channel.SMS, Channel.PHONE_TASK})


class Contact(ValueObject, extra="forbid"):
    """A person's name for address and the one way they want to be reached.

    `address` is what the channel needs beside the phone: a bot's chat id or an e-mail.
    """

    name: Line = Field(repr=False)
    channel: Channel
    phone: Phone | None = Field(default=None, repr=False)
    address: Line | None = Field(default=None, repr=False)
    language: Language = Language.RU

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.channel in BY_PHONE and self.phone is None:
            raise PydanticCustomError("way_needs_phone", "this channel needs a phone")
        if self.channel not in BY_PHONE and self.address is None:
            raise PydanticCustomError("way_needs_address", "this channel needs an address")
        if self.channel is Channel.EMAIL and not _EMAIL.fullmatch(self.address or ""):
            raise PydanticCustomError("bad_email", "not an e-mail address")
        return self

    def way(
        self, avoid: Collection[str] = (), prefer: Sequence[str] = ()
    ) -> tuple[Channel, str] | None:
        """Return channel and address: the chosen one, else a text to the phone, else a call.

        What the person would rather have comes first, where it is a way to this contact. A landline
        gets no text, whatever was chosen before that was asked.
        """
        chosen = self.phone if self.channel in BY_PHONE else self.address
        ways = [(self.channel, chosen or "")]
        if self.phone is not None:
            ways += [(Channel.SMS, self.phone), (Channel.PHONE_TASK, self.phone)]
        order = {channel: place for place, channel in enumerate(prefer)}
        ways.sort(key=lambda way: order.get(way[0], len(order)))
        open_ways = (way for way in ways if way[0] not in avoid)
        return next((way for way in open_ways if _may_arrive(*way)), None)

    def fields(self) -> dict[str, str]:
        """Return the contact as fields for the vault."""
        return self.model_dump(exclude_none=True)


def is_chat(address: str) -> bool:
    """Return whether an address names a messenger and a chat there."""
    return _CHAT.fullmatch(address) is not None


def _may_arrive(channel: Channel, address: str) -> bool:
    return channel != Channel.SMS or takes_texts(address)


def kept_contact(fields: Mapping[str, str]) -> Contact | None:
    """Return a contact as it was kept; None when no operator gives its number out any more."""
    try:
        return Contact.model_validate(fields)
    except ValidationError:
        return None


class GivenContact(Contact):
    """A contact as it is given: its phone takes what it shall get; a stored one may not."""

    phone: Annotated[_PhoneText, AfterValidator(_reached_by)] | None = Field(
        default=None, repr=False
    )

    @model_validator(mode="after")
    def _in_one_messenger(self) -> Self:
        if self.channel is Channel.BOT and not is_chat(self.address or ""):
            raise PydanticCustomError("bad_chat", "not a chat of a messenger")
        return self


class NewContact(GivenContact):
    """A person's contact as it is given; what was stored before may have another name."""

    name: Name = Field(repr=False)


FIELDS = tuple(Contact.model_fields)
