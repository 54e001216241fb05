"""Matches: those that come to nothing, stories, reports and a signature by link."""

from datetime import timedelta

from demo.stories import ACTIONS
from demo.story_run import Step
from shared.storage.files import Files
from tests.journeys.transaction_sizes.extra_actions import (
    EVIDENCE,
    WORDS,
    ExtraActions,
    in_chat_with,
)
from tests.matching.api_client import introduction
from tests.matching.media.photos import JPEG


def matches_that_come_to_nothing(extra: ExtraActions) -> None:
    """Taken back, and given up before the end."""
    do = extra.do
    path = extra.proposed("M-1", 11)
    do("HQ-1", f"{path}/cancellation", {"reason": "mistake"})
    path = extra.proposed("M-5", 15)
    refused = {"by": "family", "evidence": "phone_call", "reason": "other"}
    do("HQ-1", f"{path}/decline", refused)
    opened = do("HQ-1", "/matching/v1/rounds", {"region": "ZR"})["id"]
    everyone = extra.run.get("HQ-1", f"/matching/v1/rounds/{opened}")["pairs"]
    nothing = {"leave_out": [pair["case_id"] for pair in everyone]}
    do("HQ-1", f"/matching/v1/rounds/{opened}/commit", nothing)
    extra.proposed("M-2", 12)
    case = f"/intake/v1/cases/{extra.run.ids['M-2']}"
    do("HQ-1", f"{case}/withdraw", {"reason": "moved_away", **EVIDENCE})
    path = extra.in_care("M-3", 13)
    case = f"/intake/v1/cases/{extra.run.ids['M-3']}"
    visits = extra.run.get("HQ-1", f"{path}/visits")["items"]
    visit = f"/matching/v1/visits/{visits[0]['visit_id']}/confirmation"
    do(in_chat_with(extra, "M-3"), visit)
    need = extra.run.get("HQ-1", path)["agreement"]["needs"][1]["need_id"]
    mended = {"reason": "wrong_help", "need_id": need}
    do("HQ-1", visit.replace("confirmation", "correction"), mended)
    now = extra.journey.now().isoformat()
    do("HQ-1", f"{path}/visits", {"need_id": need, "given_at": now, "note": WORDS})
    do("HQ-1", f"{path}/notices", {"by": "family", "evidence": "paper", "reason": "conflict"})
    do("HQ-1", f"{path}/notices/withdrawal", {"by": "family", "evidence": "paper"})
    do("HQ-1", f"{case}/withdraw", {"reason": "not_said", **EVIDENCE})


def stories_and_a_signature_by_link(extra: ExtraActions) -> None:
    """The family signs by itself; stories are refused and taken back."""
    do, run = extra.do, extra.run
    path = extra.proposed("M-4", 14)
    step = Step("M-4", extra.at, "HQ-1")
    ACTIONS["introduces"](run, step)
    ACTIONS["signs_participation"](run, step)
    extra.journey.settle()
    view = run.get("HQ-1", path)
    draft = {
        "need_ids": [n["need_id"] for n in view["needs"]],
        "frequency": "weekly",
        "starts_on": "2026-09-15",
        "template_version": "2026-1",
    }
    do("HQ-1", f"{path}/agreement", draft)
    link = do("HQ-1", f"{path}/agreement/link")["link"]
    do(None, "/matching/v1/signatures", {"link": link})
    guardian = run.named(view["guardian_id"])
    do(guardian, f"{path}/agreement/signatures", {})
    ACTIONS["helps"](run, Step("M-4", extra.at, "guardian"))
    kept, dropped = (photo_of(extra, guardian, path) for _ in range(2))
    do(guardian, f"/matching/v1/media/{dropped}/removal")
    tale = {"text": WORDS, "media": [kept]}
    first = do(guardian, f"{path}/stories", tale)["id"]
    do("HQ-1", f"/matching/v1/stories/{first}/consent", {"consent_ref": "c-2"})
    do("FH-1", f"/matching/v1/stories/{first}/decline", {"reason": "too_personal"})
    second = do(guardian, f"{path}/stories", tale)["id"]
    do("HQ-1", f"/matching/v1/stories/{second}/consent", {"consent_ref": "c-1"})
    do("FH-1", f"/matching/v1/stories/{second}/clearance")
    do("HQ-1", f"/matching/v1/stories/{second}/takedown", {"reason": "family_asked"})
    third = do(guardian, f"{path}/stories", tale)["id"]
    do("HQ-1", f"/matching/v1/stories/{third}/consent", {"consent_ref": "c-3"})
    no_more = f"/matching/v1/stories/{third}/consent/withdrawal"
    do("HQ-1", no_more, {"consent_ref": "c-4"})
    done = {"period": "2026-09", "done": WORDS, "difficulties": WORDS, "resources_ok": False}
    do(guardian, f"{path}/reports", done)


ERRANDS = (
    matches_that_come_to_nothing,
    stories_and_a_signature_by_link,
)


def a_late_introduction(extra: ExtraActions) -> None:
    """Both sides say yes, and meet after the limit."""
    do, path = extra.do, extra.proposed("M-6", 16)
    for side in ("family", "guardian"):
        do("HQ-1", f"{path}/acceptance", {"by": side, "evidence": "phone_call"})
    extra.journey.advance(extra.journey.now() + timedelta(hours=73))
    do("HQ-1", f"{path}/delay", {"reason": "illness"})
    ACTIONS["introduces"](extra.run, Step("M-6", extra.at, "HQ-1"))
    extra.journey.settle()


def an_introduction_recorded_after_the_lapse(extra: ExtraActions) -> None:
    """They met in time, and the proposal lapsed before it was written down."""
    path, met = extra.proposed("M-7", 17), extra.journey.now()
    extra.journey.advance(met + timedelta(days=7, hours=1))
    told = introduction(met.isoformat()) | {"evidence": "paper"}
    extra.do("HQ-1", f"{path}/late-introduction", told)


def photo_of(extra: ExtraActions, guardian: str, match: str) -> str:
    """Upload a photo of the help."""
    form = extra.do(guardian, f"{match}/media", {"content_type": "image/jpeg"})
    Files.connect().write(form["upload_fields"]["key"], JPEG)
    extra.do(guardian, f"/matching/v1/media/{form['id']}/confirmation")
    return str(form["id"])
