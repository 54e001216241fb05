"""Changes one stack of CloudFormation by change sets: planned, looked at, then carried out."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Event
from typing import Any

from botocore.exceptions import ClientError

from infra.deployment.plans import Plan, change_of
from infra.deployment.stack_failures import DeployFailed, Failures

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
# What a first deploy leaves that failed or was not agreed to: nothing of it can be updated.
NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")
# Stacks that may be changed; what was lost may have been given back to one by an import.
MADE = (
    "CREATE_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
)  # fmt: skip
SAY_SECONDS = 60.0
_NOT_AVAILABLE = "InvalidChangeSetStatus"
_NO_CHANGE_SET = ("ChangeSetNotFound", "ChangeSetNotFoundException")
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


class ChangeSets:
    """The stacks of one account."""

    def __init__(
        self,
        cloudformation: Any,
        say: Callable[[str], None],
        pause: float,
        *,
        revert_drift: bool = False,
    ) -> None:
        self._cloudformation = cloudformation
        # By itself CloudFormation compares templates, and leaves what was changed by hand.
        self._mode = {"DeploymentMode": "REVERT_DRIFT"} if revert_drift else {}
        self._failures = Failures(cloudformation)
        self._say = say
        self._pause = pause
        self._over = Event()

    def give_up(self) -> None:
        """Let nothing be waited for any longer; what the cloud has begun it goes on with."""
        self._over.set()

    def outputs(self, name: str) -> dict[str, str] | None:
        """Return a stack's description once its change has ended; None for one never made."""
        found = self._at_rest(name)
        if found is None or found["StackStatus"] in NEVER_MADE:
            return None
        return _outputs(found)

    def plan(self, name: str, parameters: Mapping[str, str], **template: str) -> Plan:
        """Ask what these parameters and this template would change."""
        creates = self._clear_the_way(name)
        change_set = self._asked(name, creates, parameters, template)
        plan = Plan(name, creates, change_set, ())
        described = self._described(change_set)
        if described["Status"] != "FAILED":
            return self._sparing_data(
                replace(plan, changes=[change_of(each) for each in described["Changes"]])
            )
        reason = described.get("StatusReason", "no reason is given")
        empty = any(each in reason for each in _NO_CHANGES)
        refusal = None if empty else self._failures.of_a_plan(name, change_set, reason)
        self.discard(plan)
        if refusal is not None:
            raise refusal
        return replace(plan, change_set=None)

    def _asked(
        self, name: str, creates: bool, parameters: Mapping[str, str], template: Mapping[str, str]
    ) -> str:
        """Return the change set that CloudFormation makes of these.

        Its library repeats a call whose answer was lost: by the token that makes no second one.
        """
        token = f"deploy-{uuid.uuid4().hex}"
        try:
            made = self._cloudformation.create_change_set(
                StackName=name,
                ChangeSetName=token,
                ClientToken=token,
                ChangeSetType="CREATE" if creates else "UPDATE",
                Capabilities=CAPABILITIES,
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in parameters.items()
                ],
                **template,
                **({} if creates else self._mode),
            )
        except ClientError as error:
            raise DeployFailed(f"{name}: {error}") from error
        change_set: str = made["Id"]
        return change_set

    def _sparing_data(self, plan: Plan) -> Plan:
        """Refuse a plan, asked about or not, that would put an empty place before kept data."""
        emptied = [each for each in plan.changes if each.begins_empty]
        if not emptied:
            return plan
        self.discard(plan)
        named = "\n".join(f"  {each.resource} ({each.kind}), {each.cause}" for each in emptied)
        raise DeployFailed(
            f"{plan.stack}: an empty one would be made in the place of\n{named}\nand what is kept "
            "there would be out of sight. Nothing was changed. Take that back; where it must be, "
            "add a resource of another name in one release, move the data, and drop the former "
            "one in a later release."
        )

    def discard(self, plan: Plan) -> None:
        """Forget a plan, and the empty stack that was made for that of a new stack."""
        try:
            self._cloudformation.delete_change_set(ChangeSetName=plan.change_set)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_CHANGE_SET:
                raise
        if not plan.creates:
            return
        found = self._find(plan.stack)
        # What another deploy has made of it since is a stack with data.
        if found is not None and found["StackStatus"] == "REVIEW_IN_PROGRESS":
            self._cloudformation.delete_stack(StackName=plan.stack)

    def carry_out(self, plan: Plan) -> dict[str, str]:
        """Do what was planned; the stack's outputs."""
        if plan.change_set is not None:
            self._execute(plan)
        found = self._at_rest(plan.stack, begun=True)
        if found is None:
            raise DeployFailed(
                f"{plan.stack} was deleted while it was deployed, and not by this deploy. Once it "
                "is known why, deploy again: the stack is made anew."
            )
        status = found["StackStatus"]
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and plan.change_set is not None:
            raise self._failures.of_a_stack(plan.stack, status)
        said = ("created" if plan.creates else "updated") if plan.change_set else "unchanged"
        self._say(f"  {plan.stack} {said}")
        return _outputs(found)

    def _execute(self, plan: Plan) -> None:
        try:
            self._cloudformation.execute_change_set(ChangeSetName=plan.change_set)
        except ClientError as error:
            if error.response["Error"]["Code"] == _NOT_AVAILABLE and self._is_begun(plan):
                return
            raise DeployFailed(
                f"{plan.stack}: {error}\nWhere another deploy has changed or deleted the stack "
                "since this one was planned, nothing of the plan was made: deploy again."
            ) from error

    def _is_begun(self, plan: Plan) -> bool:
        """Whether a plan is carried out all the same: an answer was lost, and the call repeated."""
        described = self._cloudformation.describe_change_set(ChangeSetName=plan.change_set)
        return str(described["ExecutionStatus"]).startswith("EXECUTE_")

    def _clear_the_way(self, name: str) -> bool:
        """Whether the stack must be created; a first attempt that failed is removed."""
        found = self._at_rest(name)
        if found is None:
            return True
        status = found["StackStatus"]
        if status in NEVER_MADE:
            self._say(f"  {name} is {status} from a first deploy that came to nothing: made again")
            self._cloudformation.delete_stack(StackName=name)
            left = self._at_rest(name, begun=True)
            if left is not None:
                raise self._failures.of_a_stack(name, left["StackStatus"])
            return True
        if status not in MADE:
            raise self._failures.of_a_stack(name, status)
        return False

    def _described(self, change_set: str) -> dict[str, Any]:
        pages = self._cloudformation.get_paginator("describe_change_set")
        while True:
            described: dict[str, Any] = pages.paginate(ChangeSetName=change_set).build_full_result()
            if described["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                return described
            self._wait()

    def _at_rest(self, name: str, *, begun: bool = False) -> dict[str, Any] | None:
        """Return the stack once nothing happens to it; what was `begun` does not stay in review."""
        last = time.monotonic()
        while True:
            found = self._find(name)
            status = found["StackStatus"] if found else ""
            waiting = status.endswith("_IN_PROGRESS") and (begun or status != "REVIEW_IN_PROGRESS")
            if not waiting:
                return found
            if time.monotonic() - last >= SAY_SECONDS:
                self._say(f"  {name} is still {status}")
                last = time.monotonic()
            self._wait()

    def _wait(self) -> None:
        if self._over.wait(self._pause):
            raise DeployFailed("Broken off.")

    def _find(self, name: str) -> dict[str, Any] | None:
        try:
            found = self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return None
        stack: dict[str, Any] = found
        return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
