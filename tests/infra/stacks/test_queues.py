"""Rules, queues and their consumers as they are deployed."""

import importlib
import json
import re

import pytest

from infra import subscriptions
from infra.reproducible_zip import CannotPackage
from infra.services import service_names
from infra.templates import INFRA, read
from shared.messaging import suspects
from shared.messaging.subscriptions import Subscriptions
from tests.infra.stack_reader import Stacks

SERVICES = service_names()

# Whose jobs wait for systems of others, and compute little.
CALLS_OTHERS = {"notifications"}
LISTENING = pytest.mark.parametrize("service", SERVICES)
DAYS_14 = 1_209_600
JOBBERS = tuple(
    service
    for service in SERVICES
    if "jobs.yaml" in read(INFRA / f"{service}.yaml")["Metadata"]["Includes"]
)


@LISTENING
def test_a_rule_as_it_is_deployed_lists_what_its_service_reacts_to(
    stacks: Stacks, service: str
) -> None:
    app = importlib.import_module(f"services.{service}.app")
    rule = stacks[service].of_type("AWS::Events::Rule")["Rule"]
    heard = rule["EventPattern"]["detail-type"]
    assert heard
    assert heard == sorted(event.detail_type() for event in app.SUBSCRIPTIONS.reactions)


def test_no_place_for_events_is_left_open(stacks: Stacks) -> None:
    (word,) = subscriptions.PLACEHOLDER
    assert word in (INFRA / "service.yaml").read_text("utf-8")
    assert [name for name, stack in stacks.items() if word in json.dumps(stack.template)] == []


def test_a_service_that_reacts_to_nothing_is_not_packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    app = importlib.import_module("services.intake.app")
    monkeypatch.setattr(app, "SUBSCRIPTIONS", Subscriptions("intake", {}))
    rule = {"Rule": {"EventPattern": {"detail-type": subscriptions.PLACEHOLDER}}}

    assert subscriptions.subscribed({"Rule": "none"}, "intake") == {"Rule": "none"}
    with pytest.raises(CannotPackage, match="reacts to no event"):
        subscriptions.subscribed(rule, "intake")


def test_every_queue_has_dead_letters_and_keeps_messages_for_14_days(stacks: Stacks) -> None:
    for stack in stacks.values():
        queues = stack.of_type("AWS::SQS::Queue")
        for name, queue in queues.items():
            assert queue["MessageRetentionPeriod"] == DAYS_14
            assert queue["SqsManagedSseEnabled"] is True
            if name.endswith("DeadLetters"):
                continue
            redrive = queue["RedrivePolicy"]
            dead = f"{name.removesuffix('Queue')}DeadLetters"
            assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}
            assert redrive["maxReceiveCount"] == suspects.LAST_DELIVERY
        for rule in stack.of_type("AWS::Events::Rule").values():
            for target in rule["Targets"] if "EventPattern" in rule else ():
                assert target["DeadLetterConfig"]
                assert target["RetryPolicy"]


def test_a_message_stays_hidden_for_six_times_the_consumers_time(stacks: Stacks) -> None:
    checked = set()
    for stack in stacks.values():
        queues, functions = stack.of_type("AWS::SQS::Queue"), stack.functions()
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
            name, _ = source["EventSourceArn"]["Fn::GetAtt"]
            if name in queues:
                consumer = functions[stack.called(source["FunctionName"])]
                assert queues[name]["VisibilityTimeout"] >= 6 * consumer["Timeout"]
                checked.add(stack.name)
    assert checked == set(SERVICES)


def test_jobs_have_a_queue_and_a_function_of_their_own_one_step_at_a_time(stacks: Stacks) -> None:
    for service in SERVICES:
        app = importlib.import_module(f"services.{service}.app")
        has_jobs = bool(app.SUBSCRIPTIONS.jobs)
        assert has_jobs == (service in JOBBERS) == ("OnJobs" in stacks[service].functions())
    for service in JOBBERS:
        functions = stacks[service].functions()
        computes = service not in CALLS_OTHERS
        assert computes == (
            functions["OnMessages"]["MemorySize"] < functions["OnJobs"]["MemorySize"]
        )
        (source,) = [
            each
            for each in stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
            if each["EventSourceArn"] == {"Fn::GetAtt": ["JobsQueue", "Arn"]}
        ]
        assert stacks[service].called(source["FunctionName"]) == "OnJobs"
        assert source["BatchSize"] == 1


def test_a_job_may_do_what_a_reaction_may(stacks: Stacks) -> None:
    own = re.compile(r"\"Queue\"|:log-group:")
    for service in set(JOBBERS) - CALLS_OTHERS:
        granted: dict[str, set[str]] = {"OnMessagesRole": set(), "OnJobsRole": set()}
        for role, statement in stacks[service].statements():
            place = json.dumps(statement["Resource"], sort_keys=True)
            if role in granted and not own.search(place):
                actions = statement["Action"]
                each = [actions] if isinstance(actions, str) else actions
                granted[role] |= {f"{json.dumps(action)} {place}" for action in each}
        assert granted["OnMessagesRole"]
        assert granted["OnMessagesRole"] <= granted["OnJobsRole"]


def test_what_calls_systems_of_others_reaches_no_person_and_no_secret(stacks: Stacks) -> None:
    for service in CALLS_OTHERS:
        granted = [
            f"{statement['Action']} {json.dumps(statement['Resource'])}"
            for role, statement in stacks[service].statements()
            if role == "OnJobsRole"
        ]
        assert any("JobsQueue" in each for each in granted)
        for place in ("KeysTable", "ssm:", "ses:", "lambda:Invoke", "dynamodb:Query", "index/*"):
            assert not [each for each in granted if place in each], place


def test_a_function_that_feeds_its_own_queue_is_not_taken_for_an_endless_loop(
    stacks: Stacks,
) -> None:
    for service in SERVICES:
        queues = stacks[service].of_type("AWS::SQS::Queue")
        fed = {
            stacks[service].called(source["FunctionName"])
            for source in stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
            if source["EventSourceArn"]["Fn::GetAtt"][0] in queues
        }
        allowed = {
            name
            for name, function in stacks[service].functions().items()
            if function.get("RecursiveLoop") == "Allow"
        }
        assert fed == allowed >= {"OnMessages"}


def test_every_source_of_records_reports_single_failures(stacks: Stacks) -> None:
    for service in SERVICES:
        sources = stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
        for source in sources:
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        (stream,) = [each for each in sources if "MaximumRecordAgeInSeconds" in each]
        assert stream["EventSourceArn"] == {"Fn::GetAtt": ["OutboxTable", "StreamArn"]}
        assert stream["MaximumRecordAgeInSeconds"] > 0
