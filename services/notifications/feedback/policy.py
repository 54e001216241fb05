"""Feedback forms as `policy.cedar` sees them, and the proof by a one-time link."""

from dataclasses import replace

from services.notifications.feedback.domain import CALL_PURPOSE, LINK_PURPOSE, FeedbackForm
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.policy import POLICY
from shared import keyring
from shared.errors import Invalid, NotFound, RateLimited
from shared.identity import signed_links
from shared.identity.policy import Resource
from shared.principal import Principal

FEEDBACK = "Feedback"
TRIES_PER_MINUTE = 20
MINUTE = 60


def resource(form: FeedbackForm) -> Resource:
    """Return a form as a resource."""
    return Resource(FEEDBACK, form.form_id, region=form.region, person=form.subject)


def load_authorised(
    form_id: str, action: str, principal: Principal, forms: FeedbackForms
) -> FeedbackForm:
    """Load a form for an action; raises NotFound or Forbidden."""
    form = forms.get(form_id)
    POLICY.require(principal, action, resource(form))
    return form


def load_by_link(text: str, address: str, forms: FeedbackForms) -> tuple[FeedbackForm, Principal]:
    """Load the form behind a link, and the person who acts through it.

    The evidence of the principal says whether it is the person's own link or the one of a call.

    Links that open nothing are counted per network address under a keyed hash; the address itself
    is never kept. Those that open are not: a messenger's previews, and many people behind one
    address of an operator, come from the same one.
    """
    try:
        link = _opened(text)
        form = forms.find(link.about)
        if form is None or form.reference != link.subject:
            raise NotFound(FEEDBACK)
    except (Invalid, NotFound):
        _count_try(address, forms)
        raise
    role = form.audience.reader
    return form, replace(link.principal, role=role, roles=(role,), regions=(form.region,))


def _count_try(address: str, forms: FeedbackForms) -> None:
    hashed = keyring.from_env().sign("address", address.encode())[:16].hex()
    if not forms.count_try(hashed, TRIES_PER_MINUTE, MINUTE):
        raise RateLimited(retry_after=MINUTE)


def is_in_call(person: Principal) -> bool:
    """Whether a colleague enters what the person says in a call."""
    return CALL_PURPOSE in person.scopes


def _opened(text: str) -> signed_links.Link:
    try:
        return signed_links.open_link(text, LINK_PURPOSE)
    except Invalid:
        return signed_links.open_link(text, CALL_PURPOSE)
