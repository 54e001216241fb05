"""CloudFormation in a few lines: change sets, states of stacks, outputs; no resource is made.

moto forgets outputs and cannot fail, and the emulator takes seconds: `test_local_platform.py` shows
the same steps there.
"""

import json
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

Answer = dict[str, Any]
NOT_AVAILABLE = "InvalidChangeSetStatus"
_GOOD = {"CREATE": "CREATE_COMPLETE", "UPDATE": "UPDATE_COMPLETE"}
# Our templates have roles, and are translated by SAM.
_CAPABILITIES = {"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}
_BAD = {"CREATE": "ROLLBACK_COMPLETE", "UPDATE": "UPDATE_ROLLBACK_COMPLETE"}


class FakeCloudFormation:
    """One account's stacks; `templates` answers for what lies in the bucket.

    `shown_first` are states that the next looks find, before that which a stack is in.
    """

    def __init__(self, templates: Any = None) -> None:
        self.stacks: dict[str, Answer] = {}
        self.change_sets: dict[str, Answer] = {}
        self.executed: dict[str, Answer] = {}
        self.history: list[tuple[str, str, Answer]] = []
        self.modes: list[str | None] = []
        self.fails = False
        self.shown_first: list[str] = []
        self._templates = templates
        endpoint = "https://cloudformation.eu-central-1.amazonaws.com"
        self.meta = SimpleNamespace(endpoint_url=endpoint)

    def create_change_set(self, **asked: Any) -> Answer:
        name, kind = asked["StackName"], asked["ChangeSetType"]
        if missing := _CAPABILITIES - set(asked.get("Capabilities", ())):
            raise _refused(f"Requires capabilities : {sorted(missing)}", "InsufficientCapabilities")
        token = asked.get("ClientToken")
        if there := self.change_sets.get(asked["ChangeSetName"]):
            if token is None or token != there["ClientToken"]:
                raise _refused("ChangeSet already exists", "AlreadyExistsException")
            return {"Id": asked["ChangeSetName"]}
        self.modes.append(asked.get("DeploymentMode"))
        body = asked.get("TemplateBody") or self._templates(asked["TemplateURL"])
        template = json.loads(body)
        values = {each["ParameterKey"]: each["ParameterValue"] for each in asked["Parameters"]}
        if (kind == "CREATE") != (name not in self.stacks):
            raise _refused(f"Stack [{name}] cannot be changed by {kind}")
        stack = self.stacks.setdefault(name, {"StackStatus": "REVIEW_IN_PROGRESS", "is": None})
        change_set = {"StackName": name, "kind": kind, "will": (template, values)}
        change_set |= {"ExecutionStatus": "AVAILABLE", "ClientToken": token}
        self.change_sets[asked["ChangeSetName"]] = change_set
        same = stack["is"] == change_set["will"]
        change_set["Status"] = "FAILED" if same else "CREATE_COMPLETE"
        change_set["StatusReason"] = "The submitted information didn't contain changes." * same
        before = stack["is"][0]["Resources"] if stack["is"] else {}
        change_set["Changes"] = [
            {
                "ResourceChange": {
                    "Action": "Modify" if each in before else "Add",
                    "LogicalResourceId": each,
                    "ResourceType": about["Type"],
                }
            }
            for each, about in template["Resources"].items()
        ]
        return {"Id": asked["ChangeSetName"]}

    def delete_change_set(self, ChangeSetName: str) -> None:
        del self.change_sets[ChangeSetName]

    def execute_change_set(self, ChangeSetName: str) -> None:
        told = self.change_sets.pop(ChangeSetName, None)
        if told is None:
            raise _refused(f"ChangeSet [{ChangeSetName}] is not AVAILABLE", NOT_AVAILABLE)
        self.executed[ChangeSetName] = told | {"ExecutionStatus": "EXECUTE_COMPLETE"}
        stack, kind = self.stacks[told["StackName"]], told["kind"]
        stack["StackStatus"] = (_BAD if self.fails else _GOOD)[kind]
        if not self.fails:
            stack["is"] = told["will"]
            self.history.append((told["StackName"], kind, told["will"][1]))

    def describe_stacks(self, StackName: str) -> Answer:
        if StackName not in self.stacks:
            raise _refused(f"Stack with id {StackName} does not exist")
        stack = self.stacks[StackName]
        template, values = stack["is"] or ({"Outputs": {}}, {})
        outputs = [
            {"OutputKey": key, "OutputValue": values[each["Value"]["Ref"]]}
            for key, each in template["Outputs"].items()
        ]
        status = self.shown_first.pop(0) if self.shown_first else stack["StackStatus"]
        return {"Stacks": [{"StackStatus": status, "Outputs": outputs}]}

    def delete_stack(self, StackName: str) -> None:
        if self.stacks[StackName].get("EnableTerminationProtection"):
            raise _refused("termination protection")
        del self.stacks[StackName]

    def update_termination_protection(self, StackName: str, **told: bool) -> None:
        self.stacks[StackName] |= told

    def get_paginator(self, name: str) -> Any:
        if name == "describe_change_set":
            return SimpleNamespace(
                paginate=lambda ChangeSetName: SimpleNamespace(
                    build_full_result=lambda: self.describe_change_set(ChangeSetName)
                )
            )
        return SimpleNamespace(paginate=getattr(self, name))

    def describe_change_set(self, ChangeSetName: str) -> Answer:
        found = self.change_sets.get(ChangeSetName) or self.executed.get(ChangeSetName)
        if found is None:
            raise _refused(f"ChangeSet [{ChangeSetName}] does not exist")
        return found

    def describe_stack_events(self, StackName: str) -> list[Answer]:
        event = {
            "StackId": "the-stack", "LogicalResourceId": "First", "PhysicalResourceId": "first",
            "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "no place",
        }  # fmt: skip
        return [{"StackEvents": [event]}]


def _refused(why: str, code: str = "ValidationError") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": why}}, "toy")
