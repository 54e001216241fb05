"""Machine tokens: signed in KMS, listed, ending, revocable without a deploy."""

import base64
import itertools
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import jwt
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cryptography.hazmat.primitives.asymmetric import ec
from moto import mock_aws

from infra.configuration.token_list import MachineTokens, Refusal
from infra.services import ROOT
from shared import aws, clock, observability
from shared.errors import Unauthenticated, Unavailable
from shared.identity import kms_signatures, machine_tokens
from shared.identity.claims import ACT_FOR_FAMILY

MONTH = timedelta(days=30)


class House:
    """The platform's key and list, and the operators' command over them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clients: dict[str, Any] = {
            name: boto3.client(name, region_name="eu-central-1") for name in ("kms", "dynamodb")
        }
        self.key = self._key()
        self.clients["dynamodb"].create_table(
            TableName="machine-tokens",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        facts = {"MachineTokensTableName": "machine-tokens", "MachineKeyArn": self.key}
        self.tokens = MachineTokens(self.clients.__getitem__, facts)
        monkeypatch.setattr(aws, "client", self.clients.__getitem__)
        monkeypatch.setenv("MACHINE_KEY_ARN", self.key)
        monkeypatch.setenv("MACHINE_TOKENS_TABLE", "machine-tokens")
        kms_signatures.public_key.cache_clear()

    def _key(self) -> str:
        made = self.clients["kms"].create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        return str(made["KeyMetadata"]["Arn"])

    def issued(self, name: str = "telegram") -> str:
        return self.tokens.issue(
            name, "bot", MONTH, scopes=("act_for_family",), regions=("ZR", "YR"), org="gua_1"
        )


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with mock_aws():
        yield House(monkeypatch)


def refusal(token: str) -> str:
    with pytest.raises(Unauthenticated) as refused:
        machine_tokens.recognise(token)
    return refused.value.code


def claims_of(token: str) -> dict[str, Any]:
    told: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return told


@pytest.mark.requirement("X-05")
def test_a_token_names_the_machine_and_what_it_may_carry(house: House) -> None:
    caller = machine_tokens.recognise(house.issued("tele-gram"))
    assert (caller.id, caller.kind, caller.role) == ("tele-gram", "machine", "bot")
    assert (caller.scopes, caller.regions) == (("act_for_family",), ("ZR", "YR"))
    assert caller.org == "gua_1"


def test_a_token_is_a_jwt_under_a_key_that_never_leaves_kms(house: House) -> None:
    token = house.issued()
    head = jwt.get_unverified_header(token)
    assert (head["alg"], head["typ"]) == ("ES256", machine_tokens.TYPE)
    claims = claims_of(token)
    assert claims["exp"] - claims["iat"] == MONTH.total_seconds()
    assert claims["jti"].startswith("mtk_")


def test_a_token_ends_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: now - MONTH - timedelta(seconds=31))
    assert refusal(house.issued()) == "expired_token"
    monkeypatch.setattr(clock, "wall", lambda: now - MONTH + timedelta(minutes=1))
    assert machine_tokens.recognise(house.issued()).id == "telegram"


def test_a_revoked_token_is_refused_at_once_and_its_successor_is_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = list[str]()
    monkeypatch.setattr(observability, "count", counted.append)
    old, new = house.issued(), house.issued()
    assert machine_tokens.recognise(old).id == "telegram"
    house.tokens.revoke(claims_of(old)["jti"])
    assert refusal(old) == "revoked_token"
    assert machine_tokens.recognise(new).id == "telegram"
    house.tokens.revoke(new)  # as it was found somewhere
    assert refusal(new) == "revoked_token"
    assert counted == ["revoked_token_used"] * 2


def test_the_list_is_read_as_it_stands_now(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older copy of the row would let a token live past its 60 s."""
    asked: list[bool] = []

    class Table:
        def get_item(self, **request: Any) -> dict[str, Any]:
            asked.append(request["ConsistentRead"])
            return {"Item": request["Key"]}

    token = house.issued()
    clients = house.clients | {"dynamodb": Table()}
    monkeypatch.setattr(aws, "client", clients.__getitem__)
    for _ in range(2):
        machine_tokens.recognise(token)
    assert asked == [True, True]


def test_a_token_that_nobody_recorded_opens_nothing(house: House) -> None:
    token = house.issued()
    key = machine_tokens.row_key(claims_of(token)["jti"])
    house.clients["dynamodb"].delete_item(TableName="machine-tokens", Key=key)
    assert refusal(token) == "revoked_token"


