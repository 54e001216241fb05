"""`python -m infra.deploy`: what it asks, refuses beforehand, does and says."""

import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from infra import deploy
from infra.configuration import reference_table
from infra.configuration.reference_table import publish
from infra.configuration.regions import read_stage
from infra.deployment import account_checks, cloud
from infra.deployment.stack_failures import DeployFailed
from infra.deployment.stage_facts import Refusal
from infra.packaging.runtime import Runtime, of_stage
from infra.services import INFRA, ROOT
from tests.infra.deploy_account import (
    REGION,
    Account,
    toy_package,
    toy_template,
)

ABROAD = [f"--personal-data-abroad={each}.{REGION}.amazonaws.com" for each in ("dynamodb", "s3")]
OF_STAGE = {
    "CodeBucket": "code",
    "PythonRuntime": "python3.12",
    "DomainName": "api.example.org",
    "CertificateArn": f"arn:aws:acm:{REGION}:123456789012:certificate/1",
}
# What a real platform would tell.
TOLD = {
    "DomainTarget": "d-1.example.org",
    "AlarmTopicArn": "topic",
    "ReferenceTableName": "regions",
}


def _sts(account: str) -> Mock:
    return Mock(**{"get_caller_identity.return_value": {"Account": account}})


@pytest.fixture
def command(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """`python -m infra.deploy test` in that account: what it uses, and what is typed."""
    facts = account.facts | OF_STAGE | TOLD
    made: dict[str, Any] = {
        "facts_of": Mock(side_effect=lambda _: dict(facts)),
        "package": Mock(return_value=toy_package(tmp_path)),
        "read_stage": Mock(return_value="regions of the stage"),
        "read_code_lists": Mock(return_value="codes of the stage"),
        "check_channels": Mock(),
        "check_telephony": Mock(),
        "check_alarms": Mock(),
        "_clients": lambda: account,
        "PAUSE": 0,
    }
    for name, part in made.items():
        monkeypatch.setattr(deploy, name, part)
    made["publish"], made["input"] = Mock(), Mock(return_value="y")
    monkeypatch.setattr(reference_table, "publish", made["publish"])
    monkeypatch.setattr("builtins.input", made["input"])
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ABROAD])
    gateway = Mock(**{"get_account.return_value": {"cloudwatchRoleArn": "role"}})
    gateway.meta.region_name = REGION
    issued = {"Status": "ISSUED", "SubjectAlternativeNames": ["api.example.org"]}
    acm = Mock(**{"describe_certificate.return_value": {"Certificate": issued}})
    others = {"acm": acm, "apigateway": gateway, "sns": Mock(), "sts": _sts("123456789012")}
    account.clients |= others
    return made


def test_the_command_asks_deploys_protects_and_publishes(
    account: Account, command: dict[str, Any]
) -> None:
    deploy.main()

    assert command["input"].call_count == 3
    changes = [(name, told["Protect"]) for name, _, told in account.cloudformation.history]
    assert changes[:2] == [("ryadom-test-platform", "no"), ("ryadom-test-platform", "yes")]
    assert len(changes) == 6
    command["package"].assert_called_once_with(runtime=of_stage("python3.12"))
    (channels,) = command["check_channels"].call_args_list
    assert (channels[0][0], channels[0][1]["Stage"]) == (account("ssm"), "test")
    (telephony,) = command["check_telephony"].call_args_list
    assert telephony[0] == (account("ssm"), channels[0][1], "regions of the stage")
    (published,) = command["publish"].call_args_list
    assert published[0][:3] == (account("dynamodb"), "regions", "regions of the stage")
    assert published[1] == {"codes": "codes of the stage", "agreed": deploy.ask_for_data}
    command["check_alarms"].assert_called_once_with(account("sns"), "topic", patience=0.0)


