"""A stack is changed by a plan that was seen, and what a failed try left is no obstacle."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from infra.deployment.change_sets import ChangeSets
from infra.deployment.plans import Change, Plan
from infra.deployment.stack_failures import DeployFailed
from tests.infra.fake_cloudformation import FakeCloudFormation

NAME = "ryadom-test-toy"


def _template(*resources: str) -> str:
    return json.dumps(
        {
            "Resources": {name: {"Type": "T"} for name in resources},
            "Outputs": {"FirstName": {"Value": {"Ref": "Name"}}},
        }
    )


ONE, TWO, NAMED = _template("First"), _template("First", "Second"), {"Name": "one"}


@pytest.fixture
def cloudformation() -> FakeCloudFormation:
    return FakeCloudFormation()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def changes(cloudformation: FakeCloudFormation, said: list[str]) -> ChangeSets:
    return ChangeSets(cloudformation, said.append, pause=0)


def test_a_new_stack_is_planned_looked_at_and_made(
    changes: ChangeSets, cloudformation: FakeCloudFormation, said: list[str]
) -> None:
    assert changes.outputs(NAME) is None
    plan = changes.plan(NAME, NAMED, TemplateBody=ONE)
    assert plan.creates
    assert list(plan.changes) == [Change("Add", "First", "T", "")]
    assert changes.outputs(NAME) is None, "nothing is made before it was agreed to"
    assert changes.carry_out(plan) == {"FirstName": "one"} == changes.outputs(NAME)
    assert said == [f"  {NAME} created"]


def test_what_has_begun_is_waited_for_until_it_rests(
    changes: ChangeSets, cloudformation: FakeCloudFormation
) -> None:
    plan = changes.plan(NAME, NAMED, TemplateBody=ONE)
    cloudformation.shown_first = ["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS"]

    assert changes.carry_out(plan) == {"FirstName": "one"}
    assert cloudformation.shown_first == []
    # By another deploy.
    cloudformation.shown_first = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"]
    assert not changes.plan(NAME, NAMED, TemplateBody=TWO).creates
    assert cloudformation.shown_first == []


def test_a_call_whose_answer_was_lost_is_not_taken_for_another_deploys(
    changes: ChangeSets, cloudformation: FakeCloudFormation
) -> None:
    """The SDK repeats a call that was not answered in time; the second one is refused."""
    plan = changes.plan(NAME, NAMED, TemplateBody=ONE)
    cloudformation.execute_change_set(plan.change_set or "")
    assert changes.carry_out(plan) == {"FirstName": "one"}

    plan = changes.plan(NAME, NAMED, TemplateBody=TWO)
    del cloudformation.change_sets[plan.change_set or ""]  # by another deploy
    cloudformation.executed[plan.change_set or ""] = {"ExecutionStatus": "OBSOLETE"}
    with pytest.raises(DeployFailed, match="deploy again"):
        changes.carry_out(plan)


def test_a_plan_whose_answer_was_lost_is_the_one_that_was_made(
    changes: ChangeSets, cloudformation: FakeCloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK repeats the call as it was; its name alone would be refused as taken."""
    create = cloudformation.create_change_set

    def lose_the_first_answer(**asked: Any) -> dict[str, Any]:
        create(**asked)
        return create(**asked)

    monkeypatch.setattr(cloudformation, "create_change_set", lose_the_first_answer)
    assert changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE)) == {"FirstName": "one"}
    assert len(cloudformation.executed) == 1 and not cloudformation.change_sets


