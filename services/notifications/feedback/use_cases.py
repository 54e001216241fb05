"""Feedback: a family opens its link, answers once, and headquarters reads the answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel, Field

from services.notifications.desk import Desk
from services.notifications.feedback.domain import FeedbackForm, NeedsMet
from services.notifications.feedback.repository import answered_prefix
from services.notifications.messages.rendering import FEEDBACK_PURPOSE
from shared import clock, keyring
from shared.errors import NotFound, RateLimited
from shared.events.base import Event, Received
from shared.events.intake import FamilyErased
from shared.events.notifications import FeedbackReceived, LowScoreReceived
from shared.identity import signed_links
from shared.identity.partitions import Partition
from shared.identity.policy import Policy, Resource
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page

COMMENT = "comment"
TRIES_PER_MINUTE = 20
MINUTE = 60


class AnswerForm(BaseModel):
    """What a family says about the help; only the comment is in its own words."""

    score: int = Field(ge=1, le=5)
    needs_met: NeedsMet
    wants_call: bool = False
    comment: str | None = Field(default=None, min_length=1, max_length=2000)


class FormView(BaseModel):
    """The questions, ready to be shown; nothing in it says whose form it is."""

    form: str
    occasion: str
    expires_at: datetime
    title: str
    intro: str
    questions: Mapping[str, str]
    needs_met_choices: Mapping[str, str]


class AnswerView(BaseModel):
    """An answer as headquarters reads it; the comment only where one form is opened."""

    form_id: str
    form: str
    occasion: str
    case_id: str
    match_id: str
    score: int
    needs_met: NeedsMet
    wants_call: bool
    commented: bool
    answered_at: datetime
    comment: str | None = None


def open_form(link: str, address: str, desk: Desk) -> FormView:
    """The questions behind a link that may still be answered."""
    _count(address, desk)
    form = _form(link, desk)[0].opened(clock.now())
    words = desk.catalogue.words.feedback
    return FormView(
        form=form.form,
        occasion=form.occasion,
        expires_at=form.expires_at,
        title=words["title"],
        intro=words["intro"],
        questions={name: words[name] for name in AnswerForm.model_fields},
        needs_met_choices=words["choices"],
    )


def answer_form(
    link: str, answer: AnswerForm, address: str, context: CommandContext, desk: Desk, vault: Vault
) -> Receipt:
    """Take the family's one answer; a low score or a wish to be called becomes work for HQ."""
    _count(address, desk)
    form, family = _form(link, desk)
    answered = form.answered(
        answer.score, answer.needs_met, answer.wants_call, bool(answer.comment), clock.now()
    )
    sealed = (
        vault.seal(form.case_id, _record(form), {COMMENT: answer.comment}) if answer.comment else []
    )
    context.actor = family
    return desk.forms.save(context, answered, events=_events(answered), writes=sealed)


def _events(form: FeedbackForm) -> list[Event]:
    told = form.model_dump()
    low = [LowScoreReceived.model_validate(told)] if form.low else []
    return [FeedbackReceived.model_validate(told), *low]


def _form(text: str, desk: Desk) -> tuple[FeedbackForm, Principal]:
    """The form behind a link, and the family that acts through it."""
    link = signed_links.open_link(text, FEEDBACK_PURPOSE)
    form = desk.forms.find(link.about)
    if form is None or form.case_id != link.subject:
        raise NotFound("Feedback")
    return form, replace(link.principal, regions=(form.region,))


def _count(address: str, desk: Desk) -> None:
    """Nobody may try links by the thousand; the address itself is never kept."""
    caller = keyring.from_env().sign("address", address.encode())[:16].hex()
    if not desk.store.count(f"FEEDBACK#{caller}", TRIES_PER_MINUTE, MINUTE):
        raise RateLimited(retry_after=MINUTE)


def _record(form: FeedbackForm) -> str:
    return f"FEEDBACK#{form.form_id}"


def list_answers(
    caller: Principal,
    policy: Policy,
    desk: Desk,
    *,
    region_code: str | None,
    limit: int,
    cursor: str | None,
) -> Page[AnswerView]:
    """The region's answers, newest first, without comments."""
    partition = Partition.of_region(caller, region_code)
    key = policy.require_list(caller, "list_answers", "Feedback", partition)
    return desk.forms.page(
        "by_region",
        key,
        _view,
        caller=caller,
        limit=limit,
        cursor=cursor,
        prefix=answered_prefix(),
        newest_first=True,
    )


def get_answer(
    form_id: str, caller: Principal, policy: Policy, desk: Desk, vault: Vault
) -> AnswerView:
    """One answer with its comment, unless its family is forgotten; the reading is recorded."""
    form = desk.forms.get(form_id)
    policy.require(caller, "view", resource(form))
    form.require_answer()
    shown = _view(form)
    if not form.commented:
        return shown
    wanted = RecordFields(form.case_id, _record(form), (COMMENT,))
    (opened,) = vault.open_many([wanted], caller, "care_feedback")
    return shown.model_copy(update={"comment": (opened or {}).get(COMMENT)})


def forget_family(
    received: Received[FamilyErased], context: CommandContext, desk: Desk, vault: Vault
) -> None:
    """The family is forgotten: its own words go, its scores stay in the counts."""
    desk.store.commit(context, writes=vault.erase(received.event.case_id))


def resource(form: FeedbackForm) -> Resource:
    """The form as the policy sees it."""
    return Resource("Feedback", form.form_id, region=form.region, person=form.case_id)


def _view(form: FeedbackForm) -> AnswerView:
    return AnswerView.model_validate(form.model_dump())
