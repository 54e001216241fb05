"""What families do with messages, and those on duty with events and work."""

import json
import re
from typing import Any

from demo.data import Facts, private_words, texts
from demo.story_run import Action, Step, StoryRun, UnexpectedOutcome

LINK = re.compile(r"ryl_[A-Za-z0-9_.-]*[A-Za-z0-9_-]")


def answers(run: StoryRun, step: Step) -> None:
    """The family opens the latest link it was sent and answers."""
    link = latest_link(run, step.of)
    path = f"/notifications/v1/feedback/{link}"
    run.get(None, path)
    body: Facts = {"score": step.more["score"], "needs_met": step.more["needs_met"]}
    if comment := step.more.get("comment"):
        body["comment"] = comment
    run.do(None, path, body)


def latest_link(run: StoryRun, family: str) -> str:
    """The link in the newest message to the family that has one."""
    for message in reversed(run.client.messages()):
        found = LINK.search(message["text"])
        if found and message["reference"] == run.ids[family]:
            return found[0]
    raise UnexpectedOutcome(f"{family} was sent no link")


def tells_by_phone(run: StoryRun, step: Step) -> None:
    """The headquarters calls a family that has only a telephone, and tells all that is new."""
    words = texts()["seen"]
    for item in work_items(run):
        if item["kind"] != "tell_by_phone":
            continue
        path = f"/notifications/v1/inbox/{item['item_id']}"
        call = run.get(step.who, f"{path}/call")
        if call["first_name"] == run.families[step.of]["name"]:
            said = [line for news in call["news"] for line in news["text"].splitlines()]
            run.narrator.seen([words["call"].format(phone=call["phone"]), *said])
            told = [news["message_id"] for news in call["news"]]
            run.do(step.who, f"{path}/done", {"reason": "done", "heard": told})
            return
    raise UnexpectedOutcome(f"{step.at} {step.of}: nobody is to be called")


def delivers_again(run: StoryRun, step: Step) -> None:
    """One event comes to every service that hears it once more: nobody is told again."""
    before = len(run.client.messages()), len(work_items(run))
    event = next(
        event
        for event in run.client.events()
        if event["type"] == "intake.RequestReceived"
        and event["data"]["case_id"] == run.ids[step.of]
    )
    body = json.dumps({"detail-type": event["type"], "detail": event})
    run.client.deliver("notifications", body)
    run.client.settle()
    if (len(run.client.messages()), len(work_items(run))) != before:
        raise UnexpectedOutcome("an event delivered twice had two effects")


def work_items(run: StoryRun) -> list[Any]:
    """What the headquarters has to do."""
    found: list[Any] = run.get("HQ-1", "/notifications/v1/inbox?limit=100")["items"]
    return found


def delivers_nonsense(run: StoryRun, step: Step) -> None:
    """A message that nobody understands is set aside."""
    before = run.client.quarantined("intake")
    body = {"detail-type": "matching.MatchProposed", "detail": {"case_id": 17}}
    run.client.deliver("intake", json.dumps(body))
    run.client.settle()
    if run.client.quarantined("intake") != before + 1:
        raise UnexpectedOutcome("a message that nobody understands was not set aside")


def searches_events(run: StoryRun, step: Step) -> None:
    """No event says anything about a person."""
    log = json.dumps(run.client.events(), ensure_ascii=False)
    found = [word for word in private_words() if word in log]
    if found:
        raise UnexpectedOutcome(f"the event log tells {len(found)} private words")


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        answers, tells_by_phone, delivers_again, delivers_nonsense, searches_events,
    )
}  # fmt: skip
