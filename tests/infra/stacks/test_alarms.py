"""Alarms, the dashboard and the runbooks they name."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from infra.packaging.templates import read
from infra.services import INFRA, ROOT, app_folders, service_names
from tests.infra.stack_reader import Stack, Stacks

SERVICES = service_names()


def _alarms(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of_type("AWS::CloudWatch::Alarm")


def _watched(stack: Stack) -> set[str]:
    told = [alarm for alarm in _alarms(stack).values() if "MetricName" in alarm]
    return {f"{alarm['Namespace']}/{alarm['MetricName']}" for alarm in told}


def test_every_service_watches_what_can_go_wrong(stacks: Stacks) -> None:
    for service in SERVICES:
        assert _watched(stacks[service]) >= {
            "AWS/SQS/ApproximateNumberOfMessagesVisible",
            "AWS/SQS/ApproximateAgeOfOldestMessage",
            "AWS/Lambda/Errors",
            "AWS/Lambda/Throttles",
            "AWS/ApiGateway/5XXError",
            "Ryadom/outbox_lag",
            "Ryadom/deadline_lag",
            "Ryadom/deadline_stuck",
            "Ryadom/parked_overdue",
            "Ryadom/reference_stale",
            "Ryadom/quarantined",
        }


def _dimensions(told: dict[str, Any]) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in told["Dimensions"]}


def _of_queues(stack: Stack, metric: str) -> dict[str, dict[str, Any]]:
    """The alarms on a metric of SQS, by the queue that each watches."""
    return {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]: alarm
        for alarm in _alarms(stack).values()
        if alarm.get("MetricName") == metric
    }


@pytest.mark.requirement("X-02")
def test_the_first_dead_letter_and_the_age_of_every_queue_are_alarms(stacks: Stacks) -> None:
    for service in SERVICES:
        queues = stacks[service].of_type("AWS::SQS::Queue").keys()
        dead = {name for name in queues if name.endswith("DeadLetters")}

        letters = _of_queues(stacks[service], "ApproximateNumberOfMessagesVisible")
        ages = _of_queues(stacks[service], "ApproximateAgeOfOldestMessage")

        assert dead and ({*letters}, {*ages}) == (dead, queues - dead)
        for alarm in letters.values():
            assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
            assert alarm["EvaluationPeriods"] == 1


# What an alarm says whom it watches by; under another name it would wait for ever.
WATCHED_BY = {
    "AWS/ApiGateway": {"ApiName"},
    "AWS/Lambda": {"FunctionName"},
    "AWS/SQS": {"QueueName"},
    "AWS/WAFV2": {"Region", "Rule", "WebACL"},
    "Ryadom": {"service", "stage"},
}


# Metrics as AWS calls them; another name would be waited for without a word.
OF_AWS_BY_NAME = {
    "AWS/ApiGateway": {"5XXError"},
    "AWS/Lambda": {"Duration", "Errors", "Throttles"},
    "AWS/SQS": {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
    "AWS/WAFV2": {"BlockedRequests"},
}


def test_an_alarm_on_what_aws_tells_calls_it_by_its_name(stacks: Stacks) -> None:
    found: dict[str, set[str]] = {}
    for stack in stacks.values():
        for alarm in _alarms(stack).values():
            if alarm.get("Namespace", "Ryadom") != "Ryadom":
                found.setdefault(alarm["Namespace"], set()).add(alarm["MetricName"])
    assert found == OF_AWS_BY_NAME


def test_an_alarm_names_whom_it_watches_as_that_metric_does(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, alarm in _alarms(stack).items():
            if "Metrics" not in alarm:  # those of tables are held below
                named = WATCHED_BY[alarm["Namespace"]]
                assert set(_dimensions(alarm)) == named, (stack.name, name)


# Our own metrics that somebody must be called for, by the part of a service that tells them.
OF_PARTS = {
    "people.yaml": {"sign_in_breaker_open"},
    "public_forms.yaml": {"stranger_breaker_open"},
    "jobs.yaml": {"job_gave_up"},
    "service.yaml": {
        "deadline_lag", "deadline_stuck", "outbox_lag", "parked_overdue",
        "production_calendar_missing", "quarantined", "reference_stale",
    },
}  # fmt: skip
OF_STACKS = {
    "intake": {"secret_unreadable"},
    "matching": {"introduction_overdue", "follow_up_missed"},
    "notifications": {
        "bot_subscription_lost", "channel_opened", "message_failed", "message_outcome_unknown",
        "message_unknown_age", "provider_missing", "secret_unreadable",
    },
    "platform": {
        "account_unchecked", "identity_keys_unreachable", "revoked_token_used", "token_refused",
    },
    "till": {
        "card_check_refused", "card_check_throttled", "store_key_locked", "store_key_refused",
    },
}  # fmt: skip


def test_each_metric_that_somebody_must_be_called_for_has_its_alarm(stacks: Stacks) -> None:
    for name, stack in stacks.items():
        expected = Counter(OF_STACKS.get(name, ()))
        for part in read(INFRA / f"{name}.yaml").get("Metadata", {}).get("Includes", ()):
            expected.update(OF_PARTS.get(part, ()))
        if name in SERVICES:  # a sweeper that is late, and one that is silent
            expected.update(("deadline_lag", "outbox_lag"))
        told = [each for each in _alarms(stack).values() if each.get("Namespace") == "Ryadom"]
        assert Counter(each["MetricName"] for each in told) == expected, name


def test_the_promises_to_families_and_stores_are_watched(stacks: Stacks) -> None:
    watched = {"Ryadom/introduction_overdue", "Ryadom/follow_up_missed"}
    assert watched <= _watched(stacks["matching"])
    assert "Ryadom/message_failed" in _watched(stacks["notifications"])
    watched = {"Ryadom/card_check_refused", "Ryadom/store_key_locked"}
    watched.add("Ryadom/card_check_throttled")
    assert watched <= _watched(stacks["till"])


def test_errors_throttles_and_the_timeout_of_every_function_are_watched(stacks: Stacks) -> None:
    for stack in stacks.values():
        for metric, by in (("Errors", "Sum"), ("Throttles", "Sum"), ("Duration", "Maximum")):
            watched = {
                alarm["Dimensions"][0]["Value"]["Ref"]: alarm
                for alarm in _alarms(stack).values()
                if (alarm.get("MetricName"), alarm.get("Statistic")) == (metric, by)
            }
            assert set(watched) == set(stack.functions()), (stack.name, metric)
        for name, function in stack.functions().items():
            limit = _alarms(stack)[f"{name}TimeoutAlarm"]
            assert limit["Threshold"] == function["Timeout"] * 800


def test_throttles_of_every_table_and_index_are_watched(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, table in stack.of_type("AWS::DynamoDB::Table").items():
            place = {"TableName": {"Ref": name}}
            indexes = [each["IndexName"] for each in table.get("GlobalSecondaryIndexes", ())]
            places = [place, *(place | {"GlobalSecondaryIndexName": each} for each in indexes)]
            for kind in ("Read", "Write"):
                alarm = _alarms(stack)[f"{name}{kind}sThrottledAlarm"]
                assert (alarm["Threshold"], alarm["DatapointsToAlarm"]) == (0, 3)
                *metrics, total = alarm["Metrics"]
                told = ("AWS/DynamoDB", f"{kind}ThrottleEvents")
                stats = [each["MetricStat"] for each in metrics]
                assert [_dimensions(each["Metric"]) for each in stats] == places
                assert {
                    (each["Metric"]["Namespace"], each["Metric"]["MetricName"]) for each in stats
                } == {told}
                assert {(each["Stat"], each["Period"]) for each in stats} == {("Sum", 60)}
                assert not any(each["ReturnData"] for each in metrics)
                assert (total["Expression"], total["ReturnData"]) == (
                    "SUM(FILL(METRICS(), 0))",
                    True,
                )


def test_a_sum_that_is_filled_up_waits_for_its_latest_minutes(stacks: Stacks) -> None:
    """The figures of AWS come a minute or more late, and until then FILL says 0 for them.

    An alarm that asks for the latest minute would never ring, says AWS of FILL.
    """
    filled = {
        (stack.name, name): alarm["EvaluationPeriods"] - alarm["DatapointsToAlarm"]
        for stack in stacks.values()
        for name, alarm in _alarms(stack).items()
        if "FILL" in json.dumps(alarm.get("Metrics", []))
    }
    assert filled and {each for each, late in filled.items() if late < 3} == set()


def test_an_event_that_nothing_took_is_noticed(stacks: Stacks) -> None:
    """A rule that may fill neither its queue nor the dead letters drops events without a word."""
    for service in SERVICES:
        rules = stacks[service].of_type("AWS::Events::Rule").values()
        # Of a bus of its own a rule has two names here; under one it would be that of the default.
        heard = [
            {"EventBusName": each["EventBusName"], "RuleName": each["Name"]}
            for each in rules
            if "EventPattern" in each
        ]
        alarm = _alarms(stacks[service])["EventsLostAlarm"]
        *metrics, total = alarm["Metrics"]
        stats = [each["MetricStat"] for each in metrics]
        by_name = sorted(heard, key=lambda each: str(each["RuleName"]))
        assert by_name == [_dimensions(each["Metric"]) for each in stats]
        assert {(each["Metric"]["Namespace"], each["Metric"]["MetricName"]) for each in stats} == {
            ("AWS/Events", "InvocationsFailedToBeSentToDlq")
        }
        assert {(each["Stat"], each["Period"]) for each in stats} == {("Sum", 60)}
        assert not any(each["ReturnData"] for each in metrics)
        assert (total["Expression"], total["ReturnData"]) == ("SUM(FILL(METRICS(), 0))", True)
        assert (alarm["Threshold"], alarm["DatapointsToAlarm"]) == (0, 1)
        assert "EventsLostAlarm" not in stacks[service].resources("local")


def test_the_failures_of_an_api_are_watched_under_the_one_name_that_it_has(stacks: Stacks) -> None:
    for name in app_folders():
        (api,) = stacks[name].of_type("AWS::ApiGateway::RestApi").values()
        assert api["Name"] == api["Body"]["info"]["title"] == {"Fn::Sub": "${AWS::StackName}"}
        alarm = _alarms(stacks[name])["ApiFailuresAlarm"]
        assert alarm["Dimensions"] == [{"Name": "ApiName", "Value": {"Ref": "AWS::StackName"}}]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApiGateway", "5XXError")


def test_every_sweeper_that_falls_silent_is_noticed(stacks: Stacks) -> None:
    """A dead sweeper tells nothing, and with it goes every figure that an alarm could see."""
    for service in SERVICES:
        rules = stacks[service].of_type("AWS::Events::Rule").values()
        sweepers = [each for each in rules if "ScheduleExpression" in each]
        silent = {
            alarm["MetricName"]
            for alarm in _alarms(stacks[service]).values()
            if alarm["TreatMissingData"] == "breaching"
            and (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"])
            == ("SampleCount", "LessThanThreshold", 1)
            # Longer than one lost minute, so that it rings for a dead one only.
            and 300 <= alarm["Period"] * alarm["EvaluationPeriods"] <= 600
        }
        assert silent == {"outbox_lag", "deadline_lag"}
        assert len(sweepers) == len(silent)


def test_our_own_metrics_are_looked_for_under_service_and_stage(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, alarm in _alarms(stack).items():
            if alarm.get("Namespace") == "Ryadom":
                told = _dimensions(alarm)
                assert set(told) == {"service", "stage"}, (stack.name, name)
                assert told["stage"] == {"Ref": "Stage"}


def test_a_metric_is_told_and_looked_for_under_one_service(stacks: Stacks) -> None:
    """A function without SERVICE tells its figures as `unknown`, which no alarm looks at."""
    for stack in stacks.values():
        alarms = [each for each in _alarms(stack).values() if each.get("Namespace") == "Ryadom"]
        watched = {json.dumps(_dimensions(each)["service"]) for each in alarms}
        told = {
            json.dumps(stack.environment(each).get("SERVICE"))
            for each in stack.functions().values()
        }
        assert watched == told and len(told) == 1, (stack.name, watched, told)


def test_a_stage_has_one_dashboard_and_it_shows_that_stage_alone(stacks: Stacks) -> None:
    (board,) = [
        each for stack in stacks.values()
        for each in stack.of_type("AWS::CloudWatch::Dashboard").values()
    ]  # fmt: skip
    text = re.sub(r"\$\{[^}]*\}", "test", board["DashboardBody"]["Fn::Sub"])
    searches = [
        metric["expression"]
        for widget in json.loads(text)["widgets"]
        if widget["type"] == "metric"
        for (metric,) in widget["properties"]["metrics"]
    ]
    assert searches
    watched = set().union(*map(_watched, stacks.values()))
    for search in searches:
        ours = search.startswith("SEARCH('{Ryadom,service,stage} MetricName=")
        assert ('stage="test"' in search) if ours else search.split("'")[1].endswith(" test")
        if ours:
            (name,) = re.findall(r'MetricName="(\w+)"', search)
            assert f"Ryadom/{name}" in watched


def test_every_alarm_tells_somebody_and_names_a_runbook_that_exists(stacks: Stacks) -> None:
    named = set()
    for stack in stacks.values():
        for name, alarm in _alarms(stack).items():
            found = re.search(r"docs/runbooks/[a-z0-9-]+\.md", alarm["AlarmDescription"])
            assert found, (stack.name, name)
            assert (ROOT / found[0]).is_file(), found[0]
            topic = "AlarmTopic" if stack.name == "platform" else "AlarmTopicArn"
            assert alarm["AlarmActions"] == [{"Ref": topic}] and "ActionsEnabled" not in alarm
            rings = (alarm["ComparisonOperator"], alarm["TreatMissingData"])
            silent = alarm.get("Statistic") == "SampleCount"
            assert rings == (
                ("LessThanThreshold", "breaching")
                if silent
                else ("GreaterThanThreshold", "notBreaching")
            ), name
            named.add(found[0])
    kept = {f"docs/runbooks/{path.name}" for path in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert kept - {"docs/runbooks/README.md"} == named, "a runbook nothing leads to"


# What is borne before somebody is called, and in how many seconds, as the runbooks say: seconds by
# their maximum, all else by its sum (each is told as 1, so the maximum of many would be 1 as well).
# By the metric, or by the alarm where it differs from others of its metric.
BORNE = {
    "5XXError": ("Average", 0.005, 300),
    "ApproximateAgeOfOldestMessage": ("Maximum", 300, 60),
    "AuthorizerErrorsAlarm": ("Sum", 50, 300),
    "JobsQueueAgeAlarm": ("Maximum", 1800, 60),
    "account_unchecked": ("Sum", 20, 300),
    "card_check_refused": ("Sum", 50, 300),
    "deadline_lag": ("Maximum", 300, 60),
    "identity_keys_unreachable": ("Sum", 1, 600),
    "message_outcome_unknown": ("Sum", 5, 300),
    "message_unknown_age": ("Maximum", 900, 300),
    "outbox_lag": ("Maximum", 120, 60),
    "secret_unreadable": ("Sum", 1, 600),
    "store_key_refused": ("Sum", 20, 300),
    "token_refused": ("Sum", 200, 300),
}
OF_AWS = OF_AWS_BY_NAME.keys()


def test_an_alarm_rings_soon_and_for_little(stacks: Stacks) -> None:
    """One that waits for a thousand, for a day or for the least is as good as none."""
    for stack in stacks.values():
        for name, alarm in _alarms(stack).items():
            metrics = [each.get("MetricStat", {}) for each in alarm.get("Metrics", ())]
            period = max(each.get("Period", 0) for each in metrics or [alarm])
            hourly = alarm.get("MetricName") == "bot_subscription_lost"  # it is looked at each hour
            longest = 3600 if hourly else 600
            assert 0 < period * alarm["EvaluationPeriods"] <= longest, (stack.name, name)
            # Figures of AWS come each minute; for less CloudWatch has none, or refuses the alarm.
            assert period % 60 == 0, (stack.name, name)
            if metrics:
                continue  # of tables: held above
            assert alarm["Namespace"] == "Ryadom" or alarm["Namespace"] in OF_AWS, name
            metric = alarm["MetricName"]
            if metric == "Duration" or alarm["Statistic"] == "SampleCount":
                continue
            told = (alarm["Statistic"], alarm["Threshold"], period)
            borne = BORNE.get(name, BORNE.get(metric))
            at_once = told in (("Sum", 0, period), ("Maximum", 0, period))
            assert told == borne if borne else at_once, (stack.name, name)
            times = 3 if metric == "Throttles" else 1
            assert alarm["EvaluationPeriods"] == times, (stack.name, name)


def test_an_alarm_reaches_its_encrypted_topic_and_the_address_of_the_stage(stacks: Stacks) -> None:
    platform = stacks["platform"]
    assert not platform.of_type("AWS::SNS::Subscription")
    (mail,) = platform.where(AlarmEmail="a@b").of_type("AWS::SNS::Subscription").values()
    (topic,) = platform.of_type("AWS::SNS::Topic")
    assert mail == {
        "TopicArn": {"Ref": topic}, "Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}
    }  # fmt: skip
    key = platform.of_type("AWS::SNS::Topic")[topic]["KmsMasterKeyId"]["Ref"]
    policy = platform.of_type("AWS::KMS::Key")[key]["KeyPolicy"]
    # Without it CloudWatch fails silently.
    (allowed,) = [each for each in policy["Statement"] if "Service" in each["Principal"]]
    assert (allowed["Effect"], allowed["Principal"]) == (
        "Allow", {"Service": "cloudwatch.amazonaws.com"}
    )  # fmt: skip
    assert set(allowed["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert allowed["Resource"] == "*" and "Condition" not in allowed


def test_every_metric_that_an_alarm_watches_is_told_by_its_own_functions(stacks: Stacks) -> None:
    """An alarm sees what its own service tells, so what another one tells it would wait for."""
    for stack in stacks.values():
        folders = ["shared", app_folders().get(stack.name, "shared")]
        code = "\n".join(
            path.read_text("utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")
        )
        for alarm in _alarms(stack).values():
            if alarm.get("Namespace") == "Ryadom":
                assert f'"{alarm["MetricName"]}"' in code, (stack.name, alarm["MetricName"])
