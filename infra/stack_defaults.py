"""What every stack gets by rule when it is built, so that no file has to remember it.

* Each function publishes a version per release behind the alias `live`, and each of its callers
  names that alias: SnapStart works on published versions only.
* The gateway may call the API's function from the one stage there is.
* Each function has a log group that ends, and alarms on errors, throttles and its timeout; each
  table has one on throttled requests. A stack's own file may say more about any of them.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from infra.reproducible_zip import CannotPackage
from infra.templates import Template, overlay

ALIAS = "live"
NEAR_THE_TIMEOUT = 0.8
# Paths that a function of their own answers, where a stack has it.
OWN_FUNCTIONS = {"/v1/webhooks/": "TakeUpdates"}
# Chalice's: names nobody calls, and an address that is switched off.
_UNUSED_OUTPUTS = ("APIHandlerArn", "APIHandlerName", "EndpointURL")


def finish(template: Template) -> Template:
    """Return a stack as it is deployed."""
    template = deepcopy(template)
    made: Template = {}
    topic = "AlarmTopicArn" if "AlarmTopicArn" in template["Parameters"] else "AlarmTopic"
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        match resource.get("Type"):
            case "AWS::Serverless::Function":
                _publish(resource)
                made |= _log_group(name) | _function_alarms(name, properties, topic)
            case "AWS::Serverless::Api":
                _call_own_functions(properties["DefinitionBody"], template["Resources"])
                _call_aliases(properties["DefinitionBody"])
            case "AWS::Lambda::Permission":
                _permit_one_stage(properties)
            case "AWS::DynamoDB::Table":
                made |= _table_alarms(name, properties, topic)
    for name in _UNUSED_OUTPUTS:
        template.get("Outputs", {}).pop(name, None)
    whole = overlay(made, template["Resources"])
    for name, resource in whole.items():
        if "Type" not in resource:
            raise CannotPackage(f"{name} overrules nothing: no function or table is called so")
    return template | {"Resources": whole}


# versions and aliases -----------------------------------------------------------------------


def _publish(function: Template) -> None:
    """One version at a time: SAM would keep all, and each kept snapshot is paid for."""
    function["Properties"]["AutoPublishAlias"] = ALIAS
    function["DeletionPolicy"] = "Delete"  # SAM hands it on to the version


def for_release(template: Template, parameters: Mapping[str, str]) -> Template:
    """Name the versions by all that they run: code, layers, parameters and the template itself.

    SAM by itself sees a change of code only. It is written into the template, since the emulator
    shows SAM no parameters.
    """
    kept = {key: each for key, each in parameters.items() if key != "Protect"}
    text = json.dumps([template, kept], sort_keys=True)
    release = hashlib.sha256(text.encode()).hexdigest()[:20]
    named = {"Properties": {"AutoPublishCodeSha256": release}}
    functions = {
        name: named
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    return template | {"Resources": overlay(template["Resources"], functions)}


def _call_own_functions(api: Template, resources: Template) -> None:
    """Let the gateway call the function that a stack has for some of its paths."""
    for start, function in OWN_FUNCTIONS.items():
        if function not in resources:
            continue
        for path, methods in api["paths"].items():
            integrations = [each["x-amazon-apigateway-integration"] for each in methods.values()]
            for each in integrations if path.startswith(start) else ():
                uri = each.get("uri")
                if uri is not None:
                    uri["Fn::Sub"] = uri["Fn::Sub"].replace("${APIHandler.", f"${{{function}.")


def _call_aliases(value: Any) -> None:
    """Let every integration name the alias of its function."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if key == "Fn::Sub" and isinstance(each, str) and "/functions/" in each:
            value[key] = re.sub(r"\$\{(\w+)\.Arn\}/invocations", r"${\1.Alias}/invocations", each)
        elif isinstance(each, dict | list):
            _call_aliases(each)


def _permit_one_stage(permission: Template) -> None:
    """Chalice permits every stage to call the function itself."""
    source = permission.get("SourceArn", {}).get("Fn::Sub")
    if isinstance(source, list) and source[0].endswith("${RestAPIId}/*"):
        source[0] = source[0].removesuffix("*") + "${Stage}/*"
        source[1]["Stage"] = {"Ref": "RestAPI.Stage"}
        permission["FunctionName"] = {"Ref": permission["FunctionName"]["Ref"] + ".Alias"}


# logs and alarms ----------------------------------------------------------------------------


def _log_group(name: str) -> Template:
    return {
        f"{name}Log": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{name}}}"},
                "RetentionInDays": {"Ref": "LogRetentionDays"},
            },
        }
    }


def _function_alarms(name: str, properties: Template, topic: str) -> Template:
    errors = {
        "AlarmDescription": "The function fails. Runbook docs/runbooks/function-errors.md",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 300,
        "Threshold": 0,
    }
    throttles = {
        "AlarmDescription": "The function is throttled. "
        "Runbook docs/runbooks/function-throttles.md",
        "MetricName": "Throttles",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 0,
    }
    slow = {
        "AlarmDescription": "The function nearly runs out of time. "
        "Runbook docs/runbooks/function-timeout.md",
        "MetricName": "Duration",
        "Statistic": "Maximum",
        "Period": 300,
        "Threshold": round(properties["Timeout"] * 1000 * NEAR_THE_TIMEOUT),
    }
    kinds = {"Errors": errors, "Throttles": throttles, "Timeout": slow}
    called = properties["FunctionName"]["Fn::Sub"]
    return {
        f"{name}{kind}Alarm": _alarm(
            f"{called}-{kind.lower()}",
            topic,
            {
                "Namespace": "AWS/Lambda",
                "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": name}}],
                **metric,
            },
        )
        for kind, metric in kinds.items()
    }


def _table_alarms(name: str, properties: Template, topic: str) -> Template:
    """One alarm over reads and one over writes, of the table and of each of its indexes.

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
        metrics = [
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
        total = {"Id": "throttled", "Expression": "SUM(FILL(METRICS(), 0))", "ReturnData": True}
        alarm = _alarm(
            f"{properties['TableName']['Fn::Sub']}-{kind.lower()}s-throttled",
            topic,
            {
                "AlarmDescription": f"The table refuses {kind.lower()}s. "
                "Runbook docs/runbooks/table-throttled.md",
                "Metrics": [*metrics, total],
                "EvaluationPeriods": 3,
                "Threshold": 0,
            },
        )
        # The emulator has no alarms over several metrics.
        made[f"{name}{kind}sThrottledAlarm"] = alarm | {"Condition": "IsAws"}
    return made


def _alarm(name: str, topic: str, properties: Template) -> Template:
    common = {
        "AlarmName": {"Fn::Sub": name},
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": topic}],
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": common | properties}