def test_who_waits_for_long_hears_each_minute_for_what(
    changes: ChangeSets,
    cloudformation: FakeCloudFormation,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seven indexes take twenty minutes, and a colleague's deploy is waited for as well."""
    plan = changes.plan(NAME, NAMED, TemplateBody=ONE)
    cloudformation.shown_first = ["CREATE_IN_PROGRESS"] * 2
    changes.carry_out(plan)
    assert said == [f"  {NAME} created"]
    monkeypatch.setattr("infra.deployment.change_sets.SAY_SECONDS", 0.0)
    cloudformation.shown_first = ["UPDATE_IN_PROGRESS"] * 2
    changes.plan(NAME, NAMED, TemplateBody=TWO)
    assert said[1:] == [f"  {NAME} is still UPDATE_IN_PROGRESS"] * 2


def test_a_change_names_what_it_changes_and_no_change_is_none(
    changes: ChangeSets, cloudformation: FakeCloudFormation, said: list[str]
) -> None:
    changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE))
    plan = changes.plan(NAME, NAMED, TemplateBody=TWO)
    assert [each.resource for each in plan.changes] == ["First", "Second"]
    changes.carry_out(plan)
    same = changes.plan(NAME, NAMED, TemplateBody=TWO)
    assert same.change_set is None and not same.changes
    assert not cloudformation.change_sets  # each deploy would leave an empty one, till the quota
    assert changes.carry_out(same) == {"FirstName": "one"}
    assert said[1:] == [f"  {NAME} updated", f"  {NAME} unchanged"]


def test_a_plan_nobody_wants_leaves_nothing(
    changes: ChangeSets, cloudformation: FakeCloudFormation
) -> None:
    changes.discard(changes.plan(NAME, NAMED, TemplateBody=ONE))
    assert not cloudformation.stacks and not cloudformation.change_sets
    changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE))
    changes.discard(changes.plan(NAME, NAMED, TemplateBody=TWO))
    assert changes.outputs(NAME) == {"FirstName": "one"}


def test_a_stack_that_is_deleted_meanwhile_is_told_with_the_next_step(client: Any) -> None:
    """As by a colleague who clears up; events of what is gone cannot be asked for by its name."""
    absent = f"Stack with id {NAME} does not exist"
    for change_set in ("arn:the-change-set", None):
        with Stubber(client) as stub:
            if change_set:
                stub.add_response("execute_change_set", {})
            stub.add_client_error("describe_stacks", "ValidationError", absent)
            with pytest.raises(DeployFailed, match=f"{NAME} was deleted .*deploy again"):
                ChangeSets(client, print, 0).carry_out(Plan(NAME, False, change_set, []))
            stub.assert_no_pending_responses()


def test_a_plan_that_another_deploy_has_overtaken_is_told_with_the_next_step(client: Any) -> None:
    gone = "ChangeSet [arn:the-change-set] does not exist"
    with Stubber(client) as stub:
        stub.add_client_error("execute_change_set", "ChangeSetNotFound", gone)
        with pytest.raises(DeployFailed, match=rf"(?s){NAME}: .*does not exist.*deploy again"):
            ChangeSets(client, print, 0).carry_out(Plan(NAME, False, "arn:the-change-set", []))


def test_a_plan_for_a_new_stack_that_is_not_agreed_to_spares_what_another_deploy_has_made(
    changes: ChangeSets, cloudformation: FakeCloudFormation
) -> None:
    mine = changes.plan(NAME, NAMED, TemplateBody=ONE)
    cloudformation.stacks[NAME] = {"StackStatus": "CREATE_COMPLETE", "is": (json.loads(ONE), NAMED)}
    changes.discard(mine)
    assert changes.outputs(NAME) == {"FirstName": "one"}
    del cloudformation.stacks[NAME]
    cloudformation.change_sets["mine"] = {}
    changes.discard(Plan(NAME, True, "mine", []))
    assert not cloudformation.change_sets


def test_a_plan_that_another_deploy_has_cleared_away_is_forgotten_already(client: Any) -> None:
    """Who says no afterwards is not shown an error of AWS."""
    absent = f"Stack with id {NAME} does not exist"
    with Stubber(client) as stub:
        stub.add_client_error("delete_change_set", "ChangeSetNotFound", "does not exist")
        stub.add_client_error("describe_stacks", "ValidationError", absent)
        ChangeSets(client, print, 0).discard(Plan(NAME, True, "arn:the-change-set", []))
        stub.assert_no_pending_responses()
        stub.add_client_error("delete_change_set", "AccessDenied", "may not")
        with pytest.raises(ClientError, match="may not"):
            ChangeSets(client, print, 0).discard(Plan(NAME, True, "arn:the-change-set", []))


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"])
def test_a_first_deploy_that_came_to_nothing_is_made_again(
    changes: ChangeSets, cloudformation: FakeCloudFormation, said: list[str], status: str
) -> None:
    cloudformation.fails = True
    with pytest.raises(DeployFailed, match="ROLLBACK_COMPLETE: First: no place"):
        changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE))
    cloudformation.fails = False
    cloudformation.stacks[NAME]["StackStatus"] = status
    assert changes.outputs(NAME) is None
    plan = changes.plan(NAME, NAMED, TemplateBody=ONE)
    assert plan.creates
    assert changes.carry_out(plan) == {"FirstName": "one"}
    assert f"{NAME} is {status}" in said[0] and "made again" in said[0]


