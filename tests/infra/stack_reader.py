"""Reads a translated template as CloudFormation would for one kind of stage."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.infra.sam_translation import parameters

AWS = {"Stage": "test", "CodeBucket": "code", "RootKey": "wrapped", "Protect": "yes"}
NO_VALUE = {"Ref": "AWS::NoValue"}


@dataclass(frozen=True)
class Stack:
    """One stack's template, resolved for AWS or for the local platform."""

    name: str
    template: dict[str, Any]
    given: dict[str, str] = field(default_factory=lambda: dict(AWS))
    _read: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict, init=False)

    def where(self, **given: str) -> "Stack":
        """The same stack with other parameters."""
        return replace(self, given=self.given | given)

    def resources(self, stage: str = "aws") -> dict[str, dict[str, Any]]:
        """The resources that exist there, with conditions decided; many tests read the same."""
        if stage not in self._read:
            truth = self._truth(stage)
            self._read[stage] = {
                name: _resolve(resource, truth)
                for name, resource in self.template["Resources"].items()
                if "Condition" not in resource or truth[resource["Condition"]]
            }
        return self._read[stage]

    def decided(self, value: Any) -> Any:
        """Any part of the template as it is on AWS."""
        return _resolve(value, self._truth("aws"))

    def of_type(self, *kinds: str, stage: str = "aws") -> dict[str, dict[str, Any]]:
        """The properties of the resources of some types."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources(stage).items()
            if resource.get("Type") in kinds
        }

    def functions(self, stage: str = "aws") -> dict[str, dict[str, Any]]:
        """Every Lambda function."""
        return self.of_type("AWS::Lambda::Function", stage=stage)

    def called(self, alias: Any) -> str:
        """The function behind a reference to its alias."""
        found = self.of_type("AWS::Lambda::Alias")[alias["Ref"]]["FunctionName"]["Ref"]
        return str(found)

    def environment(self, function: dict[str, Any]) -> dict[str, Any]:
        """What a function's environment holds."""
        found: dict[str, Any] = function["Environment"]["Variables"]
        return found

    def layers(self, function: dict[str, Any]) -> list[str]:
        """The layers a function gets, as the platform names them."""
        return [layer["Ref"].removesuffix("Arn") for layer in function.get("Layers", [])]

    def statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every statement of a role's or user's policies, with the name of its resource."""
        for name, role in self.of_type("AWS::IAM::Role").items():
            for policy in role.get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    yield name, statement
        for name, policy in self.of_type("AWS::IAM::Policy").items():
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement

    def granted(self, role: str) -> Iterator[dict[str, Any]]:
        """Every statement of a role, its own and those of the policies it is named in."""
        attached = {role} | {
            name
            for name, policy in self.of_type("AWS::IAM::Policy").items()
            if {"Ref": role} in policy["Roles"]
        }
        for name, statement in self.statements():
            if name in attached:
                yield statement

    def _truth(self, stage: str) -> dict[str, bool]:
        given = self.given | ({"Stage": "local"} if stage == "local" else {})
        values = parameters(self.template, given)
        asked = self.template.get("Conditions", {})
        return {name: _decide(condition, asked, values) for name, condition in asked.items()}


def actions(statement: dict[str, Any]) -> list[str]:
    """The actions of a statement, always as a list."""
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def targets(statement: dict[str, Any]) -> list[Any]:
    """The resources of a statement, always as a list."""
    found = statement["Resource"]
    return found if isinstance(found, list) else [found]


def _decide(condition: Any, others: dict[str, Any], values: dict[str, str]) -> Any:
    if not isinstance(condition, dict):
        return condition
    ((kind, told),) = condition.items()
    match kind:
        case "Ref":
            return values[told]
        case "Condition":
            return _decide(others[told], others, values)
    parts = [_decide(each, others, values) for each in told]
    match kind:
        case "Fn::Equals":
            return parts[0] == parts[1]
        case "Fn::Not":
            return not parts[0]
        case "Fn::And":
            return all(parts)
        case "Fn::Or":
            return any(parts)
    raise AssertionError(f"unknown condition {kind}")


def _resolve(value: Any, truth: dict[str, bool]) -> Any:
    """The value with every `If` decided; what comes to no value is left out."""
    if isinstance(value, list):
        return [each for each in (_resolve(one, truth) for one in value) if each != NO_VALUE]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        name, yes, no = value["Fn::If"]
        return _resolve(yes if truth[name] else no, truth)
    found = {key: _resolve(each, truth) for key, each in value.items()}
    return {key: each for key, each in found.items() if each != NO_VALUE}


Stacks = dict[str, Stack]


def bodies(stack: Stack) -> Iterator[dict[str, Any]]:
    """The definition of each API."""
    for api in stack.of_type("AWS::ApiGateway::RestApi").values():
        yield api["Body"]


def places(body: dict[str, Any]) -> set[tuple[str, ...]]:
    """Every resource of an API: each path, and all that lead to it."""
    paths = [tuple(path.strip("/").split("/")) for path in body["paths"]]
    return {path[:depth] for path in paths for depth in range(len(path) + 1)}
