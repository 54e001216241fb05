"""What people do for a family, each action one or a few HTTP calls."""

import json
import re
from typing import Any

from demo.client import Reply
from demo.data import REGION, Facts, label, private_words, texts
from demo.story_run import Action, Step, StoryRun, UnexpectedOutcome, key_of, moment
from shared import clock

REQUESTS = "/intake/v1/requests"
CASES = "/intake/v1/cases"
MATCHES = "/matching/v1/matches"
CONSENTS = {"processing": True, "share_need_categories": True, "contact": True}
LINK = re.compile(r"ryl_[A-Za-z0-9_.-]*[A-Za-z0-9_-]")


def case(run: StoryRun, step: Step) -> str:
    """The address of the family's case."""
    return f"{CASES}/{run.ids[step.of]}"


def match(run: StoryRun, step: Step) -> str:
    """The address of the family's latest match."""
    return f"{MATCHES}/{run.matches[step.of]}"


def actor(run: StoryRun, step: Step) -> str:
    """Who acts; `guardian` is the person of the family's own guardian."""
    if step.who != "guardian":
        return step.who
    return run.named(run.guardians[run.matches[step.of]])


# intake -----------------------------------------------------------------------------------


def application(family: Facts) -> Facts:
    """What an operator writes down."""
    needs = [
        {key: need[name] for key, name in NEED.items() if name in need} for need in family["needs"]
    ]
    wanted: Facts = {
        "region": REGION,
        "district_id": family["district"],
        "initiated_by": "self",
        "applicant_relation": family["applicant"],
        "family": {"members": family.get("members", [])},
        "needs": needs,
        "contact": {
            key: family[key] for key in ("name", "phone", "channel", "address") if family.get(key)
        },
        "consents": CONSENTS,
    }
    return wanted | ({"text": family["words"]} if family.get("words") else {})


NEED = {"category": "category", "text": "words", "urgency": "urgency"}


def register(run: StoryRun, step: Step) -> Reply:
    """One request under the family's own key."""
    body = application(run.families[step.of])
    return run.client.call(step.who, "POST", REQUESTS, body, key=key_of(step.of), must=True)


def registers(run: StoryRun, step: Step) -> None:
    """A family's request."""
    receipt = register(run, step)
    run.ids[step.of], run.ids[f"{step.of} request"] = receipt.body["case_id"], receipt.id
    run.numbers[step.of] = receipt.body["number"]
    run.narrator.seen([texts()["seen"]["number"].format(number=receipt.body["number"])])


def registers_again(run: StoryRun, step: Step) -> None:
    """The same request, sent twice: the same number."""
    if register(run, step).body["number"] != run.numbers[step.of]:
        raise UnexpectedOutcome(f"{step.of} was given a second number")


def takes(run: StoryRun, step: Step) -> None:
    """A coordinator makes the case their own."""
    run.do(step.who, f"{case(run, step)}/take")


def confirms_needs(run: StoryRun, step: Step) -> None:
    """The needs are understood as they are."""
    run.do(step.who, f"{case(run, step)}/needs", {"confirm": need_ids(run, step)})


def need_ids(run: StoryRun, step: Step) -> list[str]:
    """The needs of the family that are open."""
    needs = run.get("HQ-1", case(run, step))["needs"]
    return [need["need_id"] for need in needs if need["status"] == "open"]


def requires_care(run: StoryRun, step: Step) -> None:
    """The marker «guardianship required»."""
    body = {"long_term_need": True, "reason": run.families[step.of]["reason"]}
    run.do(step.who, f"{case(run, step)}/care-requirement", body)


def lifts(run: StoryRun, step: Step) -> None:
    """The marker goes."""
    path = f"{case(run, step)}/care-requirement/lift"
    run.do(step.who, path, {"reason": step.more["reason"]})


def redirects(run: StoryRun, step: Step) -> None:
    """Another organisation helps better."""
    body = {"decision": "redirect", "provider_id": run.ids[step.more["provider"]]}
    run.do(step.who, f"{case(run, step)}/triage", body)


def helps_once(run: StoryRun, step: Step) -> None:
    """One help will do."""
    run.do(step.who, f"{case(run, step)}/triage", {"decision": "one_time"})


