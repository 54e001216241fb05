"""Wordings as `policy.cedar` sees them."""

from services.notifications.policy import POLICY
from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from services.notifications.wordings.domain import Wording
from services.notifications.wordings.repository import Wordings
from shared.errors import NotFound
from shared.identity.policy import Resource
from shared.principal import Principal

WORDING = "Wording"


def authorise_template(
    name: str, action: str, principal: Principal, templates: Templates
) -> Template:
    """Return a template for an action; raises NotFound or Forbidden."""
    template = templates.by_name.get(name)
    if template is None:
        raise NotFound("template")
    POLICY.require(principal, action, Resource(WORDING, name))
    return template


def load_authorised(
    wording_id: str, action: str, principal: Principal, wordings: Wordings
) -> Wording:
    """Load a wording for an action; raises NotFound or Forbidden."""
    wording = wordings.get(wording_id)
    about = Resource(WORDING, wording_id, status=wording.status)
    POLICY.require(principal, action, about)
    may = POLICY.may_take(principal, about, {})
    return wording.shown_to(lambda step: may(step) and _useful(step, wording, principal))


def _useful(step: str, wording: Wording, principal: Principal) -> bool:
    return step != "publish_wording" or wording.drafted_by != principal.id
