"""What a stack gets by rule, and how its own file may say otherwise."""

from copy import deepcopy
from typing import Any

import pytest

from infra.packaging.reproducible_zip import CannotPackage
from infra.packaging.stack_defaults import finish, for_release


def _template(**more: Any) -> dict[str, Any]:
    work = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "FunctionName": {"Fn::Sub": "${AWS::StackName}-work"},
            "Timeout": 10,
            "Role": {"Fn::GetAtt": ["WorkRole", "Arn"]},
        },
    }
    role = {"Type": "AWS::IAM::Role"}
    resources = {"Work": work, "WorkRole": role} | more
    return {"Parameters": {"AlarmTopicArn": {}, "Service": {}}, "Resources": resources}


def test_a_role_may_write_the_log_of_its_function_and_what_its_stack_says() -> None:
    reads = {"PolicyName": "read", "PolicyDocument": {}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [reads]}}
    made = finish(_template(WorkRole=role))["Resources"]["WorkRole"]["Properties"]
    logs, told = made["Policies"]
    (statement,) = logs["PolicyDocument"]["Statement"]
    assert told == reads
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"]["Fn::Sub"].endswith(":/aws/lambda/${AWS::StackName}-work:*")
    (trusted,) = made["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_a_function_without_a_role_of_its_own_is_refused() -> None:
    template = _template()
    template["Resources"]["Work"]["Properties"]["Role"] = "replaced-by-infra"
    with pytest.raises(CannotPackage, match="no role of its own"):
        finish(template)


def test_an_alarm_watches_a_metric_of_ours_unless_it_names_another() -> None:
    of_aws = {"Namespace": "AWS/SQS", "MetricName": "m", "Dimensions": [], "Period": 300}
    alarms = {
        "Ours": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "lag"}},
        "Theirs": {"Type": "AWS::CloudWatch::Alarm", "Properties": of_aws},
        "Several": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": []}},
    }
    made = finish(_template(**alarms))["Resources"]
    ours, theirs, several = (made[name]["Properties"] for name in alarms)
    assert (ours["Namespace"], ours["Period"]) == ("Ryadom", 60)
    assert ours["Dimensions"] == [
        {"Name": "service", "Value": {"Ref": "Service"}},
        {"Name": "stage", "Value": {"Ref": "Stage"}},
    ]
    assert theirs.items() >= of_aws.items()
    assert several.keys().isdisjoint({"Namespace", "Period", "Dimensions"})
    assert ours["AlarmActions"] == theirs["AlarmActions"] == several["AlarmActions"]


def test_a_stack_may_overrule_what_it_gets_by_rule() -> None:
    own = {"Properties": {"Threshold": 5}}
    made = finish(_template(WorkErrorsAlarm=own))["Resources"]
    assert made["WorkErrorsAlarm"]["Properties"]["Threshold"] == 5
    assert made["WorkErrorsAlarm"]["Properties"]["MetricName"] == "Errors"
    assert made["WorkThrottlesAlarm"]["Properties"]["Threshold"] == 0


def test_what_overrules_nothing_is_refused() -> None:
    with pytest.raises(CannotPackage, match="WrokErrorsAlarm overrules nothing"):
        finish(_template(WrokErrorsAlarm={"Properties": {"Threshold": 5}}))


def test_the_template_that_was_read_stays_as_it_was() -> None:
    template = _template()
    before = deepcopy(template)
    for_release(finish(template), {"Stage": "test"})
    assert template == before


def test_what_chalice_tells_of_addresses_that_are_off_is_left_out() -> None:
    template = _template() | {"Outputs": {"EndpointURL": {}, "RestAPIId": {}}}
    assert set(finish(template)["Outputs"]) == {"RestAPIId"}
