"""A stage is made in its order, protected once it stands, and unchanged by a second deploy."""

import inspect
import json
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.deployment.plans import Plan
from infra.deployment.stack_failures import DeployFailed
from infra.packaging.layer import Layer
from tests.infra.deploy_account import Account, deployer_in, toy_package, toy_template


def test_a_stage_is_protected_by_a_second_change_and_not_while_it_is_made(
    account: Account, tmp_path: Path
) -> None:
    seen: list[tuple[str, bool]] = []

    def agree(plans: Sequence[Plan]) -> bool:
        seen.extend((plan.stack, plan.creates) for plan in plans)
        return True

    said: list[str] = []
    facts = deployer_in(account, said, protect=True, agree=agree).deploy(
        toy_package(tmp_path), account.facts
    )
    assert seen == [(f"ryadom-test-{name}", True) for name in ("platform", "cards", "till")]
    assert said[:2] == ["  ryadom-test-platform created", "  ryadom-test-platform updated"]
    assert facts["Protect"] == facts["CardsProtect"] == facts["TillProtect"] == "yes"
    made = [(kind, values["Protect"]) for _, kind, values in account.cloudformation.history]
    assert made == [("CREATE", "no"), ("UPDATE", "yes")] * 3
    for stack in account.cloudformation.stacks.values():
        assert stack["EnableTerminationProtection"] is True


def test_a_table_that_a_later_release_adds_is_not_protected_while_it_is_made(
    account: Account, tmp_path: Path
) -> None:
    made = toy_package(tmp_path)
    deployer_in(account, [], protect=True).deploy(made, account.facts)
    account.cloudformation.history.clear()
    template = toy_template({}, "RootKey")
    template["Resources"] |= {"New": {"Type": "AWS::DynamoDB::Table"}}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    facts = deployer_in(account, [], protect=True).deploy(made, account.facts)
    changed = [(name, told["Protect"]) for name, _, told in account.cloudformation.history]
    assert changed == [("ryadom-test-cards", "no"), ("ryadom-test-cards", "yes")]
    assert facts["CardsProtect"] == "yes"
    assert not account.cloudformation.change_sets


def test_a_second_deploy_of_the_same_changes_nothing_and_asks_nobody(
    account: Account, tmp_path: Path
) -> None:
    made = toy_package(tmp_path)
    deployer_in(account, [], protect=True).deploy(made, account.facts)

    def nobody(plans: Sequence[Plan]) -> bool:
        raise AssertionError("asked about nothing")

    said: list[str] = []
    deployer_in(account, said, protect=True, agree=nobody).deploy(made, account.facts)
    assert sorted(said) == [
        f"  ryadom-test-{name} unchanged" for name in ("cards", "platform", "till")
    ]


def test_what_the_stacks_name_lies_in_the_bucket_and_is_sent_once(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = toy_package(tmp_path)
    (tmp_path / "layer.zip").write_text("libraries")
    made.layers["common"] = Layer("common", tmp_path, tmp_path / "layer.zip", "hash")
    platform = toy_template({"KeyArn": {"Value": {"Ref": "Arn"}}}, "LayerKey", "LayerHash")
    (tmp_path / "platform.json").write_text(json.dumps(platform))

    facts = deployer_in(account, []).deploy(made, account.facts)
    listed = account("s3").list_objects_v2(Bucket="code")["Contents"]
    kept = {each["Key"] for each in listed if not each["Key"].startswith("templates/")}
    codes = {told["CodeKey"] for _, _, told in account.cloudformation.history}
    assert kept == {facts["LayerKey"], *codes} and len(codes) == 3
    assert facts["LayerHash"] == "hash"

    sent = Mock(wraps=account("s3").put_object)
    monkeypatch.setattr(account("s3"), "put_object", sent)
    again = deployer_in(account, []).deploy(made, account.facts)
    assert [each for each in sent.call_args_list if each[1]["Key"] in kept] == []
    assert again["CardsProtect"] == "no", "only a deploy that protects protects"


def test_a_deploy_that_is_not_agreed_to_leaves_nothing_behind(
    account: Account, tmp_path: Path
) -> None:
    refusing = deployer_in(account, [], agree=lambda plans: False)
    with pytest.raises(DeployFailed, match="none of these changes"):
        refusing.deploy(toy_package(tmp_path), account.facts)
    assert not account.cloudformation.stacks


def test_a_deploy_that_was_broken_off_before_it_protected_goes_on(
    account: Account, tmp_path: Path
) -> None:
    deployer_in(account, []).deploy(toy_package(tmp_path), account.facts)
    facts = deployer_in(account, [], protect=True).deploy(toy_package(tmp_path), account.facts)
    assert facts["Protect"] == facts["CardsProtect"] == "yes"
    assert facts["CardsRootKey"]


class _Cut:
    """An account that answers no more after so many steps, as where a network ends."""

    def __init__(self, account: Account, last: int) -> None:
        self._account = account
        self._steps = count(1)
        self._last = last

    def __call__(self, service: str) -> Any:
        return _CutClient(self._account(service), self._check)

    def _check(self) -> None:
        if next(self._steps) > self._last:
            raise EndpointConnectionError(endpoint_url="https://toy")


class _CutClient:
    def __init__(self, client: Any, check: Callable[[], None]) -> None:
        self._client = client
        self._check = check

    def __getattr__(self, name: str) -> Any:
        """Let a call fail before it has its effect, or its answer be lost."""
        operation = getattr(self._client, name)
        if not inspect.isroutine(operation):
            return operation

        def call(*given: Any, **named: Any) -> Any:
            self._check()
            answer = operation(*given, **named)
            self._check()
            return answer

        return call


@pytest.mark.parametrize("last", range(0, 100, 4))
def test_a_deploy_that_is_cut_off_at_any_call_is_simply_run_again(
    account: Account, tmp_path: Path, last: int
) -> None:
    cut = deployer_in(_Cut(account, last), [], protect=True)
    with pytest.raises((EndpointConnectionError, DeployFailed)):
        cut.deploy(toy_package(tmp_path), account.facts)

    facts = deployer_in(account, [], protect=True).deploy(toy_package(tmp_path), account.facts)

    assert {facts[name] for name in ("Protect", "CardsProtect", "TillProtect")} == {"yes"}
    stacks = account.cloudformation.stacks
    assert [each["StackStatus"] for each in stacks.values()] == ["UPDATE_COMPLETE"] * 3
    assert all(each["EnableTerminationProtection"] for each in stacks.values())
    assert facts["CardsRootKey"] == facts["TillRootKey"]
