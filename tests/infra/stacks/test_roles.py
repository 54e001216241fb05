"""Functions and roles: who may do what."""

import json

from infra.package import PLACEHOLDER
from infra.services import service_names
from tests.infra.stack_reader import Stacks, actions, targets

SERVICES = service_names()

UNNARROWABLE = {"dynamodb:ListStreams"}
WILDCARDS = {"kms:GenerateDataKey*"}


def test_every_function_has_a_role_of_its_own(stacks: Stacks) -> None:
    for stack in stacks.values():
        roles = [json.dumps(function["Role"]) for function in stack.functions().values()]
        assert len(set(roles)) == len(roles)
        assert PLACEHOLDER not in json.dumps(stack.template)


def test_no_function_is_left_with_the_memory_and_time_of_a_default(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            assert function["MemorySize"] >= 512, (stack.name, name)
            longest = 120 if name == "OnJobs" else 50
            assert 0 < function["Timeout"] <= longest, (stack.name, name)


def test_a_role_names_its_actions_and_its_resources(stacks: Stacks) -> None:
    for stack in stacks.values():
        for role, statement in stack.statements():
            for action in actions(statement):
                assert "*" not in action or action in WILDCARDS, (stack.name, role, action)
            if "*" in targets(statement):
                assert set(actions(statement)) <= UNNARROWABLE, (stack.name, role)


def test_nobody_changes_or_deletes_an_audit_entry(stacks: Stacks) -> None:
    audit = {"Fn::GetAtt": ["AuditTable", "Arn"]}
    for service in SERVICES:
        found = set()
        for _, statement in stacks[service].statements():
            if any("AuditTable" in json.dumps(each) for each in targets(statement)):
                assert targets(statement) == [audit]
                found |= set(actions(statement))
        assert found == {"dynamodb:PutItem", "dynamodb:Query"}


def test_only_a_services_own_functions_reach_its_personal_data(stacks: Stacks) -> None:
    readers = {
        (stack.name, role)
        for stack in stacks.values()
        for role, statement in stack.statements()
        if any("KeysTable" in json.dumps(each) for each in targets(statement))
    }
    allowed = {
        "ApiRole", "OnMessagesRole", "OnJobsRole", "ResolveRecipientsRole", "TakeUpdatesRole"
    }  # fmt: skip
    assert {role for _, role in readers} <= allowed


def test_the_relay_and_the_sweepers_never_see_a_key(stacks: Stacks) -> None:
    for service in SERVICES:
        for role, statement in stacks[service].statements():
            if role in ("RelayOutboxRole", "SweepOutboxRole", "SweepDeadlinesRole"):
                assert not any(action.startswith("kms:") for action in actions(statement))


def test_places_are_reserved_only_where_the_stage_says_so(stacks: Stacks) -> None:
    for stack in stacks.values():
        for function in stack.functions().values():
            assert "ReservedConcurrentExecutions" not in function
    reserved = stacks["intake"].where(ApiConcurrency="20", ConsumerConcurrency="5").functions()
    told = {name: each.get("ReservedConcurrentExecutions") for name, each in reserved.items()}
    assert {name for name, each in told.items() if each} == {"APIHandler", "OnMessages"}
    assert told["APIHandler"] == {"Ref": "ApiConcurrency"}


def test_business_time_cannot_be_moved_on_aws(stacks: Stacks) -> None:
    for stack in stacks.values():
        for function in stack.functions().values():
            assert "CLOCK_FILE" not in stack.environment(function)
    clocked = [
        name
        for name, function in stacks["intake"].functions("local").items()
        if "CLOCK_FILE" in stacks["intake"].environment(function)
    ]
    assert clocked