def test_the_list_tells_all_but_the_token(house: House) -> None:
    token = house.issued()
    (row,) = house.tokens.listed()
    assert (row["name"], row["org"], row["scopes"]) == ("telegram", "gua_1", "act_for_family")
    assert int(row["expires_at"]) == claims_of(token)["exp"]
    assert token.rpartition(".")[2] not in json.dumps(row)
    assert "revoked_at" not in row
    house.tokens.revoke(token)
    (first,) = house.tokens.listed()
    house.tokens.revoke(token)
    assert house.tokens.listed() == [first] and first["revoked_at"]


def test_only_what_is_on_the_list_can_be_revoked(house: House) -> None:
    for text in ("mtk_unknown", "a.b.c", jwt.encode({"sub": "x"}, "k" * 32)):
        with pytest.raises(Refusal):
            house.tokens.revoke(text)


def test_every_scope_is_asked_for_somewhere_and_no_other() -> None:
    rules = "".join(path.read_text("utf-8") for path in (ROOT / "services").glob("*/policy.cedar"))

    asked = set(re.findall(r'scopes\.contains\("(\w+)"\)', rules))

    assert asked | {ACT_FOR_FAMILY} == machine_tokens.SCOPES


def test_no_policy_gives_a_machine_anything_for_its_role() -> None:
    """So that a token opens what its scopes say, and nothing by the role of a person."""
    rules = "".join(path.read_text("utf-8") for path in (ROOT / "services").glob("*/policy.cedar"))

    of_policies = set(re.findall(r'Role::"(\w+)"', rules))

    assert of_policies and not of_policies & machine_tokens.ROLES


def test_another_stages_token_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token = house.issued()
    monkeypatch.setenv("MACHINE_KEY_ARN", house._key())
    assert refusal(token) == "bad_signature"


@pytest.mark.parametrize("missing", ["aud", "exp", "iat", "iss", "jti", "sub"])
def test_every_claim_that_bounds_a_token_is_required(
    house: House, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    monkeypatch.setattr(kms_signatures, "public_key", lambda _: key.public_key())
    claims = claims_of(house.issued())
    good = jwt.encode(claims, key, kms_signatures.ALGORITHM)
    assert machine_tokens.recognise(good).id == "telegram"
    del claims[missing]
    assert refusal(jwt.encode(claims, key, kms_signatures.ALGORITHM)) == "bad_signature"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"aud": "another"}, "bad_signature"),
        ({"iss": "another"}, "bad_signature"),
        ({"iat": 0}, "bad_claims"),
    ],
)
def test_a_token_for_something_else_or_for_ever_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], code: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    monkeypatch.setattr(kms_signatures, "public_key", lambda _: key.public_key())
    claims = claims_of(house.issued()) | change
    assert refusal(jwt.encode(claims, key, kms_signatures.ALGORITHM)) == code


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_only_the_platforms_own_algorithm_counts(house: House, algorithm: str) -> None:
    pem = house.clients["kms"].get_public_key(KeyId=house.key)["PublicKey"]
    key: Any = None if algorithm == "none" else base64.b64encode(pem).decode()
    forged = jwt.encode(claims_of(house.issued()), key, algorithm)
    assert refusal(forged) == "bad_signature"


def test_without_the_list_or_the_key_no_machine_passes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = house.issued()

    class Down:
        def __getattr__(self, name: str) -> Any:
            def fail(**_: Any) -> None:
                if name == "get_item":
                    raise EndpointConnectionError(endpoint_url="x")
                raise ClientError({"Error": {"Code": "KMSInternalException"}}, "GetPublicKey")

            return fail

    for service in ("dynamodb", "kms"):
        kms_signatures.public_key.cache_clear()
        clients = house.clients | {service: Down()}
        monkeypatch.setattr(aws, "client", clients.__getitem__)
        with pytest.raises(Unavailable):
            machine_tokens.recognise(token)


def test_only_simple_names_codes_and_ends_are_issued(house: House) -> None:
    for name, role, lifetime in (
        ("Tele_gram", "bot", MONTH),
        ("telegram", "bot,regional_hq", MONTH),
        ("telegram", "regional_hq", MONTH),
        ("telegram", "bot", timedelta(days=90, seconds=1)),
        ("telegram", "bot", timedelta()),
    ):
        with pytest.raises(Refusal):
            house.tokens.issue(name, role, lifetime)
    assert house.tokens.listed() == []


def test_a_flipped_byte_never_makes_another_token(house: House) -> None:
    token, letters = house.issued(), itertools.cycle("A9_-.=~ {\n\x00")
    for place in range(token.rindex(".") + 1):
        letter = next(each for each in letters if each != token[place])
        flipped = token[:place] + letter + token[place + 1 :]
        assert refusal(flipped) == "bad_signature", place
