"""Reads a built template as CloudFormation would for one kind of stage."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CONDITIONS = {
    "aws": {"IsAws": True, "IsLocal": False, "OwnPool": True, "HasRootKey": True},
    "local": {"IsAws": False, "IsLocal": True, "OwnPool": True, "HasRootKey": True},
}
NO_VALUE = {"Ref": "AWS::NoValue"}


@dataclass(frozen=True)
class Stack:
    """One stack's template, resolved for AWS or for the local platform."""

    name: str
    template: dict[str, Any]

    def resources(self, stage: str = "aws") -> dict[str, dict[str, Any]]:
        """The resources that exist there, with conditions decided."""
        truth = CONDITIONS[stage]
        return {
            name: _resolve(resource, truth)
            for name, resource in self.template["Resources"].items()
            if truth.get(resource.get("Condition", ""), True)
        }

    def of_type(self, *kinds: str, stage: str = "aws") -> dict[str, dict[str, Any]]:
        """The properties of the resources of some types."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources(stage).items()
            if resource["Type"] in kinds
        }

    def functions(self, stage: str = "aws") -> dict[str, dict[str, Any]]:
        """Every Lambda function."""
        return self.of_type("AWS::Serverless::Function", "AWS::Lambda::Function", stage=stage)

    def environment(self, function: dict[str, Any], stage: str = "aws") -> dict[str, Any]:
        """What a function's environment holds."""
        shared = _resolve(self.template.get("Globals", {}), CONDITIONS[stage]).get("Function", {})
        found: dict[str, Any] = {}
        for owner in (shared, function):
            found |= owner.get("Environment", {}).get("Variables", {})
        return {name: value for name, value in found.items() if value != NO_VALUE}

    def layers(self, function: dict[str, Any]) -> list[str]:
        """The layers a function gets, as the platform names them; SAM adds its own to all's."""
        shared = self.template.get("Globals", {}).get("Function", {})
        asked = [*shared.get("Layers", []), *function.get("Layers", [])]
        return [layer["Ref"].removesuffix("Arn") for layer in asked]

    def statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every statement of a role's or user's policies, with the name of its resource."""
        for name, role in self.of_type("AWS::IAM::Role").items():
            for policy in role.get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    yield name, statement
        for name, policy in self.of_type("AWS::IAM::Policy").items():
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def actions(statement: dict[str, Any]) -> list[str]:
    """The actions of a statement, always as a list."""
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def targets(statement: dict[str, Any]) -> list[Any]:
    """The resources of a statement, always as a list."""
    found = statement["Resource"]
    return found if isinstance(found, list) else [found]


def _resolve(value: Any, truth: dict[str, bool]) -> Any:
    if isinstance(value, list):
        return [each for each in (_resolve(one, truth) for one in value) if each != NO_VALUE]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        name, yes, no = value["Fn::If"]
        return _resolve(yes if truth.get(name, True) else no, truth)
    return {key: _resolve(each, truth) for key, each in value.items()}
