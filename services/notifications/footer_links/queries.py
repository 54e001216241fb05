"""Looking up the links and phones that messages end with."""

from services.notifications.footer_links.policy import resource
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.footer_links.views import LinesView
from services.notifications.policy import POLICY
from shared.domain import RegionCode
from shared.principal import Principal


def get_lines(
    region: RegionCode, caller: Principal, footer_links: FooterLinksRepository
) -> LinesView:
    """Show the links and phones that messages of a region end with."""
    POLICY.require(caller, "view", resource(region))
    return LinesView.of(footer_links.load(region))
