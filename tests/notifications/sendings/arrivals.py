"""What carriers tell of the arrival of messages, and what is made of it."""

from typing import Any

from infra.local_platform.fake_carriers import call_back
from shared.events import intake
from tests.notifications.carrier_stage import Stage
from tests.notifications.fakes import ADDRESS, OF_CASE
from tests.notifications.news import RECEIVED
from tests.notifications.work_items.inbox import items


def only(stage: Stage, *names: str) -> None:
    """Let the stage have these carriers; those that can, report arrivals."""
    known = stage.server.configuration()
    reports = ("smsc", "sms_aero", "ses")
    stage.configure(**{n: known[n] | ({"reports": True} if n in reports else {}) for n in names})


def way(stage: Stage) -> tuple[str, str | None, list[str]]:
    message = stage.message()
    return message["status"], message["channel"], message["doubts"]


def arrived(stage: Stage) -> None:
    """Its provider says that the text message to the holder has arrived."""
    hear(stage, stage.message()["message_id"])


def hear(stage: Stage, message_id: str) -> None:
    """The provider of text messages says that one has arrived."""
    said = call_back("smsc", message_id, ADDRESS)
    api = stage.harness.world.api("notifications", None)
    answer = api.call("POST", "/webhooks/smsc", said.body, headers=said.headers)
    assert answer.status == 200
    stage.harness.world.settle()


def events(stage: Stage, *names: str) -> list[dict[str, Any]]:
    """What was published about the message to the holder."""
    about = stage.message()["message_id"]
    found = [one for name in names for one in stage.harness.world.events(f"notifications.{name}")]
    return [one for one in found if one["data"]["message_id"] == about]


def tell_two(stage: Stage) -> None:
    """Two news for the family, too far from each other for one message."""
    stage.harness.tell(RECEIVED)
    stage.let_pass(minutes=11)
    stage.harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))


def of_family(stage: Stage) -> list[dict[str, Any]]:
    return [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "family"]


def checks(stage: Stage) -> list[dict[str, Any]]:
    return items(stage.harness, kind="check_contact")
