"""The inbox and what a family answers."""

from demo.actions import latest_link
from demo.story_run import moment
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
    ending = {"reason": "conflict", "conflict_note": WORDS}
    extra.do("HQ-1", f"{path}/ending", ending)


ERRANDS = (
    an_inbox_is_worked,
    a_family_says_everything,
)
