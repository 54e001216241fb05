"""What every stack gets by rule when it is built, so that no file has to remember it.

* Each function publishes a version per release behind the alias `live`, and each of its callers
  names that alias: SnapStart works on published versions only.
* The gateway may call the API's function from the one stage there is.
* Each function has a log group that ends, a role that may write to that alone, and alarms on
  errors, throttles and its timeout; each table has alarms on throttled requests, the rules of a
  stack one on events that nothing took.
* What AWS makes only a few of in a second is made one after the other.
* An alarm without a namespace watches a metric of ours, of its stack's service and stage; each goes
  to the stage's topic for a minute's figure above 0, unless it says otherwise.

A stack's own file says what more a role may, and may say otherwise about any alarm.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

from infra.packaging.alarms import function_alarms, rules_alarm, table_alarms, whole_alarm
from infra.packaging.reproducible_zip import CannotPackage
from infra.packaging.templates import Template, overlay

ALIAS = "live"
# Paths that a function of their own answers, where a stack has it.
OWN_FUNCTIONS = {"/v1/webhooks/": "TakeUpdates"}
# Of these AWS takes 3 (alarms), 5 (groups) and 10 (logs) in a second, and CloudFormation asks for
# all at once: it gives up on one that is refused too often, and undoes the stack.
_IN_TURN = ("AWS::CloudWatch::Alarm", "AWS::Cognito::UserPoolGroup", "AWS::Logs::LogGroup")
# Chalice's: names nobody calls, and an address that is switched off.
_UNUSED_OUTPUTS = ("APIHandlerArn", "APIHandlerName", "EndpointURL")


def finish(template: Template) -> Template:
    """Return a stack as it is deployed."""
    template = deepcopy(template)
    made = rules_alarm(_rules_of_the_bus(template["Resources"]))
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        match resource.get("Type"):
            case "AWS::Serverless::Function":
                _publish(resource)
                _let_log(template["Resources"], properties)
                made |= _log_group(name) | function_alarms(name, properties)
            case "AWS::Serverless::Api":
                # An import may name the API by its title, and alarms find it by its name.
                properties["DefinitionBody"]["info"]["title"] = properties["Name"]
                _call_own_functions(properties["DefinitionBody"], template["Resources"])
                _call_aliases(properties["DefinitionBody"])
            case "AWS::Lambda::Permission":
                _permit_one_stage(properties)
            case "AWS::DynamoDB::Table":
                made |= table_alarms(name, properties)
    for name in _UNUSED_OUTPUTS:
        template.get("Outputs", {}).pop(name, None)
    whole = overlay(made, template["Resources"])
    for name, resource in whole.items():
        if "Type" not in resource:
            raise CannotPackage(f"{name} overrules nothing: no function or table is called so")
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            resource["Properties"] = whole_alarm(resource["Properties"], template["Parameters"])
    _take_turns(whole)
    return template | {"Resources": whole}


def _rules_of_the_bus(resources: Template) -> list[Template]:
    every = [each["Properties"] for each in resources.values() if "Properties" in each]
    return [each for each in every if "EventPattern" in each and "Targets" in each]


def _take_turns(resources: Template) -> None:
    """Let each of a kind wait for the one before it; what a condition may leave out comes last."""
    for kind in _IN_TURN:
        turns = [name for name, each in resources.items() if each["Type"] == kind]
        turns.sort(key=lambda name: ("Condition" in resources[name], name))
        for before, name in pairwise(turns):
            resources[name]["DependsOn"] = [*resources[name].get("DependsOn", ()), before]


# versions and aliases -----------------------------------------------------------------------


def _publish(function: Template) -> None:
    """One version at a time: SAM would keep all, and each kept snapshot is paid for."""
    function["Properties"]["AutoPublishAlias"] = ALIAS
    function["DeletionPolicy"] = "Delete"  # SAM hands it on to the version


def for_release(template: Template, parameters: Mapping[str, str]) -> Template:
    """Name versions and the API by all that they run: code, layers, parameters, the template.

    SAM by itself publishes a version when the code changes and deploys an API when its text does,
    not what a condition makes of it. It is written into the template, since the emulator shows SAM
    no parameters.
    """
    kept = {key: each for key, each in parameters.items() if key != "Protect"}
    text = json.dumps([template, kept], sort_keys=True)
    release = hashlib.sha256(text.encode()).hexdigest()[:20]
    named = {
        "AWS::Serverless::Function": {"AutoPublishCodeSha256": release},
        "AWS::Serverless::Api": {"DefinitionBody": {"info": {"version": release}}},
    }
    changed = {
        name: {"Properties": named[resource["Type"]]}
        for name, resource in template["Resources"].items()
        if resource["Type"] in named
    }
    return template | {"Resources": overlay(template["Resources"], changed)}


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


# roles and logs -------------------------------------------------------------------------------


def _let_log(resources: Template, function: Template) -> None:
    """Let the role of a function be the function's, and write to its log."""
    if not isinstance(function["Role"], dict):
        raise CannotPackage("a function has no role of its own; write one in the stack's YAML")
    role = resources[function["Role"]["Fn::GetAtt"][0]].setdefault("Properties", {})
    lambdas = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    role["AssumeRolePolicyDocument"] = _policy(lambdas | {"Action": "sts:AssumeRole"})
    place = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"
    log = _policy(
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": {"Fn::Sub": f"{place}{function['FunctionName']['Fn::Sub']}:*"},
        }
    )
    logs = {"PolicyName": "logs", "PolicyDocument": log}
    role["Policies"] = [logs, *role.get("Policies", [])]


def _policy(statement: Template) -> Template:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _log_group(name: str) -> Template:
    return {
        f"{name}Log": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{name}}}"},
                "RetentionInDays": {"Ref": "LogRetentionDays"},
            },
        }
    }
