"""What people do for a family, each verb one or a few HTTP calls."""

import json
import re
from typing import Any

from demo.client import Reply
from demo.data import REGION, Facts, private_words, texts
from demo.story_run import Play, Step, Verb, WentOtherwise, key_of, moment
from shared import clock

REQUESTS = "/intake/v1/requests"
MATCHES = "/matching/v1/matches"
LINK = re.compile(r"ryl_[A-Za-z0-9_.-]*[A-Za-z0-9_-]")


def case(play: Play, step: Step) -> str:
    """The address of the family's request."""
    return f"{REQUESTS}/{play.ids[step.of]}"


def match(play: Play, step: Step) -> str:
    """The address of the family's latest match."""
    return f"{MATCHES}/{play.matches[step.of]}"


def actor(play: Play, step: Step) -> str:
    """Who acts; `guardian` is the person of the family's own guardian."""
    if step.who != "guardian":
        return step.who
    return play.named(play.guardians[play.matches[step.of]])


# intake -----------------------------------------------------------------------------------


def application(family: Facts) -> Facts:
    """What an operator writes down."""
    needs = [
        {key: need[name] for key, name in NEED.items() if name in need} for need in family["needs"]
    ]
    wanted: Facts = {
        "region": REGION,
        "district_id": family["district"],
        "applicant_relation": family["applicant"],
        "family": {"members": family.get("members", [])},
        "needs": needs,
        "contact": {
            key: family[key] for key in ("name", "phone", "channel", "address") if family.get(key)
        },
        "consents": {"processing": True, "share_need_categories": True, "contact": True},
    }
    return wanted | ({"text": family["words"]} if family.get("words") else {})


NEED = {"category": "category", "text": "words", "urgency": "urgency"}


def register(play: Play, step: Step) -> Reply:
    """One request under the family's own key."""
    body = application(play.families[step.of])
    return play.client.call(step.who, "POST", REQUESTS, body, key=key_of(step.of), must=True)


def registers(play: Play, step: Step) -> None:
    """A family's request."""
    receipt = register(play, step)
    play.ids[step.of] = receipt.id
    play.numbers[step.of] = receipt.body["number"]
    play.teller.seen([texts()["seen"]["number"].format(number=receipt.body["number"])])


def registers_again(play: Play, step: Step) -> None:
    """The same request, sent twice: the same number."""
    if register(play, step).body["number"] != play.numbers[step.of]:
        raise WentOtherwise(f"{step.of} was given a second number")


def takes(play: Play, step: Step) -> None:
    """A coordinator makes the request their own."""
    play.do(step.who, f"{case(play, step)}/take")


def confirms_needs(play: Play, step: Step) -> None:
    """The needs are understood as they are."""
    play.do(step.who, f"{case(play, step)}/needs", {"confirm": need_ids(play, step)})


def need_ids(play: Play, step: Step) -> list[str]:
    """The needs of the family that are open."""
    needs = play.get("HQ-1", case(play, step))["needs"]
    return [need["need_id"] for need in needs if need["status"] == "open"]


def requires_care(play: Play, step: Step) -> None:
    """The marker «guardianship required»."""
    body = {"long_term_need": True, "reason": play.families[step.of]["reason"]}
    play.do(step.who, f"{case(play, step)}/care-requirement", body)


def lifts(play: Play, step: Step) -> None:
    """The marker goes."""
    path = f"{case(play, step)}/care-requirement/lift"
    play.do(step.who, path, {"reason": step.more["reason"]})


def redirects(play: Play, step: Step) -> None:
    """Another organisation helps better."""
    body = {"decision": "redirect", "provider_id": play.ids[step.more["provider"]]}
    play.do(step.who, f"{case(play, step)}/triage", body)


def helps_once(play: Play, step: Step) -> None:
    """One help will do."""
    play.do(step.who, f"{case(play, step)}/triage", {"decision": "one_time"})


def records_aid(play: Play, step: Step) -> None:
    """That help was given."""
    body = {
        "category": step.more["category"],
        "persons": step.more["persons"],
        "legal_basis": "programme",
        "provider_id": play.ids[step.more["provider"]],
    }
    play.do(step.who, f"{case(play, step)}/aids", body)


def meets_needs(play: Play, step: Step) -> None:
    """All that the family asked for is done."""
    play.do(step.who, f"{case(play, step)}/needs", {"met": need_ids(play, step)})


def opens(play: Play, step: Step) -> None:
    """Somebody looks at the request."""
    play.get(step.who, case(play, step))


