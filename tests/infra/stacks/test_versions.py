"""Published versions and the aliases that point to them."""

import copy
import json
import re
from typing import Any

from infra.services import app_folders
from tests.infra.sam_translation import translate
from tests.infra.stack_reader import AWS, Stack, Stacks, targets


def _versions(stack: Stack) -> dict[str, str]:
    """The version that each function's alias points to."""
    found = {}
    for alias in stack.of_type("AWS::Lambda::Alias").values():
        version, _ = alias["FunctionVersion"]["Fn::GetAtt"]
        found[alias["FunctionName"]["Ref"]] = version
    return found


def _deployments(stack: Stack) -> set[str]:
    """The deployments of its API, which a stage goes on showing whatever becomes of the API."""
    return set(stack.of_type("AWS::ApiGateway::Deployment"))


def _mentions(value: Any, functions: set[str]) -> set[str]:
    """The functions that a value names directly: by Ref, GetAtt or Sub."""
    if isinstance(value, list):
        return set().union(*(_mentions(each, functions) for each in value))
    if not isinstance(value, dict):
        return set()
    found = set()
    for key, told in value.items():
        if key == "Ref":
            found |= {told}
        elif key == "Fn::GetAtt":
            found |= {told[0] if isinstance(told, list) else told.split(".")[0]}
        elif key == "Fn::Sub":
            text = told if isinstance(told, str) else told[0]
            found |= set(re.findall(r"\$\{(\w+)", text))
        found |= _mentions(told, functions)
    return found & functions


def test_everybody_calls_the_alias_and_nobody_the_function(stacks: Stacks) -> None:
    """SnapStart works on published versions only, and a call of the bare name goes past them."""
    about = {f"AWS::Lambda::{each}" for each in ("Version", "Alias", "EventInvokeConfig")}
    about |= {"AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm"}
    for stack in stacks.values():
        functions = set(stack.functions())
        assert set(_versions(stack)) == functions
        for name, resource in stack.resources().items():
            if resource["Type"] not in about:
                assert _mentions(resource, functions) == set(), (stack.name, name)
        outputs = stack.template.get("Outputs", {})
        assert _mentions(outputs, functions) == set(), stack.name


def test_whatever_calls_an_alias_is_allowed_to(stacks: Stacks) -> None:
    for stack in stacks.values():
        allowed = set()
        for name, each in stack.of_type("AWS::Lambda::Permission").items():
            called, source = each["FunctionName"]["Ref"], json.dumps(each["SourceArn"])
            assert each["Action"] == "lambda:InvokeFunction", (stack.name, name)
            assert called in {"AuthorizerArn", *stack.of_type("AWS::Lambda::Alias")}
            if each["Principal"] == "events.amazonaws.com":
                allowed.add((source, called))
                continue
            assert each["Principal"] == "apigateway.amazonaws.com"
            assert ("${RestAPI}/authorizers/*" in source) == (called == "AuthorizerArn")
        rules = stack.of_type("AWS::Events::Rule")
        scheduled = {
            (json.dumps({"Fn::GetAtt": [name, "Arn"]}), target["Arn"]["Ref"])
            for name, rule in rules.items()
            if rule.get("ScheduleExpression") == "rate(1 minute)"
            for target in rule["Targets"]
        }
        assert scheduled == allowed
        assert {*_versions(stack)} & {"SweepOutbox", "SweepDeadlines"} == {
            stack.called({"Ref": called}) for _, called in scheduled
        }


def test_every_alias_is_called(stacks: Stacks) -> None:
    for stack in stacks.values():
        callers = {
            name: each
            for name, each in stack.resources().items()
            if each["Type"] not in ("AWS::Lambda::Alias", "AWS::Lambda::Permission")
        }
        told = json.dumps([callers, stack.template.get("Outputs", {})])
        for alias in stack.of_type("AWS::Lambda::Alias"):
            assert f'"{alias}"' in told or f"${{{alias}}}" in told, (stack.name, alias)


def test_the_owners_of_contacts_are_asked_through_their_aliases(stacks: Stacks) -> None:
    asked = stacks["notifications"]
    for owner in ("intake", "matching", "cards"):
        output = stacks[owner].template["Outputs"]["ResolveRecipientsArn"]["Value"]
        assert stacks[owner].called(output) == "ResolveRecipients"
        parameter = {"Ref": f"{owner.capitalize()}ResolveRecipientsArn"}
        for function in asked.functions().values():
            assert asked.environment(function)[f"{owner.upper()}_RECIPIENTS"] == parameter
        allowed = [
            role for role, statement in asked.statements() if parameter in targets(statement)
        ]
        assert allowed == ["AskOwnersWhomToReach"]


def test_apis_and_the_till_start_from_a_snapshot_on_aws_only(stacks: Stacks) -> None:
    for name in app_folders():
        begun = {each: made.get("SnapStart") for each, made in stacks[name].functions().items()}
        waited_for = begun.keys() & {"APIHandler", "TakeUpdates"}
        assert all(begun.pop(each) == {"ApplyOn": "PublishedVersions"} for each in waited_for)
        assert set(begun.values()) <= {None}
        assert "SnapStart" not in stacks[name].functions("local")["APIHandler"]


def test_an_old_version_goes_because_its_snapshot_is_paid_for(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, resource in stack.resources().items():
            if resource["Type"] == "AWS::Lambda::Version":
                assert resource["DeletionPolicy"] == "Delete", (stack.name, name)


def _brief(template: dict[str, Any]) -> dict[str, Any]:
    """The template with one path of its API: hundreds of them take seconds and tell no more."""
    brief = copy.deepcopy(template)
    for each in brief["Resources"].values():
        if each["Type"] == "AWS::Serverless::Api":
            body = each["Properties"]["DefinitionBody"]
            body["paths"] = dict([*body["paths"].items()][:1])
    return brief


def test_every_single_change_is_published_and_deployed_and_no_change_is_none(
    built: dict[str, Any], stacks: Stacks
) -> None:
    changes: dict[tuple[str, str], tuple[Any, dict[str, str]]] = {}
    for name, whole in built.items():
        template = _brief(whole)
        variable = copy.deepcopy(template)
        (function, *_) = [
            each
            for each in variable["Resources"].values()
            if each["Type"] == "AWS::Serverless::Function"
        ]
        function["Properties"]["Environment"] = {"Variables": {"SERVICE": "another"}}
        changes |= {
            (name, "nothing"): (template, AWS),
            (name, "protection"): (template, AWS | {"Protect": "no"}),
            (name, "code"): (template, AWS | {"CodeKey": "another"}),
            (name, "parameter"): (template, AWS | {"LogRetentionDays": "30"}),
            (name, "environment"): (variable, AWS),
        }
        layer = "LayerKey" if name == "platform" else "LayerArn"
        if layer in template["Parameters"]:
            changes[name, "layer"] = (template, AWS | {layer: "another"})
    made = dict(zip(changes, translate(list(changes.values())), strict=True))
    # It has no API, so it is whole; and it was translated by another process.
    assert made["platform", "nothing"] == stacks["platform"].template
    for (name, what), each in made.items():
        before, after = Stack(name, made[name, "nothing"]), Stack(name, each)
        old, new = ({*_versions(each).values()} | _deployments(each) for each in (before, after))
        if what in ("nothing", "protection"):
            assert new == old, (name, what)
            continue
        assert not new & old, (name, what)
        # Lambda makes no version of what is as it was, and CloudFormation fails at that: SAM writes
        # what a version is named by into the description.
        told = {key: function["Description"] for key, function in after.functions().items()}
        for key, function in before.functions().items():
            assert told[key] != function["Description"], (name, what, key)
