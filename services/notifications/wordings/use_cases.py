"""Editing what messages say without a release: one person writes, another one publishes."""

from collections.abc import Mapping

from services.notifications.templates import rehearsal, wording
from services.notifications.templates.domain import Template
from services.notifications.templates.plain_language import RemarkCode, remarks
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import Phrases
from services.notifications.wordings.commands import DraftWording, PublishWording
from services.notifications.wordings.domain import BASED_ON_OLDER, Wording
from services.notifications.wordings.policy import authorise_template, load_authorised
from services.notifications.wordings.repository import Wordings, WordingsInForce
from services.notifications.wordings.values import TemplateName, WordingId
from shared import clock, ids
from shared.errors import IllegalStep, Invalid
from shared.reference import code_lists
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row


def draft_wording(
    template: TemplateName,
    body: DraftWording,
    context: CommandContext,
    wordings: Wordings,
    in_force: WordingsInForce,
    templates: Templates,
) -> Receipt:
    """Write new words for a template; they are in force when another person publishes them."""
    edited = authorise_template(template, "draft_wording", context.actor, templates)
    if body.based_on != in_force.wording_id(edited):
        raise IllegalStep(BASED_ON_OLDER, ("draft_wording",))
    _check(edited, body.subject, body.texts, templates.phrases)
    draft = Wording(
        wording_id=ids.new("wrd"),
        template=template,
        subject=body.subject,
        texts=body.texts,
        based_on=body.based_on,
        drafted_by=context.actor.id,
        drafted_at=clock.now(),
    )
    return wordings.save(context, draft)


def publish_wording(
    wording_id: WordingId,
    body: PublishWording,
    context: CommandContext,
    wordings: Wordings,
    in_force: WordingsInForce,
    templates: Templates,
) -> Receipt:
    """Put a colleague's words in force: every message that is sent from now on has them."""
    draft = load_authorised(wording_id, "publish_wording", context.actor, wordings)
    template = authorise_template(draft.template, "publish_wording", context.actor, templates)
    before = in_force.load(draft.template)
    instead_of = in_force.wording_id(template)
    published = draft.publish(context.actor.id, clock.now(), instead_of)
    _check(template, draft.subject, draft.texts, templates.phrases)
    worded = template.with_words(draft.subject, draft.texts, wording_id)
    hard = remarks(worded, templates.phrases.plain)
    if hard and not body.despite_remarks:
        labels = code_lists.labels(RemarkCode.code_list)
        found = (f"{labels[each.code]} «{each.words}»" for each in hard)
        known = "; ".join(dict.fromkeys(found))
        raise Invalid("wording_hard_to_read", "/despite_remarks", known=known)
    after = before.use(published)
    return wordings.save(
        context, published, in_force.row(after), *_replaced(before.wording_id, wordings)
    )


def discard_wording(wording_id: WordingId, context: CommandContext, wordings: Wordings) -> Receipt:
    """Drop a draft that is not to be published."""
    draft = load_authorised(wording_id, "discard_wording", context.actor, wordings)
    return wordings.save(context, draft.discard(context.actor.id, clock.now()))


def restore_wording(
    template: TemplateName,
    context: CommandContext,
    wordings: Wordings,
    in_force: WordingsInForce,
    templates: Templates,
) -> Receipt:
    """Put the words of the release in force again, at once."""
    authorise_template(template, "restore_wording", context.actor, templates)
    before = in_force.load(template)
    if before.wording_id is None:
        raise IllegalStep("wording_not_edited", ("draft_wording",))
    return in_force.save(context, before.use_shipped(), *_replaced(before.wording_id, wordings))


def _replaced(wording_id: str | None, wordings: Wordings) -> list[Row]:
    return [wordings.row(wordings.get(wording_id).replace())] if wording_id else []


def _check(template: Template, subject: str, texts: Mapping[str, str], phrases: Phrases) -> None:
    found = wording.fault(template, subject, texts)
    if found is None:
        worded = template.with_words(subject, texts, "")
        found = rehearsal.fault(subject, texts, worded, phrases)
    if found is not None:
        raise Invalid(found.code, found.pointer, known=", ".join(found.known))
