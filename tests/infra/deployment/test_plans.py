"""What a plan would lose and what it may not protect yet."""

import pytest

from infra.deployment.plans import Change, Plan


@pytest.mark.parametrize(
    ("action", "replacement", "loses"),
    [
        ("Remove", "", True),
        ("Modify", "True", True),
        ("Modify", "Conditional", True),
        ("Modify", "False", False),
        ("Add", "", False),
    ],
)
def test_what_goes_and_what_may_be_made_anew_is_lost(
    action: str, replacement: str, loses: bool
) -> None:
    assert Change(action, "Table", "T", replacement).loses is loses


@pytest.mark.parametrize(
    ("change", "adds", "loses"),
    [
        (Change("Add", "Table", "AWS::DynamoDB::Table", ""), True, False),
        (Change("Add", "Pool", "AWS::Cognito::UserPool", ""), True, False),
        (Change("Modify", "Table", "AWS::DynamoDB::Table", "False"), False, False),
        (Change("Modify", "Queue", "AWS::SQS::Queue", "Conditional"), False, True),
        (Change("Remove", "Queue", "AWS::SQS::Queue", ""), False, True),
        (Change("Add", "Queue", "AWS::SQS::Queue", ""), False, False),
    ],
)
def test_what_a_rollback_would_have_to_delete_is_not_protected_yet_and_what_goes_is_shown_first(
    change: Change, adds: bool, loses: bool
) -> None:
    assert Plan("stack", False, "arn", [change]).adds_protected is adds
    assert Plan("stack", True, "arn", [change]).adds_protected
    assert change.loses is loses


@pytest.mark.parametrize(
    ("action", "resource", "kind", "changed"),
    [
        ("Modify", "CardsRule", "AWS::Events::Rule", True),
        ("Add", "CardsAMRule", "AWS::Events::Rule", True),
        ("Remove", "CardsRule", "AWS::Events::Rule", False),
        ("Modify", "SweepOutboxEveryMinute", "AWS::Events::Rule", False),
        ("Modify", "OverRule", "AWS::Lambda::Function", False),
    ],
)
def test_the_rules_are_named_by_which_a_stack_would_hear_other_events(
    action: str, resource: str, kind: str, changed: bool
) -> None:
    change = Change(action, resource, kind, "")
    said = Plan("stack", False, "arn", [change]).changed_rules
    assert said == ([f"stack {resource}"] if changed else [])
    assert not Plan("new", True, "arn", [change]).changed_rules  # it has heard nothing before
