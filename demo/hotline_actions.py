"""What operators of the hotline do, and what telephony says of the calls."""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from standardwebhooks import Webhook

from demo.actions import CONSENTS
from demo.data import REGION, Facts, texts
from demo.story_run import Action, Step, StoryRun, UnexpectedOutcome
from infra.services import INFRA
from shared import clock

INTAKE = "/intake/v1"
PROVIDER = "demo"


@cache
def _secret() -> str:
    """The secret of the local stage's telephony."""
    providers = json.loads((INFRA / "local_platform" / "local_telephony.json").read_text("utf-8"))
    secret: str = providers[PROVIDER]["secret"]
    return secret


def telephony(run: StoryRun, call: str, kind: str, step: Step, **more: Any) -> None:
    """One event of telephony, signed as it has to be."""
    said = {
        "type": kind,
        "call_id": f"{call}-{step.at.replace(' ', 'T')}",
        "at": clock.iso(run.client.now()),
        "phone": step.more["phone"],
        "operator": "101",
        **more,
    }
    body, sent = json.dumps(said), datetime.now(UTC)
    headers = {
        "webhook-id": said["call_id"],
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(_secret()).sign(said["call_id"], sent, body),
    }
    path = f"{INTAKE}/telephony/{PROVIDER}/events"
    run.client.call(None, "POST", path, body, headers=headers, must=True)


def rings_in_vain(run: StoryRun, step: Step) -> None:
    """No operator is free; the caller gives up."""
    for kind in ("ringing", "ended"):
        telephony(run, step.of, kind, step)


def takes_call(run: StoryRun, step: Step) -> None:
    """An operator answers, sees who calls and writes down what is asked."""
    screen = _answers(run, step)
    if "reason" in step.more:
        ended = {"region": REGION, "initiated_by": "self", "reason": step.more["reason"]}
        run.do(step.who, f"{INTAKE}/ended-requests", ended, name=f"{step.of} {step.at} ended")
    else:
        _registers(run, step, screen)
    telephony(run, step.of, "ended", step, answered=True)


def _answers(run: StoryRun, step: Step) -> Facts:
    """The telephone rings, an operator answers, and the screen says what is known."""
    telephony(run, step.of, "ringing", step)
    telephony(run, step.of, "answered", step)
    telephony(run, step.of, "answered", step)
    live = run.get(step.who, f"{INTAKE}/live-calls?region={REGION}")["items"][0]
    asked = {"region": REGION, "call_id": live["id"]}
    screen: Facts = run.do(step.who, f"{INTAKE}/callers/search", asked).body
    words = texts()["show"]
    who = words["shared"] if screen["shared"] else words["stranger"]
    for family in screen["families"][:1] if not screen["shared"] else ():
        who = words["known"].format(
            cases=len(family["open_cases"]),
            calls=len(family["latest_requests"]),
            urgent=words["urgent"] if family["urgent"] else "",
        )
    run.narrator.seen([words["caller"].format(who=who)])
    step.expect(screen)
    return screen


def _registers(run: StoryRun, step: Step, screen: Facts) -> None:
    """The operator writes the request down."""
    more = step.more
    anonymous = more.get("confidentiality") == "anonymous"
    body: Facts = {
        "region": REGION,
        "district_id": more.get("district", "D01"),
        "initiated_by": more.get("by", "self"),
        "applicant_relation": more.get("relation", "parent"),
        "needs": more.get("needs", []),
        "urgency": more.get("urgency", "normal"),
        "other_person": more.get("other_person", False),
        "consents": {"processing": True} if anonymous else CONSENTS,
    }
    for name in ("confidentiality", "purpose"):
        if name in more:
            body[name] = more[name]
    if "words" in more:
        body["text"] = more["words"]
    if screen["shared"] and not body["other_person"]:
        body["family_id"] = _named(screen, run.numbers[step.of])
    if not anonymous:
        body["contact"] = {"name": more["name"], "channel": "sms", "phone": screen["phone"]}
    told = run.do(step.who, f"{INTAKE}/requests", body, name=f"{step.of} {step.at}").body
    known = run.ids.get(step.of)
    if more.get("joins") and told["case_id"] != known:
        raise UnexpectedOutcome(f"{step.at} {step.of}: the call has not joined {known}")
    run.ids[step.of], run.ids[f"{step.of} request"] = told["case_id"], told["id"]
    run.numbers[step.of], run.codes[step.of] = told["number"], told["code"]
    seen = [texts()["seen"]["number"].format(number=told["number"])]
    if told["emergency"] is not None:
        seen.append(texts()["show"]["emergency"].format(text=told["emergency"]["title"]))
    run.narrator.seen(seen)