def test_what_is_left_of_a_first_deploy_and_cannot_be_deleted_is_told(
    changes: ChangeSets, cloudformation: FakeCloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE))
    stack = cloudformation.stacks[NAME]
    stack["StackStatus"] = "REVIEW_IN_PROGRESS"

    def fail(StackName: str) -> None:
        stack["StackStatus"] = "DELETE_FAILED"
        cloudformation.shown_first = ["REVIEW_IN_PROGRESS", "DELETE_IN_PROGRESS"]

    monkeypatch.setattr(cloudformation, "delete_stack", fail)
    with pytest.raises(DeployFailed, match=f"{NAME} is DELETE_FAILED: First: no place"):
        changes.plan(NAME, NAMED, TemplateBody=ONE)
    assert not cloudformation.shown_first and not cloudformation.change_sets


def test_a_stack_with_data_is_never_made_again(
    changes: ChangeSets, cloudformation: FakeCloudFormation
) -> None:
    changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE))
    for status in ("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_FAILED"):
        cloudformation.stacks[NAME]["StackStatus"] = status
        with pytest.raises(DeployFailed, match=f"{NAME} is {status}"):
            changes.plan(NAME, NAMED, TemplateBody=TWO)
    for status in ("UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"):
        cloudformation.stacks[NAME]["StackStatus"] = status
        assert not changes.plan(NAME, NAMED, TemplateBody=TWO).creates, status


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"])
def test_a_stack_that_is_as_it_should_be_is_well_whatever_was_before(
    changes: ChangeSets, cloudformation: FakeCloudFormation, said: list[str], status: str
) -> None:
    changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE))
    cloudformation.stacks[NAME]["StackStatus"] = status
    assert changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE)) == {"FirstName": "one"}
    assert said[-1] == f"  {NAME} unchanged"


def _unplanned(stub: Stubber, reason: str) -> None:
    """A new stack whose change set fails for that reason."""
    absent = f"Stack with id {NAME} does not exist"
    stub.add_client_error("describe_stacks", "ValidationError", absent)
    stub.add_response("create_change_set", {"Id": "arn:the-change-set"})
    stub.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": reason})


def _discarded(stub: Stubber) -> None:
    """The empty stack of a plan is looked at and removed."""
    empty = {"StackName": NAME, "CreationTime": 0, "StackStatus": "REVIEW_IN_PROGRESS"}
    stub.add_response("delete_change_set", {})
    stub.add_response("describe_stacks", {"Stacks": [empty]})
    stub.add_response("delete_stack", {})


def test_a_plan_that_cannot_be_made_says_why(client: Any) -> None:
    with Stubber(client) as stub:
        _unplanned(stub, "Transform failed: no such layer")
        stub.add_response("describe_events", {"OperationEvents": []})
        _discarded(stub)
        with pytest.raises(DeployFailed, match=r"no such layer$"):
            ChangeSets(client, print, 0).plan(NAME, NAMED, TemplateBody=ONE)


