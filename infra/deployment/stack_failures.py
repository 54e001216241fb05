"""Says why a stack did not reach its new state, and what there is to do, from its events."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

# Where the events of a change begin, and those of undoing it.
_BEGUN = {"CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
_ROLLED_BACK = "UPDATE_ROLLBACK_IN_PROGRESS"
_STUCK = "UPDATE_ROLLBACK_FAILED"
# What ends a state that no change set ends; the first two are left by a change in the console.
_WAYS_ON = {
    "CREATE_FAILED": "aws cloudformation rollback-stack",
    "UPDATE_FAILED": "aws cloudformation rollback-stack",
    _STUCK: "aws cloudformation continue-update-rollback",
    "DELETE_FAILED": "aws cloudformation delete-stack",
}
# What an import by hand leaves that could not be undone.
_NO_WAY_ON = "IMPORT_ROLLBACK_FAILED"
_TAKEN = "ResourceExistenceCheck"
_TOO_OFTEN = ("Rate exceeded", "Too Many Requests")
_GIVEN_BACK = (
    "What has such a name may have been kept of a stack that is gone: infra/README.md says how it "
    "is given back to a new one."
)


class DeployFailed(Exception):
    """A stack did not reach its new state; the message names the first resource that failed."""


class Failures:
    """What CloudFormation has noted of the stacks of one account."""

    def __init__(self, cloudformation: Any) -> None:
        self._cloudformation = cloudformation

    def of_a_stack(self, name: str, status: str) -> DeployFailed:
        """Return what to say of a stack in a state that it should not be in."""
        said = f"{name} is {status}: {self._first_failure(name, status)}"
        if status in _WAYS_ON:
            said += (
                "\nMend what that resource says, then let it end and deploy again:\n"
                f"  {_WAYS_ON[status]} --stack-name {name}"
            )
        elif status == _NO_WAY_ON:
            said += "\nAWS names no command that ends it: ask AWS's support, then deploy again."
        elif any(each in said for each in _TOO_OFTEN):
            said += "\nAWS makes only so many of these in a second: deploy again."
        else:
            said += "\nMend what that resource says, then deploy again."
        if "function initialization" in said:
            said += (
                "\nIts log says why, and goes when a first deploy is undone. Deploy once without "
                "`SnapStart` in infra/api.yaml and infra/notifications.yaml: then the function is "
                "made, and the first call of it leaves the reason in /aws/lambda."
            )
        return DeployFailed(said)

    def of_a_plan(self, name: str, change_set: str, reason: str) -> DeployFailed:
        """Return what to say of a change set that could not be made."""
        said = "\n  ".join([f"{name}: {reason}", *self._found_beforehand(change_set)])
        return DeployFailed(f"{said}\n{_GIVEN_BACK}" if _TAKEN in reason else said)

    def _found_beforehand(self, change_set: str) -> list[str]:
        """Return what CloudFormation has found wrong by itself: a change set says only that it has.

        So it is where a name is taken, as by a table that was kept of a stack that is gone.
        """
        try:
            pages = self._cloudformation.get_paginator("describe_events").paginate(
                ChangeSetName=change_set, Filters={"FailedEvents": True}
            )
            events = [event for page in pages for event in page["OperationEvents"]]
        except ClientError as error:
            return [f"What it is cannot be read: {error}"]
        found = [_fault(event) for event in events if event.get("ValidationStatusReason")]
        return list(dict.fromkeys(found))

    def _first_failure(self, name: str, status: str) -> str:
        """Return the first resource that failed in the stack's last change.

        Of a rollback that does not end that is what keeps it from it, not what it began for.
        """
        begun = _BEGUN | {_ROLLED_BACK} if status == _STUCK else _BEGUN
        first = "no resource says why"
        pages = self._cloudformation.get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=name):
            for event in page["StackEvents"]:
                whole = event["PhysicalResourceId"] == event["StackId"]
                if not whole and event["ResourceStatus"].endswith("_FAILED"):
                    reason = event.get("ResourceStatusReason", "")
                    first = f"{event['LogicalResourceId']}: {reason}"
                if whole and event["ResourceStatus"] in begun:
                    return first
        return first


def _fault(event: Mapping[str, Any]) -> str:
    return f"{event.get('LogicalResourceId', 'the stack')}: {event['ValidationStatusReason']}"
