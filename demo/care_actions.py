"""What people do so that a guardian helps a family, each action one or a few HTTP calls."""

from demo.actions import MATCHES, actor, match
from demo.data import Facts, label, texts
from demo.story_run import Action, Step, StoryRun, UnexpectedOutcome, moment
from shared import clock


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


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        looks_for_guardians, proposes, declines, introduces, signs_participation,
        participation_missing, agrees, helps, calls, reports, tells_story,
        records_story_consent, clears_story, gives_notice, hears, ends, pauses,
    )
}  # fmt: skip
