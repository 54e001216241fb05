"""`python -m infra.deploy`: what it asks, does and says."""

import json
import re
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from infra import deploy
from infra.configuration import reference_table
from infra.configuration.reference_table import publish
from infra.configuration.regions import read_stage
from infra.deployment import cloud
from infra.deployment.plans import Change, Plan
from infra.deployment.stack_failures import DeployFailed
from infra.deployment.stage_facts import Refusal
from infra.packaging.runtime import Runtime, of_stage
from infra.terminal import in_a_sentence
from tests.infra.deploy_account import ACKNOWLEDGED, Account, toy_template


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
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ACKNOWLEDGED, "--yes", "--wait"])
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
    monkeypatch.setattr("sys.argv", ["deploy", "test", "--revert-drift", *ACKNOWLEDGED])
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


def test_the_command_changes_nothing_that_was_not_agreed_to(
    account: Account, command: dict[str, Any]
) -> None:
    command["input"].return_value = ""
    with pytest.raises(SystemExit, match="Stopped"):
        deploy.main()
    assert not account.cloudformation.stacks
    command["publish"].assert_not_called()


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


# what is shown and asked ----------------------------------------------------------------------

PLAN = Plan(
    "ryadom-test-intake",
    False,
    "arn:change-set",
    [
        Change("Modify", "APIHandler", "AWS::Lambda::Function", "False"),
        Change("Modify", "DataTable", "AWS::DynamoDB::Table", "True"),
        Change("Remove", "Queue", "AWS::SQS::Queue", ""),
    ],
)


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y", True), ("Yes", True), ("", False), ("n", False)]
)
def test_a_plan_is_shown_and_only_a_yes_is_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, agreed: bool
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: typed)
    assert deploy.ask([PLAN]) is agreed
    shown = capsys.readouterr().out
    assert shown.startswith("\nryadom-test-intake: changes\n")
    lines = [line.split() for line in shown.splitlines() if line.startswith("  ")]
    assert lines == [
        ["Modify", "DataTable", "AWS::DynamoDB::Table", "REPLACED"],
        ["Remove", "Queue", "AWS::SQS::Queue"],
        ["Modify", "APIHandler", "AWS::Lambda::Function"],
    ]


@pytest.mark.parametrize("way", [EOFError, KeyboardInterrupt])
def test_where_nobody_sits_or_stays_the_answer_is_no_unless_yes_was_said_before(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    way: type[BaseException],
) -> None:
    def ended(_: str) -> str:
        raise way

    monkeypatch.setattr("builtins.input", ended)
    assert not deploy.ask([PLAN])
    assert deploy.agree_unasked([PLAN])
    assert "DataTable" in capsys.readouterr().out


def test_a_command_that_is_broken_off_says_that_it_may_be_run_again() -> None:
    with pytest.raises(SystemExit, match="run this again"), in_a_sentence(Refusal):
        raise KeyboardInterrupt
    with pytest.raises(SystemExit, match=r"^no$"), in_a_sentence(Refusal):
        raise Refusal("no")


# who hears the alarms -------------------------------------------------------------------------


class _Topic:
    """Answers with one list of subscriptions after the other, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def get_paginator(self, _: str) -> "_Topic":
        return self

    def paginate(self, TopicArn: str) -> list[dict[str, Any]]:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [{"Subscriptions": [{"SubscriptionArn": arn} for arn in found]}]


def test_a_stage_is_ready_only_when_its_alarms_reach_somebody() -> None:
    deploy.check_alarms(_Topic(["arn:confirmed"]), "arn:topic")
    with pytest.raises(Refusal, match="NOT READY: its alarm address is unconfirmed"):
        deploy.check_alarms(_Topic(["arn:confirmed", "PendingConfirmation"]), "arn:topic")
    for nobody in ([], ["Deleted"]):
        with pytest.raises(Refusal, match=r"NOT READY: nobody hears .*--topic-arn arn:topic "):
            deploy.check_alarms(_Topic(nobody), "arn:topic")


def test_it_waits_for_the_confirmation_when_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = list[float]()
    monkeypatch.setattr("infra.deploy.time.sleep", pauses.append)
    later = _Topic(["PendingConfirmation"], ["PendingConfirmation"], ["arn:confirmed"])
    deploy.check_alarms(later, "arn:topic", patience=60, pause=7)
    assert pauses == [7, 7]
    never = _Topic(["PendingConfirmation"])
    with pytest.raises(Refusal, match="unconfirmed"):
        deploy.check_alarms(never, "arn:topic", patience=0.01, pause=0)


def test_the_command_fails_while_nobody_hears_the_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["deploy", "test", "--yes"])
    facts = {"AlarmTopicArn": "arn:topic", "DomainName": "api.example.org"}
    facts["DomainTarget"] = "d-1.execute-api.eu-central-1.amazonaws.com"
    monkeypatch.setattr(deploy, "deploy", lambda *asked, **more: facts)
    topic = _Topic(["PendingConfirmation"])
    monkeypatch.setattr(deploy, "_clients", lambda: lambda service: topic)
    with pytest.raises(SystemExit, match="NOT READY"):
        deploy.main()
    told = capsys.readouterr().out
    assert "api.example.org must be a CNAME of d-1.execute-api.eu-central-1" in told
    assert "Ready" not in told
    topic.answers = [["arn:confirmed"]]
    deploy.main()
    assert "Ready: https://api.example.org/" in capsys.readouterr().out
