"""A service's rules are made of the events that it reacts to, and an event stays in its rule."""

from types import SimpleNamespace
from typing import Any

import pytest

from infra.packaging.reproducible_zip import CannotPackage
from infra.packaging.subscriptions import LONGEST_PATTERN, RULE, subscribed
from infra.packaging.templates import Template

WRITTEN: Template = {
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue"},
        RULE: {"Type": "AWS::Events::Rule", "Properties": {"State": "ENABLED"}},
    }
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _rules(monkeypatch: pytest.MonkeyPatch, *names: str) -> dict[str, Any]:
    """The rules of a service that reacts to events of these names."""
    events = [SimpleNamespace(detail_type=lambda name=name: name) for name in names]
    app = SimpleNamespace(SUBSCRIPTIONS=SimpleNamespace(reactions=events))
    monkeypatch.setattr("infra.packaging.subscriptions.app_of", lambda _: app)
    made = subscribed(WRITTEN, "toy")["Resources"]
    assert made.pop("Queue") == WRITTEN["Resources"]["Queue"]
    return {name: rule["Properties"] for name, rule in made.items()}


def test_each_publisher_has_a_rule_with_what_is_heard_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = _rules(monkeypatch, "intake.CaseClosed", "cards.CardLost", "intake.CaseOpened")
    assert rules == {
        "CardsRule": {
            "State": "ENABLED",
            "Name": {"Fn::Sub": "${AWS::StackName}-hears-cards"},
            "EventPattern": {"source": ["ryadom.cards"], "detail-type": ["cards.CardLost"]},
        },
        "IntakeRule": {
            "State": "ENABLED",
            "Name": {"Fn::Sub": "${AWS::StackName}-hears-intake"},
            "EventPattern": {
                "source": ["ryadom.intake"],
                "detail-type": ["intake.CaseClosed", "intake.CaseOpened"],
            },
        },
    }
    assert RULE in WRITTEN["Resources"]


def test_which_of_two_rules_an_event_is_in_follows_from_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that moved from rule to rule would be missed while its stack is updated."""
    many = [f"intake.{letter}{'x' * 90}" for letter in LETTERS]
    whole = LONGEST_PATTERN // len(many[0])
    assert list(_rules(monkeypatch, *many[: whole - 2])) == ["IntakeRule"]
    rules = _rules(monkeypatch, *many)
    assert {name: rule["Name"]["Fn::Sub"][-4:] for name, rule in rules.items()} == {
        "IntakeAMRule": "-a-m", "IntakeNZRule": "-n-z"
    }  # fmt: skip
    heard = [rule["EventPattern"]["detail-type"] for rule in rules.values()]
    assert heard == [many[:13], many[13:]]


@pytest.mark.parametrize("letters", ["A" * 40, "Z" * 40])
def test_a_rule_longer_than_the_bus_takes_is_refused(
    monkeypatch: pytest.MonkeyPatch, letters: str
) -> None:
    many = [f"intake.{letter}{number:090}" for number, letter in enumerate(letters)]
    with pytest.raises(CannotPackage, match=r"^toy reacts to so many events of intake .* 2048"):
        _rules(monkeypatch, *many)


def test_a_service_that_reacts_to_nothing_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotPackage, match=r"toy/app\.py reacts to no event"):
        _rules(monkeypatch)


def test_a_stack_without_a_rule_is_not_asked_for_reactions() -> None:
    without = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    assert subscribed(without, "no such service") == without
