"""What a deployment looks at before a stage gets its providers of messages and of calls.

A provider whose server is not trusted takes no message, and the people on duty would learn it from
messages that wait; so a fault is a refusal here, with the next step. No secret is ever said.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import TypeAdapter, ValidationError

from services.intake.telephony.policy import CONFIGURATION as TELEPHONY
from services.notifications.channels.bot.max import ROOT_FINGERPRINT, Max
from services.notifications.channels.registry import CONFIGURATION as CHANNELS
from services.notifications.channels.sms.sns import Sns
from shared import clock

CHANNELS_PAGE = "docs/how-to/connect-channels.md"
TELEPHONY_PAGE = "docs/how-to/connect-telephony.md"
Provider = TypeVar("Provider")


class UnfitProviders(Exception):
    """Providers that would not work; the message is the sentence that says why and what to do."""


def check_channels(ssm: Any, facts: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Refuse channels that cannot be read, or providers whose servers would not be trusted."""
    source, roots = facts.get("ChannelSecrets", ""), facts.get("ChannelRoots", "")
    if not source:
        return
    for name, provider in _configured(CHANNELS, ssm, source, CHANNELS_PAGE).items():
        if provider.ca and provider.ca != roots:
            raise UnfitProviders(
                f"`{name}` in {source} names the roots {provider.ca}, which the functions may not "
                f'read. Say ChannelRoots = "{provider.ca}" in the stage\'s file.'
            )
        if isinstance(provider, Max) and provider.url.startswith("https:") and not provider.ca:
            raise UnfitProviders(
                f"`{name}` in {source} has no `ca`: the server of MAX is trusted by the Russian "
                f"Trusted Root alone, which no system has. {CHANNELS_PAGE} has the commands."
            )
        if isinstance(provider, Sns) and not provider.access_key:
            raise UnfitProviders(
                f"`{name}` in {source} has no keys, and without them the functions may not publish "
                f"(mail of SES they may send). {CHANNELS_PAGE} says what a provider has."
            )
    if roots:
        for line in _roots(ssm, roots):
            say(line)


def check_telephony(ssm: Any, facts: Mapping[str, str], regions: Collection[str]) -> None:
    """Refuse telephony that cannot be read, or whose calls would belong to no region."""
    source = facts.get("TelephonySecrets", "")
    if not source:
        return
    for name, provider in _configured(TELEPHONY, ssm, source, TELEPHONY_PAGE).items():
        if unknown := {provider.region, *provider.lines.values()} - set(regions):
            raise UnfitProviders(
                f"`{name}` in {source} names {', '.join(sorted(unknown))}, no region of the stage. "
                f"The stage has {', '.join(sorted(regions))}."
            )


def _configured(
    known: TypeAdapter[dict[str, Provider]], ssm: Any, source: str, page: str
) -> dict[str, Provider]:
    try:
        return known.validate_python(_read(ssm, source, page))
    except ValidationError as error:
        places = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise UnfitProviders(
            f"{source} is not understood at {places}. {page} says what a provider has."
        ) from None


def _roots(ssm: Any, name: str) -> Iterator[str]:
    """Say each certificate of a parameter with its fingerprint; refuse what trusts no server."""
    found = _read(ssm, name, CHANNELS_PAGE)
    try:
        certificates = x509.load_pem_x509_certificates(found["pem"].encode())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnfitProviders(
            f'{name} is no {{"pem": …}} with certificates. {CHANNELS_PAGE} has the commands.'
        ) from None
    for each in certificates:
        fingerprint = each.fingerprint(SHA256()).hex().upper()
        if each.not_valid_after_utc < clock.wall():
            raise UnfitProviders(
                f"{name} holds a certificate that ended on {each.not_valid_after_utc:%Y-%m-%d} "
                f"(SHA-256 {fingerprint}). Write the present one: {CHANNELS_PAGE}"
            )
        known = "the Russian Trusted Root" if fingerprint == ROOT_FINGERPRINT else "NOT KNOWN HERE"
        yield f"{name}: {known}, SHA-256 {fingerprint}, until {each.not_valid_after_utc:%Y-%m-%d}"


def _read(ssm: Any, name: str, page: str) -> Any:
    try:
        answer = ssm.get_parameter(Name=name, WithDecryption=True)
        return json.loads(answer["Parameter"]["Value"])
    except (ClientError, ValueError) as wrong:
        if (
            isinstance(wrong, ClientError)
            and wrong.response["Error"]["Code"] != "ParameterNotFound"
        ):
            raise  # its own words say it: not allowed to read, or to decrypt
        raise UnfitProviders(
            f"The parameter {name} is missing or no JSON. {page} says how it is written."
        ) from None
