"""Functions and roles: who may do what."""

import json

from infra.package import PLACEHOLDER
from infra.services import app_folders, service_names
from services.notifications.channels import wire
from shared import aws, budget
from shared.identity import authorizer
from shared.messaging import batches, suspects
from shared.storage import office_tables
from tests.infra.stack_reader import Stacks, actions, targets

SERVICES = service_names()

UNNARROWABLE = {"dynamodb:ListStreams"}
WILDCARDS = {"kms:GenerateDataKey*"}


def test_every_function_has_a_role_of_its_own(stacks: Stacks) -> None:
    for stack in stacks.values():
        roles = [json.dumps(function["Role"]) for function in stack.functions().values()]
        assert len(set(roles)) == len(roles)
        assert PLACEHOLDER not in json.dumps(stack.template)


# With memory comes processor. People and bots wait for some; 1769 MB are a whole one, which a step
# of a job and an assignment need, and above it is a second one, which nothing here uses.
MEMORY = {"APIHandler": 1024, "TakeUpdates": 1024, "OnJobs": 1769, "SolveAssignment": 1769}


def test_no_function_is_left_with_the_memory_and_time_of_a_default(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            waits_for_others = (stack.name, name) == ("notifications", "OnJobs")
            memory = 512 if waits_for_others else MEMORY.get(name, 512)
            assert function["MemorySize"] == memory, (stack.name, name)
            longest = 120 if name == "OnJobs" else 50
            assert 0 < function["Timeout"] <= longest, (stack.name, name)


def test_a_role_names_its_actions_and_its_resources(stacks: Stacks) -> None:
    for each in stacks.values():
        stack = each.where(ChannelSecrets="/channels", TelephonySecrets="/telephony")
        for role, statement in stack.statements():
            assert statement["Effect"] == "Allow", (stack.name, role)
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


def test_a_root_key_is_unwrapped_for_its_own_service_alone(stacks: Stacks) -> None:
    """The one key of a stage wraps those of all services: what tells them apart is the context."""
    for name in app_folders():
        context = "cards" if name == "till" else {"Ref": "Service"}
        own = {"StringEquals": {"kms:EncryptionContext:service": context}}
        found = [
            statement["Condition"]
            for _, statement in stacks[name].statements()
            if "kms:Decrypt" in actions(statement)
        ]
        assert found and all(each == own for each in found), name


def test_places_are_reserved_only_where_the_stage_says_so(stacks: Stacks) -> None:
    for stack in stacks.values():
        for function in stack.functions().values():
            assert "ReservedConcurrentExecutions" not in function
    asked = {"APIHandler": "ApiConcurrency", "OnMessages": "ConsumerConcurrency"}
    for name in app_folders():
        functions = stacks[name].where(ApiConcurrency="20", ConsumerConcurrency="10").functions()
        told = {key: each.get("ReservedConcurrentExecutions") for key, each in functions.items()}
        assert {key: each["Ref"] for key, each in told.items() if each} == {
            key: asked[key] for key in asked if key in functions
        }, name


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


# The gateway gives up then, whatever the function does.
GATEWAY_SECONDS = 29
CHANNEL_SECONDS = wire.CONNECT_SECONDS + wire.READ_SECONDS


def test_whatever_a_function_waits_for_ends_before_its_own_time(stacks: Stacks) -> None:
    """Lambda ends a function in the middle of a call, and nobody is told what became of it."""
    asked: set[str] = set()
    for each in stacks.values():
        stack = each.where(ChannelSecrets="/channels", TelephonySecrets="/telephony")
        for name, function in stack.functions().items():
            granted = stack.granted(function["Role"]["Fn::GetAtt"][0])
            parts = {one.partition(":")[0] for said in granted for one in actions(said)}
            tries = {part: aws.longest_try(part) for part in parts - {"logs"}}
            if stack.name == "notifications" and name in ("OnMessages", "OnJobs"):
                tries["others"] = CHANNEL_SECONDS
            if name == "Authorizer":
                # An unknown key is looked for once more in a set that is read afresh.
                tries["issuer"] = 2 * authorizer.KEYS_TIMEOUT_SECONDS
            longest = max(tries.values(), default=0) + budget.ANSWER_SECONDS
            assert longest < function["Timeout"], (stack.name, name, tries)
            asked |= tries.keys()
            if name in ("APIHandler", "TakeUpdates", "Authorizer"):
                assert function["Timeout"] < GATEWAY_SECONDS
    assert asked >= {"dynamodb", "kms", "sqs", "events", "s3", "ssm", "lambda", "others", "issuer"}


def test_a_consumer_has_the_time_that_it_keeps_for_its_records(stacks: Stacks) -> None:
    """With less it would begin none, or none that has killed a worker, and say nothing of it."""
    reserve, alone = batches.RESERVE_MS / 1000, suspects.ALONE_MS / 1000
    longest = max(aws.longest_try("dynamodb"), CHANNEL_SECONDS)
    assert longest + budget.ANSWER_SECONDS <= reserve
    for service in SERVICES:
        functions = stacks[service].functions()
        assert functions["RelayOutbox"]["Timeout"] >= 2 * reserve
        for name in functions.keys() & {"OnMessages", "OnJobs"}:
            assert functions[name]["Timeout"] >= alone + reserve, (service, name)
        if "FilesBucket" in stacks[service].template["Resources"]:
            assert functions["OnJobs"]["Timeout"] > office_tables.SECONDS + alone