def test_every_client_is_made_before_stacks_are_deployed_at_once(
    account: Account, command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library may not make two clients at the same time."""
    made_in: dict[str, threading.Thread] = {}

    def client(service: str) -> Any:
        made_in.setdefault(service, threading.current_thread())
        return account(service)

    monkeypatch.setattr(deploy, "_clients", lambda: client)
    deploy.main()
    assert made_in.keys() >= {"cloudformation", "s3", "ssm", "kms"}
    assert set(made_in.values()) == {threading.main_thread()}


def test_who_deploys_is_warned_that_the_zips_have_no_bytecode(
    command: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    made = command["package"].return_value
    command["package"].return_value = replace(made, runtime=Runtime("python3.1"))
    deploy.main()
    assert "There is no bytecode" in capsys.readouterr().out


def test_who_says_yes_beforehand_is_asked_nothing_and_may_wait_for_the_duty_to_confirm(
    account: Account, command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ABROAD, "--yes", "--wait"])
    deploy.main()
    assert command["publish"].call_args[1]["agreed"]()
    command["input"].assert_not_called()
    assert len(account.cloudformation.stacks) == 3
    assert command["check_alarms"].call_args[1]["patience"] > 0


def test_a_deploy_writes_no_reference_data_that_was_not_agreed_to(
    account: Account, command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout of last week took out, unasked, the district that was added since."""
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    kinds = [{"AttributeName": "id", "AttributeType": "S"}]
    account("dynamodb").create_table(
        TableName="regions",
        KeySchema=key,
        AttributeDefinitions=kinds,
        BillingMode="PAY_PER_REQUEST",
    )
    monkeypatch.setattr(reference_table, "publish", publish)
    local = read_stage("local")
    monkeypatch.setattr(deploy, "read_stage", lambda _: local)
    monkeypatch.setattr(deploy, "read_code_lists", lambda _: None)
    kept = reference_table.ReferenceTable(account("dynamodb"), "regions").kept

    for answers, written in ((["y", "y", "y", "n"], 0), (["y"], 1)):
        command["input"].side_effect = answers
        if written:
            deploy.main()
        else:
            with pytest.raises(SystemExit, match="Nothing was written"):
                deploy.main()
        assert kept().version == written
    assert kept().regions.keys() == local.keys()


def test_the_command_undoes_what_was_changed_by_hand_where_it_is_told_to(
    account: Account, command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its templates are the same, so that otherwise it would change nothing."""
    deploy.main()
    deploy.main()
    assert set(account.cloudformation.modes) == {None}
    account.cloudformation.modes.clear()
    monkeypatch.setattr("sys.argv", ["deploy", "test", "--revert-drift", *ABROAD])
    deploy.main()
    assert account.cloudformation.modes == ["REVERT_DRIFT"] * 3


def test_an_account_is_set_up_without_any_stage(
    account: Account, command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up = Mock()
    monkeypatch.setattr(deploy, "set_up_account", set_up)
    monkeypatch.setattr("sys.argv", ["deploy", "--account-setup"])
    deploy.main()
    set_up.assert_called_once()
    command["package"].assert_not_called()
    monkeypatch.setattr("sys.argv", ["deploy"])
    with pytest.raises(SystemExit):
        deploy.main()


def test_a_bucket_of_another_account_is_not_said_to_be_missing() -> None:
    s3 = Mock(**{"head_bucket.side_effect": ClientError({"Error": {"Code": "403"}}, "HeadBucket")})
    with pytest.raises(Refusal, match="CodeBucket theirs cannot be read"):
        account_checks.check_bucket(s3, "theirs")


def test_the_command_changes_nothing_that_was_not_agreed_to(
    account: Account, command: dict[str, Any]
) -> None:
    command["input"].return_value = ""
    with pytest.raises(SystemExit, match="Stopped"):
        deploy.main()
    assert not account.cloudformation.stacks
    command["publish"].assert_not_called()


def test_the_command_refuses_a_certificate_of_another_region_before_it_builds(
    account: Account, command: dict[str, Any]
) -> None:
    account("apigateway").meta.region_name = "eu-west-1"
    with pytest.raises(SystemExit, match="not in eu-west-1"):
        deploy.main()
    command["package"].assert_not_called()


def test_a_profile_of_another_account_is_told_before_anything_is_asked_of_that_account(
    account: Account, command: dict[str, Any]
) -> None:
    """It was told to set that account up for stages, and to make a bucket there."""
    account.clients["sts"] = _sts("210987654321")
    account("apigateway").get_account.return_value = {}
    with pytest.raises(SystemExit, match=r"the account 123456789012, and AWS_PROFILE .* 2109876"):
        deploy.main()
    command["package"].assert_not_called()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"SubjectAlternativeNames": ["example.org", "*.example.org"]}, None),
        ({"SubjectAlternativeNames": ["example.org", "*.api.example.org"]}, "and not of api.ex"),
        ({"Status": "PENDING_VALIDATION"}, "is PENDING_VALIDATION and not ISSUED"),
        ("ResourceNotFoundException", "none of this account"),
        ("AccessDeniedException", None),
        ("ValidationException", "ValidationException"),
    ],
)
def test_a_certificate_that_the_host_could_not_show_is_refused_before_anything_is_built(
    account: Account, command: dict[str, Any], answer: dict[str, Any] | str, why: str | None
) -> None:
    """The platform would be made for minutes, and undone."""
    asked = account("acm").describe_certificate
    if isinstance(answer, str):
        asked.side_effect = ClientError({"Error": {"Code": answer}}, "DescribeCertificate")
    else:
        asked.return_value["Certificate"] |= answer
    if why is None:
        deploy.main()
        asked.assert_called_once_with(CertificateArn=OF_STAGE["CertificateArn"])
        return
    with pytest.raises(SystemExit, match=why):
        deploy.main()
    command["package"].assert_not_called()


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("ExpiredToken", "new ones"),
        ("ExpiredTokenException", "new ones"),
        ("RequestExpired", "new ones"),
        ("Throttling", "a minute"),
        ("ThrottlingException", "a minute"),
        ("TooManyRequestsException", "a minute"),
        ("RequestLimitExceeded", "a minute"),
        ("SlowDown", "a minute"),
        ("InvalidClientTokenId", "a region that the account has not (?s:.*)aws sso login"),
        ("UnrecognizedClientException", "aws sso login"),
        ("InvalidAccessKeyId", "aws sso login"),
        ("InvalidIdentityToken", "aws sso login"),
        ("IncompleteSignature", "aws sso login"),
        ("SignatureDoesNotMatch", "clock is wrong"),
        ("InvalidSignatureException", "clock is wrong"),
        ("RequestTimeTooSkewed", "clock is wrong"),
    ],
)
def test_what_aws_refuses_in_the_middle_is_told_with_the_next_step(
    account: Account,
    command: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    step: str,
) -> None:
    """Roles are taken on for an hour, and a first deploy asks three times."""
    refused = ClientError({"Error": {"Code": code, "Message": "expired"}}, "DescribeStacks")
    together = DeployFailed("two stacks: expired")
    together.__cause__ = refused
    for failed in (refused, together):
        for call in ("create_change_set", "execute_change_set", "describe_stacks"):
            with monkeypatch.context() as patch:
                patch.setattr(account.cloudformation, call, Mock(side_effect=failed))
                with pytest.raises(SystemExit, match=rf"expired(?s:.*){step}.*run this again"):
                    deploy.main()


@pytest.mark.parametrize(
    ("bucket", "region", "why"),
    [
        ("none", REGION, rf"none does not exist\. Make .* --region {REGION}$"),
        ("code", "eu-west-1", f"code is in {REGION}, and the stage would be in eu-west-1"),
    ],
)
def test_a_bucket_that_cloudformation_could_not_read_is_told_before_a_build(
    account: Account,
    command: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    bucket: str,
    region: str,
    why: str,
) -> None:
    account.clients["s3"] = boto3.client("s3", region_name=region)
    account("apigateway").meta.region_name = REGION
    facts = command["facts_of"]("test") | {"CodeBucket": bucket}
    command["facts_of"].side_effect = lambda _: facts
    abroad = f"--personal-data-abroad=s3.{region}.amazonaws.com"
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ABROAD, abroad])
    with pytest.raises(SystemExit, match=why):
        deploy.main()
    command["package"].assert_not_called()


def test_every_command_works_in_the_region_that_the_aws_command_takes(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert cloud.client("sqs").meta.region_name == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", REGION)
    assert cloud.client("sqs").meta.region_name == REGION
    monkeypatch.setenv("AWS_REGION", "")  # as a pipeline sets it whose variable is not there
    assert cloud.client("sqs").meta.region_name == "eu-west-1"
    calls = "boto3.client("
    assert [path.name for path in INFRA.rglob("*.py") if calls in path.read_text()] == ["cloud.py"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "localhost:4566"),
        ("AWS_ENDPOINT_URL_SQS", "http://[::1"),
        ("AWS_MAX_ATTEMPTS", "many"),
    ],
)
def test_a_mistyped_setting_of_aws_clients_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv(name, value)
    with pytest.raises(BotoCoreError, match=r"^AWS clients cannot be made: .+ AWS_ENDPOINT_URL"):
        cloud.client("sqs")


# A profile says how credentials are had: by a program, or by a role with a code of a second factor.
PROFILES = """
[profile of-a-program]
region = eu-central-1
credential_process = /nothing/there
[profile of-a-token]
region = eu-central-1
role_arn = arn:aws:iam::123456789012:role/pipeline
web_identity_token_file = /nothing/there
[profile of-a-role]
region = eu-central-1
source_profile = of-a-person
role_arn = arn:aws:iam::123456789012:role/operator
mfa_serial = arn:aws:iam::123456789012:mfa/person
[profile of-a-person]
aws_access_key_id = x
aws_secret_access_key = x
"""


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ("of-a-program", r"AWS clients cannot be made: .*'/nothing/there'.* AWS_PROFILE"),
        ("of-a-token", r"AWS clients cannot be made: .*'/nothing/there'.* AWS_PROFILE"),
        ("of-a-role", r"second factor.* no terminal"),
    ],
)
def test_credentials_that_cannot_be_had_are_told_in_a_sentence(
    tmp_path: Path, profile: str, why: str
) -> None:
    (tmp_path / "config").write_text(PROFILES)
    asked = {"AWS_PROFILE": profile, "AWS_CONFIG_FILE": str(tmp_path / "config")}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "infra.machine_tokens", "list", "--stage", "test"],
        cwd=ROOT, env=plain | asked, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, start_new_session=True,  # so that it has no terminal
    )  # fmt: skip
    assert re.search(why, done.stderr), done.stderr
    assert "Traceback" not in done.stderr and done.returncode == 1


@pytest.mark.parametrize(
    ("change_set", "agreed", "done"),
    [("arn", False, False), ("arn", True, True), (None, False, True)],
)
def test_an_account_is_set_up_as_agreed_and_asked_for_a_change_alone(
    monkeypatch: pytest.MonkeyPatch, change_set: str | None, agreed: bool, done: bool
) -> None:
    changes = Mock(**{"plan.return_value": SimpleNamespace(change_set=change_set)})
    monkeypatch.setattr(deploy, "ChangeSets", lambda *_: changes)
    if done:
        deploy.set_up_account(Mock(), lambda plans: agreed)
    else:
        with pytest.raises(DeployFailed, match="nothing was changed"):
            deploy.set_up_account(Mock(), lambda plans: agreed)
    assert (changes.discard.called, changes.carry_out.called) == (not done, done)


def test_a_client_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud, "client", lambda service: [service])
    client = deploy._clients()
    assert client("s3") == ["s3"] and client("s3") is client("s3")


def test_a_release_that_changes_who_hears_what_says_which_events_may_have_been_missed(
    account: Account, command: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sender is deployed before its hearer's rule: what it sends meanwhile nobody gets."""
    sweep, rule = ({name: {"Type": "AWS::Events::Rule"}} for name in ("EveryMinute", "CardsRule"))
    releases: list[tuple[dict[str, Any], bool]] = [
        (rule, False),  # a new stack, which has heard nothing before
        (rule, False),  # no change
        (rule | sweep, True),
    ]
    for resources, missed in releases:
        template = toy_template({}, "RootKey")
        template["Resources"] = resources
        (tmp_path / "till.json").write_text(json.dumps(template))
        deploy.main()
        said = capsys.readouterr().out
        assert ("ryadom-test-till CardsRule may not" in said) is missed
    told = re.search(r"between (\S+)Z .*and (\S+)Z", said)
    assert told and told[1] <= told[2] and "docs/runbooks/dead-letters.md" in said


def test_a_deploy_that_fails_says_too_which_events_may_have_been_missed(
    account: Account, command: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next try finds the rule as it should be, and would say nothing of it."""
    deploy.main()
    template = toy_template({}, "RootKey")
    template["Resources"] = {"IntakeRule": {"Type": "AWS::Events::Rule"}}
    (tmp_path / "cards.json").write_text(json.dumps(template))
    account.cloudformation.stacks["ryadom-test-till"]["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
    with pytest.raises(SystemExit, match="ryadom-test-till is UPDATE_ROLLBACK_FAILED"):
        deploy.main()
    assert "ryadom-test-cards IntakeRule may not have heard" in capsys.readouterr().out


def test_a_deploy_whose_end_is_not_seen_says_too_which_events_may_have_been_missed(
    account: Account,
    command: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The cloud ends by itself what it has begun, and the next try finds nothing to change."""
    deploy.main()
    template = toy_template({}, "RootKey")
    template["Resources"] = {"IntakeRule": {"Type": "AWS::Events::Rule"}}
    (tmp_path / "till.json").write_text(json.dumps(template))
    toy, begin = account.cloudformation, account.cloudformation.execute_change_set
    ended = ClientError({"Error": {"Code": "ExpiredToken"}}, "DescribeStacks")

    def begin_and_lose_sight(**asked: Any) -> None:
        begin(**asked)
        monkeypatch.setattr(toy, "describe_stacks", Mock(side_effect=ended))

    monkeypatch.setattr(toy, "execute_change_set", begin_and_lose_sight)
    with pytest.raises(SystemExit, match="ExpiredToken"):
        deploy.main()
    assert "ryadom-test-till IntakeRule may not have heard" in capsys.readouterr().out
