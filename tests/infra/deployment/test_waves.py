"""Stacks that ask nothing of each other are planned and made at once, and fail together."""

import json
import signal
import threading
import time
from pathlib import Path
from threading import Timer, main_thread
from types import FrameType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.deployment.deployer import Deployer
from infra.deployment.plans import Plan
from infra.deployment.stack_failures import DeployFailed
from infra.package import Package, Stack
from infra.packaging.runtime import LOCAL
from tests.infra.deploy_account import Account, deployer_in, toy_package, toy_template


def _one_wave(folder: Path) -> Package:
    """Two stacks that ask nothing of each other, made at once once the platform stands."""
    made = toy_package(folder)
    (folder / "intake.json").write_text(json.dumps(toy_template({}, "RootKey")))
    intake = Stack("intake", folder / "intake.json", folder / "cards.zip", "code")
    return Package((*made.stacks[:2], intake), {}, LOCAL)


def test_ctrl_c_ends_all_waiting_and_what_the_cloud_has_begun_is_no_obstacle(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table with its indexes takes twenty minutes, and each further Ctrl-C was without effect."""
    made, cloudformation = _one_wave(tmp_path), account.cloudformation
    deployer = Deployer(account, "code", lambda _: None, "ryadom-test", pause=2)
    execute, begun = cloudformation.execute_change_set, list[float]()

    def slow(ChangeSetName: str) -> None:
        execute(ChangeSetName)
        begun.append(time.monotonic())
        if len(begun) == 3:  # the platform, then both
            cloudformation.shown_first = ["CREATE_IN_PROGRESS"] * 4
            Timer(0.2, signal.pthread_kill, [main_thread().ident, signal.SIGINT]).start()

    monkeypatch.setattr(cloudformation, "execute_change_set", slow)
    threads = set(threading.enumerate())
    # What runs in the background of a shell is deaf to Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            deployer.deploy(made, account.facts)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - begun[-1] < 3  # it was four
    left = {*threading.enumerate()} - threads
    assert not [each for each in left if each.name.startswith("ThreadPoolExecutor")]
    cloudformation.shown_first = []
    again = deployer_in(account, []).deploy(made, account.facts)
    assert again["IntakeRootKey"] and again["CardsRootKey"]


def test_plans_beside_one_that_cannot_be_made_are_forgotten(
    account: Account, tmp_path: Path
) -> None:
    made = _one_wave(tmp_path)
    deployer_in(account, []).deploy(made, account.facts)
    account.cloudformation.stacks["ryadom-test-intake"]["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
    (tmp_path / "cards.json").write_text(json.dumps(toy_template({}, "RootKey", "Stage")))
    with pytest.raises(DeployFailed, match="ryadom-test-intake is UPDATE_ROLLBACK_FAILED"):
        deployer_in(account, []).deploy(made, account.facts)
    assert not account.cloudformation.change_sets


def test_stacks_that_are_planned_at_the_same_moment_have_a_plan_each(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four stacks one was carried out twice and another one never."""
    stacks = [Stack(f"s{n}", tmp_path / "t", tmp_path / "c", "code") for n in range(9)]
    deployer = deployer_in(account, [])
    monkeypatch.setattr(
        deployer, "_first_plan", lambda stack, facts: Plan(stack.name, True, "made", ())
    )

    def rest_before_each_line(frame: FrameType, *_: Any) -> Any:
        time.sleep(0.002 * (frame.f_code.co_name == "plan"))
        return rest_before_each_line

    threading.settrace(rest_before_each_line)
    try:
        plans = deployer._plans(stacks, {})
    finally:
        threading.settrace(None)
    assert [plan.stack for plan in plans] == [stack.name for stack in stacks]


def test_every_stack_that_fails_is_named(account: Account, tmp_path: Path) -> None:
    made = _one_wave(tmp_path)
    deployer_in(account, []).deploy(made, account.facts)
    for name in ("cards", "intake"):
        (tmp_path / f"{name}.json").write_text(json.dumps(toy_template({}, "RootKey", "Stage")))
    account.cloudformation.fails = True
    with pytest.raises(DeployFailed, match=r"(?s)test-cards is UPDATE_ROLL.*test-intake is UPDATE"):
        deployer_in(account, []).deploy(made, account.facts)


@pytest.mark.parametrize("refused_one", ["cards", "till"])
def test_what_aws_refuses_is_named_beside_a_stack_that_fails(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused_one: str
) -> None:
    """One of the two was said, and the other came up with the next try."""
    stacks = [Stack(name, tmp_path, tmp_path, "code") for name in ("cards", "intake", "till")]
    refused = ClientError({"Error": {"Code": "ExpiredToken"}}, "DescribeStacks")
    errors: dict[str, Exception] = dict.fromkeys(("cards", "till"), DeployFailed("one is DOWN"))
    errors[refused_one] = refused

    def plan(stack: Stack, _: Any) -> Plan:
        if stack.name in errors:
            raise errors[stack.name]
        return Plan(stack.name, True, None, ())

    deployer = deployer_in(account, [])
    monkeypatch.setattr(deployer, "_first_plan", plan)
    with pytest.raises(DeployFailed, match="one is DOWN") as failed:
        deployer._plans(stacks, {})
    lines = str(failed.value).splitlines()
    assert len(lines) == 2 and "one is DOWN" in lines
    assert f"ryadom-test-{refused_one}: An error occurred (ExpiredToken)" in str(failed.value)
    assert failed.value.__cause__ is refused  # by which the terminal says what to do about it

    errors[refused_one] = DeployFailed("it could not be planned")
    errors[refused_one].__cause__ = refused
    with pytest.raises(DeployFailed, match="one is DOWN") as failed:
        deployer._plans(stacks, {})
    assert failed.value.__cause__ is errors[refused_one]

    errors["intake"] = KeyError("a fault of ours is shown whole")
    errors.pop("cards")
    with pytest.raises(KeyError):
        deployer._plans(stacks, {})