def test_a_plan_that_is_refused_at_once_names_its_stack(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("describe_stacks", "ValidationError", f"{NAME} does not exist")
        stub.add_client_error("create_change_set", "ValidationError", "Parameters: [RootKey]")
        with pytest.raises(DeployFailed, match=rf"{NAME}: .*RootKey"):
            ChangeSets(client, print, 0).plan(NAME, {}, TemplateBody=ONE)


def test_a_refused_look_is_not_taken_for_an_absent_stack(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("describe_stacks", "AccessDenied", "not authorized")
        with pytest.raises(client.exceptions.ClientError):
            ChangeSets(client, print, 0).outputs(NAME)


def test_a_stack_whose_deletion_is_still_shown_is_an_absent_one(client: Any) -> None:
    gone = {"StackName": NAME, "CreationTime": 0, "StackStatus": "DELETE_COMPLETE"}
    with Stubber(client) as stub:
        stub.add_response("describe_stacks", {"Stacks": [gone]})
        assert ChangeSets(client, print, 0).outputs(NAME) is None


def test_a_change_that_is_not_agreed_to_touches_no_stack(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("delete_change_set", {})
        ChangeSets(client, print, 0).discard(Plan(NAME, False, "arn:the-change-set", []))


def test_a_long_plan_is_read_to_its_end(client: Any) -> None:
    changes = [
        {"ResourceChange": {"Action": "Add", "LogicalResourceId": f"Q{n}", "ResourceType": "T"}}
        for n in range(3)
    ]
    absent = f"Stack with id {NAME} does not exist"
    with Stubber(client) as stub:
        stub.add_client_error("describe_stacks", "ValidationError", absent)
        stub.add_response("create_change_set", {"Id": "arn:the-change-set"})
        for status in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            stub.add_response("describe_change_set", {"Status": status})
        first = {"Status": "CREATE_COMPLETE", "Changes": changes[:2], "NextToken": "more"}
        stub.add_response("describe_change_set", first)
        stub.add_response("describe_change_set", {"Changes": changes[2:]})
        plan = ChangeSets(client, print, 0).plan(NAME, NAMED, TemplateBody=ONE)
    assert [each.resource for each in plan.changes] == ["Q0", "Q1", "Q2"]


def _replaced(*because: str) -> dict[str, Any]:
    details: list[dict[str, Any]] = [
        {"Target": {"Attribute": "Properties", "Name": each, "RequiresRecreation": "Always"}}
        for each in because
    ]
    tags = {"Target": {"Attribute": "Tags", "RequiresRecreation": "Never"}}
    return {"Action": "Modify", "Replacement": "True", "Details": [*details, tags]}


DELETED = {"Action": "Add", "ResourceDriftStatus": "DELETED"}


@pytest.mark.parametrize(
    ("kind", "change", "why"),
    [
        ("AWS::DynamoDB::Table", _replaced("KeySchema", "Name"), "for KeySchema and Name"),
        ("AWS::Cognito::UserPool", _replaced("UserPoolName"), "for UserPoolName"),
        ("AWS::KMS::Key", _replaced(), "for its type"),
        ("AWS::DynamoDB::Table", DELETED, "which was deleted"),
        ("AWS::Lambda::LayerVersion", _replaced("Content"), None),
        ("AWS::SQS::Queue", DELETED, None),
    ],
)
def test_a_plan_that_puts_an_empty_place_before_kept_data_is_refused(
    client: Any, kind: str, change: dict[str, Any], why: str | None
) -> None:
    """A pipeline agrees to everything, and a pool without a name of its own is made at once."""
    there = {
        "StackName": NAME, "CreationTime": "2026-01-01T00:00:00Z", "StackStatus": "UPDATE_COMPLETE"
    }  # fmt: skip
    named = {"ResourceChange": change | {"LogicalResourceId": "Kept", "ResourceType": kind}}
    with Stubber(client) as stub:
        stub.add_response("describe_stacks", {"Stacks": [there]})
        stub.add_response("create_change_set", {"Id": "arn:the-change-set"})
        stub.add_response("describe_change_set", {"Status": "CREATE_COMPLETE", "Changes": [named]})
        plan = ChangeSets(client, print, 0).plan
        if why is None:
            assert plan(NAME, NAMED, TemplateBody=ONE).changes
        else:
            stub.add_response("delete_change_set", {})
            with pytest.raises(DeployFailed, match=rf"Kept \({kind}\), {why}\n"):
                plan(NAME, NAMED, TemplateBody=ONE)
        stub.assert_no_pending_responses()


def test_what_was_changed_by_hand_is_undone_in_a_stack_that_is_there(
    cloudformation: FakeCloudFormation,
) -> None:
    """CloudFormation takes the mode for no new stack."""
    changes = ChangeSets(cloudformation, print, pause=0, revert_drift=True)
    changes.carry_out(changes.plan(NAME, NAMED, TemplateBody=ONE))
    changes.plan(NAME, NAMED, TemplateBody=TWO)
    assert cloudformation.modes == [None, "REVERT_DRIFT"]
