"""Rows of footer links: `LINES#<region or ALL>`."""

from services.notifications.footer_links.domain import FooterLinks
from shared.errors import NotFound
from shared.reference.regions import region as reference
from shared.reference.regions import regions
from shared.storage.list_keys import EVERYWHERE
from shared.storage.repository import Repository


class FooterLinksRepository(Repository[FooterLinks]):
    """One row per region and one for all; a region's own values win."""

    model = FooterLinks
    prefix = "LINES"
    id_field = "region"

    def load(self, region: str) -> FooterLinks:
        """Return the set of a region or of all, empty when none is stored; raises NotFound."""
        if region != EVERYWHERE and region not in regions():
            raise NotFound("region")
        return self.find(region) or FooterLinks(region=region)

    def for_region(self, region: str) -> dict[str, str]:
        """Return what messages of a region may end with: its reference data, overruled here."""
        of_all = region == EVERYWHERE
        found = (self.find(EVERYWHERE), None if of_all else self.find(region))
        brought = {} if of_all else reference(region).links
        sets = [brought, *(links.values for links in found if links)]
        return {code: value for values in sets for code, value in values.items()}
