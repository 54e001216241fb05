"""The alarms that functions, tables and rules have, and what every alarm says alike."""

from collections.abc import Iterable, Sequence

from infra.packaging.templates import Template
from shared.observability import NAMESPACE

NEAR_THE_TIMEOUT = 0.8
LATE_MINUTES = 4


_OF_FUNCTIONS: dict[str, Template] = {
    "Errors": {
        "AlarmDescription": "The function fails. Runbook docs/runbooks/function-errors.md",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 300,
    },
    "Throttles": {
        "AlarmDescription": "The function is throttled. "
        "Runbook docs/runbooks/function-throttles.md",
        "MetricName": "Throttles",
        "Statistic": "Sum",
        "EvaluationPeriods": 3,
    },
    "Timeout": {
        "AlarmDescription": "The function nearly runs out of time. "
        "Runbook docs/runbooks/function-timeout.md",
        "MetricName": "Duration",
        "Statistic": "Maximum",
        "Period": 300,
    },
}


def function_alarms(name: str, properties: Template) -> Template:
    """Return the alarms on a function's errors, its throttles and its nearness to the timeout."""
    called = properties["FunctionName"]["Fn::Sub"]
    about = {
        "Namespace": "AWS/Lambda",
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": name}}],
    }
    near = {"Threshold": round(properties["Timeout"] * 1000 * NEAR_THE_TIMEOUT)}
    return {
        f"{name}{kind}Alarm": _alarm(
            f"{called}-{kind.lower()}", about | metric | (near if kind == "Timeout" else {})
        )
        for kind, metric in _OF_FUNCTIONS.items()
    }


def table_alarms(name: str, properties: Template) -> Template:
    """Return an alarm over reads and one over writes of a table and each of its indexes.

    An alarm takes ten metrics at most.
    """
    of_table = [{"Name": "TableName", "Value": {"Ref": name}}]
    indexes = properties.get("GlobalSecondaryIndexes", [])
    places = [of_table] + [
        [*of_table, {"Name": "GlobalSecondaryIndexName", "Value": index["IndexName"]}]
        for index in indexes
    ]
    made: Template = {}
    for kind in ("Read", "Write"):
        watched = {"Namespace": "AWS/DynamoDB", "MetricName": f"{kind}ThrottleEvents"}
        alarm = _alarm(
            f"{properties['TableName']['Fn::Sub']}-{kind.lower()}s-throttled",
            {
                "AlarmDescription": f"The table refuses {kind.lower()}s. "
                "Runbook docs/runbooks/table-throttled.md",
                **_summed(watched, places, minutes=3),
            },
        )
        # The emulator has no alarms over several metrics.
        made[f"{name}{kind}sThrottledAlarm"] = alarm | {"Condition": "IsAws"}
    return made


def rules_alarm(rules: Iterable[Template]) -> Template:
    """Return the alarm over the rules of a bus, on events that not even dead letters have taken."""
    places = [
        [
            {"Name": "EventBusName", "Value": rule["EventBusName"]},
            {"Name": "RuleName", "Value": rule["Name"]},
        ]
        for rule in sorted(rules, key=lambda rule: str(rule["Name"]["Fn::Sub"]))
    ]
    if not places:
        return {}
    watched = {"Namespace": "AWS/Events", "MetricName": "InvocationsFailedToBeSentToDlq"}
    alarm = _alarm(
        "${AWS::StackName}-events-lost",
        {
            "AlarmDescription": "An event reached neither the queue nor the dead letters. "
            "Runbook docs/runbooks/dead-letters.md",
            **_summed(watched, places, minutes=1),
        },
    )
    # The emulator has no alarms over several metrics.
    return {"EventsLostAlarm": alarm | {"Condition": "IsAws"}}


def _summed(watched: Template, places: Sequence[Sequence[Template]], *, minutes: int) -> Template:
    """Return what an alarm says that looks at the sum of a metric of several places.

    Where a place has no figure FILL says 0, so also for the latest minutes, whose figures come
    late: an alarm that asked for these would never ring.
    """
    metrics: list[Template] = [
        {
            "Id": f"m{number}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": watched | {"Dimensions": place},
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for number, place in enumerate(places)
    ]
    total = {"Id": "total", "Expression": "SUM(FILL(METRICS(), 0))", "ReturnData": True}
    return {
        "Metrics": [*metrics, total],
        "EvaluationPeriods": minutes + LATE_MINUTES,
        "DatapointsToAlarm": minutes,
    }


def _alarm(name: str, properties: Template) -> Template:
    named = {"AlarmName": {"Fn::Sub": name}}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": named | properties}


def whole_alarm(properties: Template, parameters: Template) -> Template:
    """Return an alarm with what its stack's file does not say."""
    topic = "AlarmTopicArn" if "AlarmTopicArn" in parameters else "AlarmTopic"
    common: Template = {
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": topic}],
    }
    if "MetricName" in properties:
        common["Period"] = 60
        service = {"Ref": "Service"} if "Service" in parameters else "platform"
        ours = {"service": service, "stage": {"Ref": "Stage"}}
        common["Dimensions"] = [{"Name": name, "Value": value} for name, value in ours.items()]
        common["Namespace"] = NAMESPACE
    return common | properties
