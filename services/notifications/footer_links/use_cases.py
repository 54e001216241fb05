"""Setting the links and phones that messages end with."""

from services.notifications.footer_links.commands import SetLines
from services.notifications.footer_links.domain import FEEDBACK_PAGE, PAGE
from services.notifications.footer_links.policy import resource
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.policy import POLICY
from services.notifications.templates.repository import Templates
from shared.domain import RegionCode
from shared.errors import Invalid
from shared.storage.command_context import CommandContext, Receipt


def set_lines(
    region: RegionCode,
    body: SetLines,
    context: CommandContext,
    footer_links: FooterLinksRepository,
    templates: Templates,
) -> Receipt:
    """Set the links and phones that messages of a region end with."""
    POLICY.require(context.actor, "set_lines", resource(region))
    known = {*templates.phrases.lines, FEEDBACK_PAGE}
    for code in body.values:
        if code not in known:
            raise Invalid("unknown_line", f"/values/{code}", known=", ".join(sorted(known)))
    page = body.values.get(FEEDBACK_PAGE)
    if page is not None and not PAGE.fullmatch(page):
        raise Invalid("page_not_https", f"/values/{FEEDBACK_PAGE}")
    return footer_links.save(context, footer_links.load(region).replace(body.values))