def records_aid(run: StoryRun, step: Step) -> None:
    """That help was given."""
    body = {
        "category": step.more["category"],
        "persons": step.more["persons"],
        "legal_basis": "programme",
        "provider_id": run.ids[step.more["provider"]],
    }
    run.do(step.who, f"{case(run, step)}/aids", body)


def meets_needs(run: StoryRun, step: Step) -> None:
    """All that the family asked for is done."""
    run.do(step.who, f"{case(run, step)}/needs", {"met": need_ids(run, step)})


def opens(run: StoryRun, step: Step) -> None:
    """Somebody looks at the case."""
    run.get(step.who, case(run, step))


def reads_contact(run: StoryRun, step: Step) -> None:
    """Somebody asks how to reach the family."""
    run.get(actor(run, step), f"{case(run, step)}/contact")


# matching ---------------------------------------------------------------------------------


def candidates(run: StoryRun, step: Step) -> Facts:
    """The ranked list of guardians."""
    path = f"/matching/v1/families/{run.ids[step.of]}/candidates"
    found: Facts = run.get("HQ-1", path)
    return found


def looks_for_guardians(run: StoryRun, step: Step) -> None:
    """The list, as a coordinator sees it."""
    found, words = candidates(run, step), texts()["seen"]
    fits = [
        words["fits" if one["same_district"] else "fits_elsewhere"].format(
            name=run.named(one["guardian_id"]), percent=round(100 * one["coverage"])
        )
        for one in found["candidates"]
    ]
    others = [
        words["unsuitable"].format(
            name=run.named(one["guardian_id"]), rule=label("candidate_rule", one["rule"])
        )
        for one in found["unsuitable"]
    ]
    run.narrator.seen([*fits, *others])


def proposes(run: StoryRun, step: Step) -> None:
    """A guardian is proposed: the one of the story, else the best one."""
    ranked = candidates(run, step)["candidates"]
    name = step.more.get("guardian")
    chosen = run.ids[name] if name else ranked[0]["guardian_id"] if ranked else None
    if chosen is None:
        raise UnexpectedOutcome(texts()["own"]["nobody"])
    best = next((one for one in ranked if one["guardian_id"] == chosen), None)
    reason = step.more.get("override", None if name else "best_available")
    body: Facts = {"case_id": run.ids[step.of], "guardian_id": chosen}
    if reason and best and best["uncovered"]:
        body["override"] = {"reason": reason, "uncovered": best["uncovered"]}
    name = f"{step.of} propose {step.at}"
    run.matches[step.of] = proposed = run.do(step.who, MATCHES, body, name=name).id
    run.guardians[proposed] = chosen
    run.narrator.seen([texts()["seen"]["proposed"].format(name=run.named(chosen))])


def declines(run: StoryRun, step: Step) -> None:
    """One side does not want this."""
    run.do(actor(run, step), f"{match(run, step)}/decline", {"reason": step.more["reason"]})


def introduction(run: StoryRun, step: Step) -> Facts:
    """A meeting of both sides with the headquarters, at this moment."""
    return {
        "held_at": clock.iso(step.moment),
        "format": "in_person",
        "hq_participant": run.client.identity(step.who),
        "participants": ["family", "guardian"],
    }


def introduces(run: StoryRun, step: Step) -> None:
    """Family and guardian meet with the headquarters."""
    body = introduction(run, step)
    if reason := step.more.get("late_reason"):
        body["late_reason"] = reason
    run.do(step.who, f"{match(run, step)}/introduction", body)


def signs_participation(run: StoryRun, step: Step) -> None:
    """Guardian and headquarters agree on taking part."""
    if participation_missing(run, step):
        guardian = run.guardians[run.matches[step.of]]
        path = f"/matching/v1/guardians/{guardian}/participation-agreement"
        for side in (run.named(guardian), step.who):
            run.do(side, path, text_to_sign(run))


def text_to_sign(run: StoryRun) -> Facts:
    """The agreement on taking part, as somebody has just read it."""
    text = run.get(None, "/matching/v1/participation-agreement")
    return {key: text[key] for key in ("template_version", "text_hash")}


