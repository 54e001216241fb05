"""Rules, queues and their consumers as they are deployed."""

import importlib
import json
import re
from fnmatch import fnmatchcase
from typing import Any
from unittest.mock import Mock

import pytest

from infra.packaging import subscriptions
from infra.packaging.reproducible_zip import CannotPackage
from infra.packaging.stack_defaults import ALIAS
from infra.packaging.templates import read
from infra.services import INFRA, service_names
from shared.messaging import suspects
from shared.messaging.subscriptions import Subscriptions
from tests.infra.stack_reader import Stack, Stacks, actions, targets

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


def _rules(stack: Stack) -> dict[str, dict[str, Any]]:
    """The rules of the bus, without those that only keep time."""
    found = stack.of_type("AWS::Events::Rule")
    return {name: rule for name, rule in found.items() if "EventPattern" in rule}


@LISTENING
def test_the_rules_as_they_are_deployed_list_what_their_service_reacts_to(
    stacks: Stacks, service: str
) -> None:
    app = importlib.import_module(f"services.{service}.app")
    heard = []
    for name, rule in _rules(stacks[service]).items():
        of_rule = rule["EventPattern"]["detail-type"]
        (publisher,) = {each.partition(".")[0] for each in of_rule}
        assert rule["EventPattern"]["source"] == [f"ryadom.{publisher}"]
        assert name.lower().startswith(publisher)
        heard += of_rule
        # EventBridge counts the pattern as it is sent, and takes no more of an account by default.
        assert len(json.dumps(rule["EventPattern"])) <= 2048, (service, name)
    assert sorted(heard) == sorted(event.detail_type() for event in app.SUBSCRIPTIONS.reactions)


def _may_fill(stack: Stack) -> dict[str, dict[str, Any]]:
    """The one statement of each queue's own policy: SQS takes no second resource in one."""
    found = {}
    for policy in stack.of_type("AWS::SQS::QueuePolicy").values():
        (queue,), (statement,) = policy["Queues"], policy["PolicyDocument"]["Statement"]
        assert statement["Resource"] == {"Fn::GetAtt": [queue["Ref"], "Arn"]}
        found[queue["Ref"]] = statement
    return found


@LISTENING
def test_only_the_rules_of_a_stack_may_fill_its_queue(stacks: Stacks, service: str) -> None:
    filled = _may_fill(stacks[service])
    events = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}}
    for statement in filled.values():
        assert statement.items() >= {**events, "Action": "sqs:SendMessage"}.items()
        allowed = statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
        place, _, name = allowed.partition(":rule/${BusName}/")
        assert place == "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}"
        assert name == "${AWS::StackName}-hears-*"
    for rule in _rules(stacks[service]).values():
        assert rule["EventBusName"] == {"Ref": "BusName"}
        assert fnmatchcase(rule["Name"]["Fn::Sub"], name.replace("$", "[$]"))
        (target,) = rule["Targets"]
        # What the bus cannot hand over is a dead letter at once: it may fill that queue too.
        places = (target["Arn"], target["DeadLetterConfig"]["Arn"])
        assert {place["Fn::GetAtt"][0] for place in places} == filled.keys()


def test_a_rule_is_made_after_it_may_hand_over_and_goes_before(stacks: Stacks) -> None:
    """EventBridge tries nothing again that it may not do, and its dead letters need the same."""
    for service in SERVICES:
        whole = stacks[service].resources()
        policies = [*stacks[service].of_type("AWS::SQS::QueuePolicy")]
        for name in _rules(stacks[service]):
            assert sorted(whole[name]["DependsOn"]) == sorted(policies)


def _reacting_to(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    events: Any = {Mock(**{"detail_type.return_value": name}): () for name in names}
    app = importlib.import_module("services.intake.app")
    monkeypatch.setattr(app, "SUBSCRIPTIONS", Subscriptions("intake", events))


RULE: dict[str, Any] = {"Resources": {"Rule": {"Properties": {}}}}


def test_a_service_that_reacts_to_nothing_is_not_packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    _reacting_to(monkeypatch)
    assert subscriptions.subscribed({"Resources": {}}, "intake") == {"Resources": {}}
    with pytest.raises(CannotPackage, match="reacts to no event"):
        subscriptions.subscribed(RULE, "intake")


def test_a_rule_that_eventbridge_would_refuse_is_not_packaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"matching.SomethingThatHappenedToMatch{number:03}" for number in range(40)]
    _reacting_to(monkeypatch, *names)
    made = subscriptions.subscribed(RULE, "intake")["Resources"]
    assert made["MatchingRule"]["Properties"]["EventPattern"]["detail-type"] == names
    _reacting_to(monkeypatch, *names, *(name.replace("Happened", "Befell") for name in names))
    with pytest.raises(CannotPackage, match="so many events of matching"):
        subscriptions.subscribed(RULE, "intake")


