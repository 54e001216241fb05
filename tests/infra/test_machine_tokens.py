"""The operators' command for the tokens of bots and integrators."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import jwt
import pytest
from moto import mock_aws

from infra import machine_tokens

TEMPLATE = {
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                ],
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
            },
        },
    },
    "Parameters": {"Key": {"Type": "String"}},
    "Outputs": {
        "MachineKeyArn": {"Value": {"Ref": "Key"}},
        "MachineTokensTableName": {"Value": {"Ref": "Table"}},
    },
}


@pytest.fixture(autouse=True)
def _stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_REGION", raising=False)
    with mock_aws():
        made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        key = {"ParameterKey": "Key", "ParameterValue": made["KeyMetadata"]["Arn"]}
        boto3.client("cloudformation").create_stack(
            StackName="ryadom-prod-platform", TemplateBody=json.dumps(TEMPLATE), Parameters=[key]
        )
        yield


def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str) -> str:
    """What the command prints."""
    monkeypatch.setattr(sys, "argv", ["machine_tokens", *text.split()])
    machine_tokens.main()
    return capsys.readouterr().out.strip()


def test_a_token_is_issued_listed_and_revoked_in_a_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "issue telegram-bot bot --stage prod --scope act_for_family --region ZR --days 7"
    token = command(monkeypatch, capsys, asked)
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["role"]) == ("telegram-bot", "bot")
    assert (claims["scopes"], claims["regions"]) == (["act_for_family"], ["ZR"])
    assert claims["exp"] - claims["iat"] == 7 * 24 * 3600

    row = json.loads(command(monkeypatch, capsys, "list --stage prod"))
    assert (row["jti"], row["name"], row["regions"]) == (claims["jti"], "telegram-bot", "ZR")
    assert row.keys().isdisjoint({"revoked_at", "pk", "sk"})

    for found in (token, claims["jti"]):  # as it leaked, or by its id
        said = command(monkeypatch, capsys, f"revoke --stage prod {found}")
        assert said == f"{claims['jti']} is revoked; within 60 s it opens nothing."
    assert json.loads(command(monkeypatch, capsys, "list --stage prod"))["revoked_at"]


def test_the_list_tells_of_each_token_what_a_new_one_needs_and_first_of_what_ends_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(monkeypatch, capsys, "issue school integrator --stage prod --org gua_1 --days 90")
    bot = "issue telegram-bot bot --stage prod --scope act_for_family --scope bind_people --days 7"
    command(monkeypatch, capsys, bot)
    first, second = map(json.loads, command(monkeypatch, capsys, "list --stage prod").splitlines())
    assert (first["name"], second["name"]) == ("telegram-bot", "school")
    assert (first["scopes"], second["org"]) == ("act_for_family bind_people", "gua_1")
    for row in (first, second):
        assert row.keys() == {
            "jti", "name", "role", "scopes", "regions", "org", "issued_at", "ends"
        }  # fmt: skip
        assert row["issued_at"] < row["ends"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("issue Bot bot --stage prod", "simple name"),
        ("issue bot1 bot --stage prod --days 91", "lives for 1 to 90 days"),
        ("issue bot1 bot --stage prod --days 0", "lives for 1 to 90 days"),
        ("issue bot1 regional_hq --stage prod", "A machine is a bot or integrator"),
        (
            "issue bot1 family --stage prod --scope act_for_family",
            "A machine is a bot or integrator",
        ),
        ("issue bot1 bot --stage prod --org a,b", "codes"),
        ("issue bot1 bot --stage prod --scope act_for_familly", "There are: act_for_family, "),
        ("revoke mtk_1 --stage prod", "No token mtk_1"),
        ("revoke to.ken --stage prod", "neither an id nor a token"),
        (f"revoke {jwt.encode({}, 'k' * 32)} --stage prod", "neither an id nor a token"),
        ("list --stage nowhere", "No stage nowhere is deployed in .*AWS_PROFILE"),
        ("list --stage failed", "No stage failed is deployed"),
    ],
)
def test_a_foreseen_failure_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    boto3.client("cloudformation").create_stack(  # one of which the first deploy has failed
        StackName="ryadom-failed-platform",
        TemplateBody='{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}',
    )
    with pytest.raises(SystemExit, match=sentence):
        command(monkeypatch, capsys, text)


@pytest.mark.parametrize("days", ["week", "9999999999"])
def test_days_that_are_none_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], days: str
) -> None:
    with pytest.raises(SystemExit):
        command(monkeypatch, capsys, f"issue bot1 bot --stage prod --days {days}")
    assert "--days: no such number of days" in capsys.readouterr().err
