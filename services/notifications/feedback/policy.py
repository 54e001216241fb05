"""Feedback forms as `policy.cedar` sees them, and the proof by a one-time link."""

from dataclasses import replace

from services.notifications.ended_links.repository import EndedLinksRepository
from services.notifications.feedback.domain import CALL_PURPOSE, LINK_PURPOSE, FeedbackForm
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.footer_links.link_tries import counting_tries
from services.notifications.policy import POLICY
from shared.errors import Forbidden, Invalid, NotFound
from shared.identity import signed_links
from shared.identity.policy import Resource
from shared.principal import Principal

FEEDBACK = "Feedback"


def resource(form: FeedbackForm) -> Resource:
    """Return a form as a resource."""
    return Resource(
        FEEDBACK, form.form_id, region=form.region, person=form.subject, org=form.guardian_id
    )


def is_own(form: FeedbackForm, principal: Principal) -> bool:
    """Whether a caller belongs to the guardian whose work a form is about."""
    return form.guardian_id is not None and form.guardian_id == principal.org


def load_authorised(
    form_id: str, action: str, principal: Principal, forms: FeedbackForms
) -> FeedbackForm:
    """Load a form for an action; raises NotFound or Forbidden."""
    form = forms.get(form_id)
    target = resource(form)
    if not POLICY.allows(principal, action, target) and is_own(form, principal):
        POLICY.require(principal, "view", target)
        raise Forbidden(action, "own_guardian")
    POLICY.require(principal, action, target)
    return form


def load_by_link(
    text: str, address: str, forms: FeedbackForms, ended: EndedLinksRepository
) -> tuple[FeedbackForm, Principal]:
    """Load the form behind a link, and the person who acts through it.

    The evidence of the principal says whether it is the person's own link or the one of a call,
    which is in no phone that can be stolen.
    """
    with counting_tries(address, forms.store):
        link = _opened(text)
        form = forms.find(link.about)
        if form is None or form.reference != link.subject:
            raise NotFound(FEEDBACK)
    if link.purpose == LINK_PURPOSE:
        ended.of(form.subject).require_later(link.issued_by)
    role = form.audience.reader
    return form, replace(link.principal, role=role, roles=(role,))


def is_in_call(person: Principal) -> bool:
    """Whether a colleague enters what the person says in a call."""
    return CALL_PURPOSE in person.scopes


def _opened(text: str) -> signed_links.Link:
    try:
        return signed_links.open_link(text, LINK_PURPOSE)
    except Invalid:
        return signed_links.open_link(text, CALL_PURPOSE)