def _named(screen: Facts, number: str) -> str:
    """The family of a shared phone that names the number of its earlier request."""
    return next(
        str(family["id"])
        for family in screen["families"]
        if number in [each["number"] for each in family["latest_requests"]]
    )


def request(run: StoryRun, step: Step) -> str:
    """The address of the caller's latest request."""
    return f"{INTAKE}/requests/{run.ids[f'{step.of} request']}"


def calls_back(run: StoryRun, step: Step) -> None:
    """An operator takes the call that is due first, reads the phone, and calls."""
    waiting = run.get(step.who, f"{INTAKE}/call-backs?region={REGION}")["items"]
    run.narrator.seen([texts()["show"]["waits"].format(many=len(waiting))])
    for each in waiting:
        path = f"{INTAKE}/call-backs/{each['id']}"
        run.do(step.who, f"{path}/claim", name=f"{step.at} {each['id']} claim")
        if run.get(step.who, f"{path}/phone")["phone"] == step.more["phone"]:
            result = {"result": step.more["result"]}
            run.do(step.who, f"{path}/attempts", result, name=f"{step.at} {each['id']}")
            return
    raise UnexpectedOutcome(f"{step.at} {step.of}: no call-back waits for this phone")


def mends(run: StoryRun, step: Step) -> None:
    """The operator puts right what it wrote down wrongly."""
    right = {"name": step.more["name"], "channel": "sms", "phone": step.more["phone"]}
    body = {"contact": right, "district_id": step.more["district"]}
    run.do(step.who, f"{request(run, step)}/mend", body, name=f"{step.of} {step.at} mend")


def adds(run: StoryRun, step: Step) -> None:
    """Another operator finds the request by its number, reads it back and adds to it."""
    asked = {"region": REGION, "number": run.numbers[step.of]}
    found = run.do(step.who, f"{INTAKE}/requests/search", asked).body["items"]
    path = f"{INTAKE}/requests/{found[0]['id']}"
    words = run.get(step.who, f"{path}/read-back")
    if words["text"] != step.more["reads"]:
        raise UnexpectedOutcome(f"{step.at} {step.of}: {words}")
    body = {"text": step.more["words"]}
    run.do(step.who, f"{path}/additions", body, name=f"{step.of} {step.at} add")


def leaves_note(run: StoryRun, step: Step) -> None:
    """The shift ends; what is still to be done is left to the next one."""
    body = {"request_id": run.ids[f"{step.of} request"], "text": step.more["words"]}
    run.do(step.who, f"{INTAKE}/hand-overs", body, name=f"{step.of} {step.at} note")


def takes_note(run: StoryRun, step: Step) -> None:
    """The next shift takes what was left, and does it."""
    (note,) = run.get(step.who, f"{INTAKE}/hand-overs?region={REGION}")["items"]
    path = f"{INTAKE}/hand-overs/{note['id']}"
    run.narrator.seen([run.get(step.who, path)["text"]])
    for verb in ("take", "finish"):
        run.do(step.who, f"{path}/{verb}", name=f"{note['id']} {verb}")


def asks_status(run: StoryRun, step: Step) -> None:
    """A family without an account asks how far its request has come."""
    asked = {"number": run.numbers[step.of], "code": step.more.get("guess", run.codes[step.of])}
    path = f"{INTAKE}/request-status"
    told = run.client.call(None, "POST", path, asked, must=True).body
    run.narrator.seen([texts()["show"]["status"].format(state=told["state"])])
    step.expect(told)


ACTIONS: dict[str, Action] = {
    each.__name__: each
    for each in (
        rings_in_vain,
        takes_call,
        calls_back,
        mends,
        adds,
        leaves_note,
        takes_note,
        asks_status,
    )
}
