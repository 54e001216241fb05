"""What a stack gets by rule, and how its own file may say otherwise."""

from copy import deepcopy
from typing import Any

import pytest

from infra.reproducible_zip import CannotPackage
from infra.stack_defaults import finish, for_release


def _template(**more: Any) -> dict[str, Any]:
    work = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"FunctionName": {"Fn::Sub": "${AWS::StackName}-work"}, "Timeout": 10},
    }
    return {"Parameters": {"AlarmTopicArn": {}}, "Resources": {"Work": work} | more}


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