def reads_contact(play: Play, step: Step) -> None:
    """Somebody asks how to reach the family."""
    play.get(actor(play, step), f"{case(play, step)}/contact")


# matching ---------------------------------------------------------------------------------


def candidates(play: Play, step: Step) -> Facts:
    """The ranked list of guardians."""
    path = f"/matching/v1/families/{play.ids[step.of]}/candidates"
    found: Facts = play.get("HQ-1", path)
    return found


def looks_for_guardians(play: Play, step: Step) -> None:
    """The list, as a coordinator sees it."""
    found, words = candidates(play, step), texts()["seen"]
    fits = [
        words["fits" if one["same_district"] else "fits_elsewhere"].format(
            name=play.named(one["guardian_id"]), percent=round(100 * one["coverage"])
        )
        for one in found["candidates"]
    ]
    others = [
        words["unsuitable"].format(
            name=play.named(one["guardian_id"]), rule=words["rules"].get(one["rule"], one["rule"])
        )
        for one in found["unsuitable"]
    ]
    play.teller.seen([*fits, *others])


def proposes(play: Play, step: Step) -> None:
    """A guardian is proposed: the one of the story, else the best one."""
    ranked = candidates(play, step)["candidates"]
    name = step.more.get("guardian")
    chosen = play.ids[name] if name else ranked[0]["guardian_id"] if ranked else None
    if chosen is None:
        raise WentOtherwise(texts()["own"]["nobody"])
    best = next((one for one in ranked if one["guardian_id"] == chosen), None)
    reason = step.more.get("override", None if name else "best_available")
    body: Facts = {"case_id": play.ids[step.of], "guardian_id": chosen}
    if reason and best and best["uncovered"]:
        body["override"] = {"reason": reason, "uncovered": best["uncovered"]}
    name = f"{step.of} propose {step.at}"
    play.matches[step.of] = proposed = play.do(step.who, MATCHES, body, name=name).id
    play.guardians[proposed] = chosen
    play.teller.seen([texts()["seen"]["proposed"].format(name=play.named(chosen))])


def declines(play: Play, step: Step) -> None:
    """One side does not want this."""
    play.do(actor(play, step), f"{match(play, step)}/decline", {"reason": step.more["reason"]})


def introduces(play: Play, step: Step) -> None:
    """Family and guardian meet with the headquarters."""
    body = {
        "held_at": clock.iso(step.moment),
        "format": "in_person",
        "hq_participant": play.client.identity(step.who),
        "participants": ["family", "guardian"],
    }
    play.do(step.who, f"{match(play, step)}/introduction", body)


def signs_participation(play: Play, step: Step) -> None:
    """Guardian and headquarters agree on taking part."""
    if participation_missing(play, step):
        guardian = play.guardians[play.matches[step.of]]
        path = f"/matching/v1/guardians/{guardian}/participation-agreement"
        play.do(step.who, path, {"template_version": "2026-1"})


def participation_missing(play: Play, step: Step) -> bool:
    """Whether the family's guardian has not yet agreed with the headquarters."""
    guardian = play.guardians[play.matches[step.of]]
    view = play.get("HQ-1", f"/matching/v1/guardians/{guardian}")
    return not view["participation_agreement_signed"]


def agrees(play: Play, step: Step) -> None:
    """The care agreement: written down, then signed by both."""
    view = play.get(step.who, match(play, step))
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
        play.do(step.who, f"{match(play, step)}/agreement", draft)
    signatures = f"{match(play, step)}/agreement/signatures"
    play.do(play.named(view["guardian_id"]), signatures, {})
    play.do(step.who, signatures, {"by": "family", "evidence": "paper"})


def helps(play: Play, step: Step) -> None:
    """A help was given."""
    view = play.get("HQ-1", match(play, step))
    given_at = moment(step.more.get("given_at", step.at))
    body = {"need_id": view["agreement"]["needs"][0]["need_id"], "given_at": clock.iso(given_at)}
    play.do(play.named(view["guardian_id"]), f"{match(play, step)}/visits", body)


def calls(play: Play, step: Step) -> None:
    """The headquarters calls the family."""
    body = {"kind": step.more["kind"], "result": step.more.get("result", "fine")}
    play.do(step.who, f"{match(play, step)}/calls", body)


def reports(play: Play, step: Step) -> None:
    """The guardian tells how the help is going."""
    body = {
        "period": step.at[:7],
        "done": step.more["words"],
        "resources_ok": step.more["resources_ok"],
    }
    play.do(actor(play, step), f"{match(play, step)}/reports", body)


