"""Counters and the markers that make "distinct" countable without a history.

COHORT#<region>.<month>.<shard>     by_region   REGION#<region>      COHORT#<month>#<shard>
USE#<partner>.<month>.<shard>       by_region   REGION#<region>      USE#<month>#<partner>#<shard>
                                    by_owner    PARTNER#<partner>    <month>#<shard>
UNIQUE#visit|<partner>|<month>|<visitor>    one per card, partner and month; gone after two years
CHECK#<check id>                    one per check, without its card; gone after 400 days
"""

from collections.abc import Iterable
from datetime import date, timedelta

from services.cards import till_read_model as till_rows
from services.cards.counters.domain import Cohort, Use, shard_of
from services.cards.till import records
from shared import clock
from shared.events.cards import CardChecked, CardCheckRefused
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import RawWrite, Row, UniqueName

MARKERS_KEPT = timedelta(days=731)


class Cohorts(Repository[Cohort]):
    """Cards by the month of their issue."""

    model = Cohort
    prefix = "COHORT"

    def row(self, aggregate: Cohort) -> Row:
        """A shard of a month."""
        place = f"COHORT#{aggregate.month}#{aggregate.id}"
        return self._row(aggregate, lists={"by_region": (region_key(aggregate.region), place)})

    def shard(self, region: str, month: str, card_id: str) -> Cohort:
        """The counter that a card's facts go to."""
        identifier = f"{region}.{month}.{shard_of(card_id)}"
        return self.find(identifier) or Cohort(id=identifier, region=region, month=month)

    def of_region(self, region: str, month: str = "") -> list[Cohort]:
        """All shards of a region, of all months or of one."""
        return self.list_all("by_region", region_key(region), prefix=f"COHORT#{month}")


class Uses(Repository[Use]):
    """Checks at the till by partner and month."""

    model = Use
    prefix = "USE"

    def row(self, aggregate: Use) -> Row:
        """A shard of a partner's month."""
        own = f"{aggregate.month}#{aggregate.id}"
        return self._row(
            aggregate,
            lists={
                "by_region": (region_key(aggregate.region), f"USE#{own}"),
                "by_owner": (_partner_key(aggregate.partner_id), own),
            },
        )

    def shard(self, region: str, partner_id: str, month: str, check_id: str) -> Use:
        """The counter that a check's facts go to."""
        identifier = f"{partner_id}.{month}.{shard_of(check_id)}"
        found = self.find(identifier)
        return found or Use(id=identifier, region=region, partner_id=partner_id, month=month)

    def of_partner(self, partner_id: str, month: str) -> list[Use]:
        """All shards of a partner's month."""
        return self.list_all("by_owner", _partner_key(partner_id), prefix=f"{month}#")

    def last_used(self, partner_id: str, months: Iterable[str]) -> dict[str, date]:
        """The last day on which each store key of a partner was used in those months."""
        shards = [use for month in months for use in self.of_partner(partner_id, month)]
        days = sorted((day, key) for use in shards for key, day in use.keys.items())
        return {key: day for day, key in days}

    def of_region(self, region: str, month: str) -> list[Use]:
        """All shards of all partners of a region in a month."""
        return self.list_all("by_region", region_key(region), prefix=f"USE#{month}#", most=10_000)


def first_visit(partner_id: str, month: str, visitor: str) -> UniqueName:
    """The marker that a card's first check in a month leaves; it names no card."""
    expires_at = clock.now() + MARKERS_KEPT
    return UniqueName(f"visit|{partner_id}|{month}|{visitor}", visitor, expires_at)


def kept(event: CardChecked | CardCheckRefused) -> list[RawWrite]:
    """The check without its card, for 400 days; the till's own row, which names it, goes sooner."""
    return [records.kept_check(event)]


def _partner_key(partner_id: str) -> str:
    return till_rows.partner_key(partner_id)[0]
