"""The inbox and what a family answers."""

from datetime import timedelta

from demo.actions import ACTIONS, latest_link
from demo.story_run import Step, moment
from tests.journeys.transaction_sizes.extra_actions import WORDS, ExtraActions


def an_inbox_is_worked(extra: ExtraActions) -> None:
    """Seen, done, taken back; a family answers with everything it can say."""
    items = extra.run.get("HQ-1", "/notifications/v1/inbox?limit=10")["items"]
    path = f"/notifications/v1/inbox/{items[0]['item_id']}"
    for step, body in (("read", None), ("done", {"reason": "other"}), ("reopen", None)):
        extra.do("HQ-1", f"{path}/{step}", body)


def a_family_says_everything(extra: ExtraActions) -> None:
    """The feedback form with all its fields."""
    extra.journey.advance(moment("2026-09-29 12:00"))
    said = {"score": 1, "needs_met": "no", "wants_call": True, "comment": WORDS}
    link = latest_link(extra.run, "M-4")
    extra.do(None, f"/notifications/v1/feedback/{link}", said)
    path = f"/matching/v1/matches/{extra.run.matches['M-4']}"
    call = {"kind": "two_weeks", "result": "needs_changed", "note": WORDS}
    extra.do("HQ-1", f"{path}/calls", call)
    worried = {"by": "guardian", "evidence": "in_person", "concern": "safety", "note": WORDS}
    extra.do("HQ-1", f"{path}/concerns", worried)
    extra.do("HQ-1", f"{path}/mediation/result", {"result": "care_ends", "note": WORDS})
    for side in ("family", "guardian"):
        said = {"side": side, "result": "heard", "note": WORDS}
        extra.do("HQ-1", f"{path}/hearings", said)
    ending = {"reason": "conflict", "conflict_note": WORDS}
    extra.do("HQ-1", f"{path}/ending", ending)


def a_late_introduction(extra: ExtraActions) -> None:
    """Both sides say yes, and meet after the limit."""
    do, path = extra.do, extra.proposed("M-6", 16)
    for side in ("family", "guardian"):
        do("HQ-1", f"{path}/acceptance", {"by": side, "evidence": "phone_call"})
    extra.journey.advance(extra.journey.now() + timedelta(hours=73))
    do("HQ-1", f"{path}/delay", {"reason": "illness"})
    ACTIONS["introduces"](extra.run, Step("M-6", extra.at, "HQ-1"))
    extra.journey.settle()


ERRANDS = (
    an_inbox_is_worked,
    a_family_says_everything,
    a_late_introduction,
)