def tells_story(play: Play, step: Step) -> None:
    """The guardian sends a story."""
    path = f"{match(play, step)}/stories"
    told = play.do(actor(play, step), path, {"text": step.more["words"]})
    play.ids[f"{step.of} story"] = told.id


def records_story_consent(play: Play, step: Step) -> None:
    """The family agrees to publication."""
    path = f"/matching/v1/stories/{play.ids[f'{step.of} story']}/consent"
    play.do(step.who, path, {"consent_ref": f"consent-{step.of}"})


def clears_story(play: Play, step: Step) -> None:
    """The story may be published."""
    play.do(step.who, f"/matching/v1/stories/{play.ids[f'{step.of} story']}/clearance")


def gives_notice(play: Play, step: Step) -> None:
    """One side says that it stops."""
    body = {"reason": step.more["reason"]}
    if by := step.more.get("by"):
        body |= {"by": by, "evidence": "phone_call"}
    play.do(actor(play, step), f"{match(play, step)}/notices", body)


def ends(play: Play, step: Step) -> None:
    """The headquarters ends the care."""
    body = {"reason": step.more["reason"]}
    if note := step.more.get("note"):
        body["conflict_note"] = note
    play.do(step.who, f"{match(play, step)}/ending", body)


def pauses(play: Play, step: Step) -> None:
    """A guardian takes no new families for now."""
    path = f"/matching/v1/guardians/{play.ids[step.of]}/pause"
    play.do(step.who, path, {"reason": step.more["reason"]})


# notifications ----------------------------------------------------------------------------


def answers(play: Play, step: Step) -> None:
    """The family opens the latest link it was sent and answers."""
    link = latest_link(play, step.of)
    path = f"/notifications/v1/feedback/{link}"
    play.get(None, path)
    body: Facts = {"score": step.more["score"], "needs_met": step.more["needs_met"]}
    if comment := step.more.get("comment"):
        body["comment"] = comment
    play.do(None, path, body)


def latest_link(play: Play, family: str) -> str:
    """The link in the newest message to the family that has one."""
    for message in reversed(play.client.messages()):
        found = LINK.search(message["text"])
        if found and message["reference"] == play.ids[family]:
            return found[0]
    raise WentOtherwise(f"{family} was sent no link")


# on duty ----------------------------------------------------------------------------------


def delivers_again(play: Play, step: Step) -> None:
    """One event comes to every service that hears it once more: nobody is told again."""
    before = len(play.client.messages()), len(work_items(play))
    event = next(
        event
        for event in play.client.events()
        if event["type"] == "intake.RequestReceived"
        and event["data"]["case_id"] == play.ids[step.of]
    )
    body = json.dumps({"detail-type": event["type"], "detail": event})
    play.client.deliver("notifications", body)
    play.client.settle()
    if (len(play.client.messages()), len(work_items(play))) != before:
        raise WentOtherwise("an event delivered twice had two effects")


def work_items(play: Play) -> list[Any]:
    """What the headquarters has to do."""
    found: list[Any] = play.get("HQ-1", "/notifications/v1/inbox?limit=100")["items"]
    return found


def delivers_nonsense(play: Play, step: Step) -> None:
    """A message that nobody understands is set aside."""
    before = play.client.quarantined("intake")
    body = {"detail-type": "matching.MatchProposed", "detail": {"case_id": 17}}
    play.client.deliver("intake", json.dumps(body))
    play.client.settle()
    if play.client.quarantined("intake") != before + 1:
        raise WentOtherwise("a message that nobody understands was not set aside")


def searches_events(play: Play, step: Step) -> None:
    """No event says anything about a person."""
    log = json.dumps(play.client.events(), ensure_ascii=False)
    found = [word for word in private_words() if word in log]
    if found:
        raise WentOtherwise(f"the event log tells {len(found)} private words")


VERBS: dict[str, Verb] = {
    verb.__name__: verb
    for verb in (
        registers, registers_again, takes, confirms_needs, requires_care, lifts, redirects,
        helps_once, records_aid, meets_needs, opens, reads_contact, looks_for_guardians, proposes,
        declines, introduces, signs_participation, participation_missing, agrees, helps, calls,
        reports, tells_story, records_story_consent, clears_story, gives_notice, ends, pauses,
        answers, delivers_again, delivers_nonsense, searches_events,
    )
}  # fmt: skip