def test_of_many_events_there_are_two_rules_by_the_event_s_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [f"matching.{initial}{'a' * 40}{n:02}" for initial in "AMNZ" for n in range(11)]
    _reacting_to(monkeypatch, *many)
    made = subscriptions.subscribed(RULE, "intake")["Resources"]
    found = {name: rule["Properties"]["EventPattern"]["detail-type"] for name, rule in made.items()}
    assert found == {"MatchingAMRule": many[:22], "MatchingNZRule": many[22:]}
    assert made["MatchingNZRule"]["Properties"]["Name"] == {
        "Fn::Sub": "${AWS::StackName}-hears-matching-n-z"
    }


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
        for rule in _rules(stack).values():
            for target in rule["Targets"]:
                assert target["DeadLetterConfig"]
                assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86_400
                assert target["RetryPolicy"]["MaximumRetryAttempts"] == 185


def test_no_rule_is_switched_off(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, rule in stack.of_type("AWS::Events::Rule").items():
            assert rule.get("State", "ENABLED") == "ENABLED", (stack.name, name)


def test_a_minutes_sweep_never_waits_behind_those_of_hours(stacks: Stacks) -> None:
    """Lambda keeps what finds no place for six hours, and takes it up ever more slowly."""
    for service in SERVICES:
        rules = stacks[service].of_type("AWS::Events::Rule").values()
        timed = [each["Targets"][0]["Arn"] for each in rules if "ScheduleExpression" in each]
        kept = {
            each["FunctionName"]["Ref"]: each
            for each in stacks[service].of_type("AWS::Lambda::EventInvokeConfig").values()
        }
        assert kept.keys() == {stacks[service].called(each) for each in timed}
        for each in kept.values():
            # The next minute's does the work of one that failed.
            assert (each["MaximumEventAgeInSeconds"], each["MaximumRetryAttempts"]) == (60, 0)
            assert each["Qualifier"] == ALIAS, "of the alias that the rule calls"
            assert not each.get("DestinationConfig"), "a way out"


def test_a_message_stays_hidden_for_six_times_the_consumers_time(stacks: Stacks) -> None:
    checked = set()
    for stack in stacks.values():
        queues, functions = stack.of_type("AWS::SQS::Queue"), stack.functions()
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
            name, _ = source["EventSourceArn"]["Fn::GetAtt"]
            if name in queues:
                consumer = functions[stack.called(source["FunctionName"])]
                assert queues[name]["VisibilityTimeout"] == 6 * consumer["Timeout"]
                checked.add(stack.name)
    assert checked == set(SERVICES)


def test_jobs_have_a_queue_and_a_function_of_their_own_one_step_at_a_time(stacks: Stacks) -> None:
    for service in SERVICES:
        app = importlib.import_module(f"services.{service}.app")
        has_jobs = bool(app.SUBSCRIPTIONS.jobs)
        assert has_jobs == (service in JOBBERS) == ("OnJobs" in stacks[service].functions())
    for service in JOBBERS:
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


# What Lambda itself does in the name of a function's role.
READS = {
    "Arn": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "StreamArn": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
}


def test_a_function_may_read_the_source_of_its_records(stacks: Stacks) -> None:
    """By its role itself: Lambda looks when the source is made, before a policy beside the role."""
    for stack in stacks.values():
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
            place = source["EventSourceArn"]
            function = stack.functions()[stack.called(source["FunctionName"])]
            role, _ = function["Role"]["Fn::GetAtt"]
            may = {
                action
                for name, statement in stack.statements()
                for action in actions(statement)
                if name == role
                and (place in targets(statement) or action == "dynamodb:ListStreams")
            }
            kind = place["Fn::GetAtt"][1]
            assert may >= READS[kind], (stack.name, place)
            assert kind == "Arn" or "dynamodb:ListStreams" in may


def test_every_source_of_records_reports_single_failures(stacks: Stacks) -> None:
    for service in SERVICES:
        sources = stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
        for source in sources:
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert source.get("Enabled", True) is True
        (stream,) = [each for each in sources if "MaximumRecordAgeInSeconds" in each]
        # A row that kills its worker is alone in the end, and soon left to the sweeper.
        told = {
            "EventSourceArn": {"Fn::GetAtt": ["OutboxTable", "StreamArn"]},
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 25,
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 5,
            "MaximumRecordAgeInSeconds": 600,
            "FilterCriteria": {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]},
        }
        assert {name: stream.get(name) for name in told} == told
        assert all("ScalingConfig" in each for each in sources if each is not stream)
