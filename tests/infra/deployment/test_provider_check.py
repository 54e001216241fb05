"""A deployment says what is wrong with a stage's providers before anything is changed."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from infra.deployment.provider_check import UnfitProviders, check_channels, check_telephony
from infra.services import INFRA
from shared import clock

CHANNELS, ROOTS = "/ryadom/test/channels", "/ryadom/test/roots"
CALLS = "/ryadom/test/telephony"
LOCAL = json.loads((INFRA / "local_platform" / "local_telephony.json").read_text("utf-8"))
DEMO, MANGO = LOCAL["demo"], LOCAL["mango"]
FACTS = {"ChannelSecrets": CHANNELS, "ChannelRoots": ROOTS}
MAX = {"kind": "max", "token": "TOKEN", "secret": "SECRET", "ca": ROOTS}


class Ssm:
    """Parameters by name."""

    def __init__(self, **values: Any) -> None:
        names = {CHANNELS: "channels", ROOTS: "roots", CALLS: "telephony"}
        self.values = {name: values.get(short) for name, short in names.items()}

    def get_parameter(self, Name: str, WithDecryption: bool) -> dict[str, Any]:
        value = self.values[Name]
        assert WithDecryption
        if isinstance(value, ClientError):
            raise value
        if value is None:
            raise ClientError({"Error": {"Code": "ParameterNotFound"}}, "GetParameter")
        return {"Parameter": {"Value": value if isinstance(value, str) else json.dumps(value)}}


def certificate(ends: datetime) -> dict[str, str]:
    """A root that is valid until then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Root")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, ends - timedelta(2), ends)
    signed = made.sign(key, hashes.SHA256())
    return {"pem": signed.public_bytes(serialization.Encoding.PEM).decode()}


def test_a_stage_with_its_roots_is_told_their_fingerprints() -> None:
    said: list[str] = []
    roots = certificate(clock.wall() + timedelta(days=9))

    texts = {"kind": "sns", "region": "eu-west-1", "access_key": "AK", "secret_key": "SK"}
    check_channels(Ssm(channels={"max": MAX, "texts": texts}, roots=roots), FACTS, said.append)
    check_channels(Ssm(), {}, said.append)

    (line,) = said
    assert line.startswith(f"{ROOTS}: NOT KNOWN HERE, SHA-256 ")
    fingerprint = x509.load_pem_x509_certificate(roots["pem"].encode()).fingerprint(hashes.SHA256())
    assert fingerprint.hex().upper() in line


@pytest.mark.parametrize(
    ("channels", "facts", "why"),
    [
        (None, FACTS, "channels is missing or no JSON"),
        ("{", FACTS, "channels is missing or no JSON"),
        ({"max": MAX | {"tokn": "SECRET"}}, FACTS, "not understood at max.max.tokn"),
        ({"max": {**MAX, "ca": ""}}, FACTS, "has no `ca`.*connect-channels"),
        ({"max": MAX}, {"ChannelSecrets": CHANNELS}, f'Say ChannelRoots = "{ROOTS}"'),
        ({"max": MAX}, FACTS, "roots is missing or no JSON"),
        ({"texts": {"kind": "sns", "region": "eu-west-1"}}, FACTS, "`texts` .* has no keys"),
    ],
)
def test_channels_that_could_not_work_are_refused_with_the_next_step(
    channels: Any, facts: dict[str, str], why: str
) -> None:
    with pytest.raises(UnfitProviders, match=why) as refusal:
        check_channels(Ssm(channels=channels), facts, print)
    assert "SECRET" not in str(refusal.value) and "TOKEN" not in str(refusal.value)


@pytest.mark.parametrize(
    ("roots", "why"),
    [
        ({"pem": "no certificate"}, "is no"),
        ({"PEM": ""}, "is no"),
        ([], "is no"),
        (certificate(clock.wall() - timedelta(days=1)), "certificate that ended on"),
    ],
)
def test_roots_that_trust_nobody_are_refused(roots: Any, why: str) -> None:
    with pytest.raises(UnfitProviders, match=why):
        check_channels(Ssm(channels={"max": MAX}, roots=roots), FACTS, print)


def test_a_parameter_that_may_not_be_read_is_not_called_missing() -> None:
    refused = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetParameter")
    with pytest.raises(ClientError, match="AccessDenied"):
        check_channels(Ssm(channels=refused), FACTS, print)


def test_telephony_of_the_stages_regions_is_taken() -> None:
    facts = {"TelephonySecrets": CALLS}
    lines = {"lines": {"74950000002": "YY"}}

    check_telephony(Ssm(telephony={"ats": DEMO | lines, "mango": MANGO}), facts, ["ZR", "YY"])
    check_telephony(Ssm(), {}, ["ZR"])


@pytest.mark.parametrize(
    ("telephony", "why"),
    [
        (None, "missing or no JSON.*connect-telephony"),
        ({"ats": DEMO | {"line": {"74950000002": "ZR"}}}, "not understood at ats.neutral.line"),
        ({"ats": DEMO | {"secret": "whsec_" + "A" * 33}}, "not understood at ats.neutral.secret"),
        ({"ats": DEMO | {"secret": "A" * 32}}, "not understood at ats.neutral.secret"),
        ({"mango": MANGO | {"salt": ""}}, "not understood at mango.mango.salt"),
        ({"mango": MANGO | {"region": "QQ"}}, "`mango` .* names QQ, no region of the stage"),
        ({"ats": DEMO | {"lines": {"74950000002": "QQ"}}}, "names QQ"),
    ],
)
def test_telephony_that_could_not_work_is_refused_with_the_next_step(
    telephony: Any, why: str
) -> None:
    facts = {"TelephonySecrets": CALLS}
    with pytest.raises(UnfitProviders, match=why):
        check_telephony(Ssm(telephony=telephony), facts, ["ZR", "YY"])
