"""Why a stack did not reach its state is told by what has failed, and with the next step."""

from typing import Any

import pytest
from botocore.stub import Stubber

from infra.deployment.stack_failures import Failures

NAME = "ryadom-test-toy"


def _event(logical: str, status: str, reason: str = "") -> dict[str, Any]:
    whole = logical == NAME
    return {
        "StackId": "the-stack",
        "EventId": "1",
        "StackName": NAME,
        "Timestamp": "2026-01-01T00:00:00Z",
        "LogicalResourceId": logical,
        "PhysicalResourceId": "the-stack" if whole else logical,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def _told(client: Any, status: str, *newest_first: dict[str, Any]) -> str:
    """What is said of a stack in that state with these events."""
    with Stubber(client) as stub:
        stub.add_response("describe_stack_events", {"StackEvents": [*newest_first]})
        return str(Failures(client).of_a_stack(NAME, status))


EARLIER = (
    _event("Old", "CREATE_FAILED", "mended last year"),
    _event(NAME, "CREATE_IN_PROGRESS", "User Initiated"),
)
FAILED_UPDATE = (
    _event("Second", "CREATE_FAILED", "Resource creation cancelled"),
    _event("Second", "CREATE_IN_PROGRESS"),
    _event("First", "UPDATE_FAILED", "the true reason"),
    _event("First", "UPDATE_IN_PROGRESS"),
    _event(NAME, "UPDATE_IN_PROGRESS", "User Initiated"),
)


def test_a_failure_names_the_first_resource_of_this_change_and_no_earlier_one(client: Any) -> None:
    undone = _event(NAME, "UPDATE_ROLLBACK_COMPLETE"), _event(NAME, "UPDATE_ROLLBACK_IN_PROGRESS")
    told = _told(client, "UPDATE_ROLLBACK_COMPLETE", *undone, *FAILED_UPDATE, *EARLIER)
    assert told.startswith(f"{NAME} is UPDATE_ROLLBACK_COMPLETE: First: the true reason\n")
    assert "ROLLBACK_COMPLETE: no resource says why\n" in _told(client, "ROLLBACK_COMPLETE")


def test_a_rollback_that_does_not_end_names_what_holds_it_up(client: Any) -> None:
    """What the change had failed for is no obstacle any more, and to mend that would not help."""
    stuck = (
        _event(NAME, "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed: [Third]"),
        _event("Third", "UPDATE_FAILED", "its layer is gone"),
        _event(NAME, "UPDATE_ROLLBACK_IN_PROGRESS"),
    )
    told = _told(client, "UPDATE_ROLLBACK_FAILED", *stuck, *FAILED_UPDATE, *EARLIER)
    assert told.startswith(f"{NAME} is UPDATE_ROLLBACK_FAILED: Third: its layer is gone\n")


def test_a_deletion_that_failed_names_its_own_resource(client: Any) -> None:
    told = _told(
        client,
        "DELETE_FAILED",
        _event(NAME, "DELETE_FAILED", "The following resource(s) failed to delete: [Files]"),
        _event("Files", "DELETE_FAILED", "the bucket is not empty"),
        _event(NAME, "DELETE_IN_PROGRESS", "User Initiated"),
        _event(NAME, "ROLLBACK_FAILED"),
        _event("Second", "CREATE_FAILED", "mended since"),
        _event(NAME, "CREATE_IN_PROGRESS", "User Initiated"),
    )
    assert told.startswith(f"{NAME} is DELETE_FAILED: Files: the bucket is not empty\n")


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("UPDATE_FAILED", "rollback-stack"),  # these two are left by a change in the console
        ("CREATE_FAILED", "rollback-stack"),
        ("DELETE_FAILED", "delete-stack"),
    ],
)
def test_a_state_that_no_deploy_ends_says_the_command_that_helps(
    client: Any, status: str, command: str
) -> None:
    assert f"  aws cloudformation {command} --stack-name {NAME}" in _told(client, status)


@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", "Mend what that resource says, then deploy again."),
        ("ROLLBACK_COMPLETE", "Mend what that resource says, then deploy again."),
        ("IMPORT_ROLLBACK_FAILED", "AWS's support, then deploy again."),
    ],
)
def test_a_state_without_a_command_of_its_own_says_what_comes_next(
    client: Any, status: str, step: str
) -> None:
    told = _told(client, status)
    assert told.endswith(step) and "aws cloudformation" not in told


def test_a_function_that_does_not_start_is_told_with_the_way_to_see_why(client: Any) -> None:
    """Its log is undone with the stack of a first deploy."""
    reason = (
        "Resource of type 'AWS::Lambda::Version' with identifier 'f:1' did not stabilize. Status "
        "Reason is An error occurred during function initialization."
    )
    failed = _event("APIHandlerVersion1", "CREATE_FAILED", reason)
    assert "without `SnapStart`" in _told(client, "ROLLBACK_COMPLETE", failed)


@pytest.mark.parametrize(
    ("reason", "again"),
    [
        ("Rate exceeded (Service: Wafv2, Status Code: 400, Request ID: 1)", True),
        ("Too Many Requests (Service: ApiGateway, Status Code: 429, Request ID: 1)", True),
        ("No integration defined for method", False),
    ],
)
def test_what_was_asked_for_too_often_is_asked_for_again(
    client: Any, reason: str, again: bool
) -> None:
    failed = _event("AddressLimit", "CREATE_FAILED", reason)
    assert ("in a second: deploy again" in _told(client, "ROLLBACK_COMPLETE", failed)) is again


# As CloudFormation says it since it looks at names and properties before a change.
VALIDATED = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To "
    "troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure "
    "information."
)
TAKEN = "Resource of type 'AWS::DynamoDB::Table' with identifier 'ryadom-test-data' already exists."


def _operation_event(**more: str) -> dict[str, Any]:
    return {"EventId": "1", "StackId": "the-stack", "EventType": "VALIDATION_ERROR", **more}


def test_what_cloudformation_finds_beforehand_is_named_one_by_one(client: Any) -> None:
    """A table kept of a stack that is gone holds its name: a change set does not say so."""
    whole = _operation_event(EventType="STACK_EVENT", OperationStatus="FAILED")
    taken = _operation_event(LogicalResourceId="DataTable", ValidationStatusReason=TAKEN)
    wrong = _operation_event(ValidationStatusReason="Required property [Role] not found")
    asked = {"ChangeSetName": "arn:the-change-set", "Filters": {"FailedEvents": True}}
    with Stubber(client) as stub:
        first = {"OperationEvents": [whole, taken], "NextToken": "more"}
        stub.add_response("describe_events", first, asked)
        second = {"OperationEvents": [taken, wrong]}
        stub.add_response("describe_events", second, asked | {"NextToken": "more"})
        told = str(Failures(client).of_a_plan(NAME, "arn:the-change-set", VALIDATED))
    *found, step = told.splitlines()
    assert "infra/README.md" in step
    assert found == [
        f"{NAME}: {VALIDATED}",
        f"  DataTable: {TAKEN}",
        "  the stack: Required property [Role] not found",
    ]


def test_only_a_name_that_is_taken_leads_to_what_a_former_stack_has_kept(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("describe_events", {"OperationEvents": []})
        told = str(Failures(client).of_a_plan(NAME, "arn:the-change-set", "no such parameter"))
    assert told == f"{NAME}: no such parameter"


def test_who_may_not_read_what_was_found_learns_that_and_the_reason(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("describe_events", "AccessDenied", "not authorized")
        told = str(Failures(client).of_a_plan(NAME, "arn:the-change-set", VALIDATED))
    assert VALIDATED in told and "not authorized" in told
