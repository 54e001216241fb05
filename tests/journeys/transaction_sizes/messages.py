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
    worried = {"by": "guardian", "evidence": "in_person", "concern": "safety", "note": WORDS}
    extra.do("HQ-1", f"{path}/concerns", worried)
    extra.do("HQ-1", f"{path}/mediation/result", {"result": "care_ends", "note": WORDS})
    for side in ("family", "guardian"):
        said = {"side": side, "result": "heard", "note": WORDS}
        extra.do("HQ-1", f"{path}/hearings", said)
    ending = {"reason": "conflict", "conflict_note": WORDS}
    extra.do("HQ-1", f"{path}/ending", ending)


def words_are_edited(extra: ExtraActions) -> None:
    """One writes new words, another publishes them, twice; then those of the release again."""
    template = "/notifications/v1/templates/care_required_hq"
    shipped = extra.run.get("OPS-1", template)
    words = {"subject": "Семья ждёт помощи", "texts": shipped["shipped_texts"]}
    for _ in range(2):
        wording = extra.do("OPS-1", f"{template}/wordings", words)["id"]
        extra.do("OPS-2", f"/notifications/v1/wordings/{wording}/publish", {})
    dropped = extra.do("OPS-1", f"{template}/wordings", words)["id"]
    extra.do("OPS-1", f"/notifications/v1/wordings/{dropped}/discard")
    extra.do("OPS-1", f"{template}/restore")


ERRANDS = (
    words_are_edited,
    an_inbox_is_worked,
    a_family_says_everything,
)