def participation_missing(run: StoryRun, step: Step) -> bool:
    """Whether the family's guardian has not yet agreed with the headquarters."""
    guardian = run.guardians[run.matches[step.of]]
    view = run.get("HQ-1", f"/matching/v1/guardians/{guardian}")
    return not view["participation_agreement_signed"]


def agrees(run: StoryRun, step: Step) -> None:
    """The care agreement: written down, then signed by both."""
    view = run.get(step.who, match(run, step))
    if view["agreement"] is None:
        draft = {
            "need_ids": [
                need["need_id"]
                for need in view["needs"]
                if need["category"] not in view["uncovered"]
            ],
            "frequency": "weekly",
            "starts_on": step.moment.date().isoformat(),
            "template_version": "2026-1",
        }
        run.do(step.who, f"{match(run, step)}/agreement", draft)
    signatures = f"{match(run, step)}/agreement/signatures"
    run.do(run.named(view["guardian_id"]), signatures, {})
    run.do(step.who, signatures, {"by": "family", "evidence": "paper"})


def helps(run: StoryRun, step: Step) -> None:
    """A help was given."""
    view = run.get("HQ-1", match(run, step))
    given_at = moment(step.more.get("given_at", step.at))
    body = {"need_id": view["agreement"]["needs"][0]["need_id"], "given_at": clock.iso(given_at)}
    run.do(run.named(view["guardian_id"]), f"{match(run, step)}/visits", body)


def calls(run: StoryRun, step: Step) -> None:
    """The headquarters calls the family."""
    body = {"kind": step.more["kind"], "result": step.more.get("result", "fine")}
    run.do(step.who, f"{match(run, step)}/calls", body)


def reports(run: StoryRun, step: Step) -> None:
    """The guardian tells how the help is going."""
    body = {
        "period": step.at[:7],
        "done": step.more["words"],
        "resources_ok": step.more["resources_ok"],
    }
    run.do(actor(run, step), f"{match(run, step)}/reports", body)


def tells_story(run: StoryRun, step: Step) -> None:
    """The guardian sends a story."""
    path = f"{match(run, step)}/stories"
    told = run.do(actor(run, step), path, {"text": step.more["words"]})
    run.ids[f"{step.of} story"] = told.id


def records_story_consent(run: StoryRun, step: Step) -> None:
    """The family agrees to publication."""
    path = f"/matching/v1/stories/{run.ids[f'{step.of} story']}/consent"
    run.do(step.who, path, {"consent_ref": f"consent-{step.of}"})


def clears_story(run: StoryRun, step: Step) -> None:
    """The story may be published."""
    run.do(step.who, f"/matching/v1/stories/{run.ids[f'{step.of} story']}/clearance")


def gives_notice(run: StoryRun, step: Step) -> None:
    """One side says that it stops."""
    body = {"reason": step.more["reason"]}
    if by := step.more.get("by"):
        body |= {"by": by, "evidence": "phone_call"}
    run.do(actor(run, step), f"{match(run, step)}/notices", body)


def hears(run: StoryRun, step: Step) -> None:
    """The headquarters asks one side what happened."""
    body = {"side": step.more["side"], "result": "heard"}
    run.do(step.who, f"{match(run, step)}/hearings", body)


def ends(run: StoryRun, step: Step) -> None:
    """The headquarters ends the care."""
    body = {"reason": step.more["reason"]}
    if note := step.more.get("note"):
        body["conflict_note"] = note
    run.do(step.who, f"{match(run, step)}/ending", body)


def pauses(run: StoryRun, step: Step) -> None:
    """A guardian takes no new families for now."""
    path = f"/matching/v1/guardians/{run.ids[step.of]}/pause"
    run.do(step.who, path, {"reason": step.more["reason"]})


# notifications ----------------------------------------------------------------------------


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


# on duty ----------------------------------------------------------------------------------


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
        registers, registers_again, takes, confirms_needs, requires_care, lifts, redirects,
        helps_once, records_aid, meets_needs, opens, reads_contact, looks_for_guardians, proposes,
        declines, introduces, signs_participation, participation_missing, agrees, helps, calls,
        reports, tells_story, records_story_consent, clears_story, gives_notice, hears, ends,
        pauses,
        answers, tells_by_phone, delivers_again, delivers_nonsense, searches_events,
    )
}  # fmt: skip
