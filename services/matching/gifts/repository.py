"""Where gifts are kept, and what is known of the families that may give.

GIFT#<id>             by_ref: PERSON#<family id> / GIFT#<region>#<offered at>#<id>
GRADUATE#<family id>  the family's cases
GIFT_ERASURE#<family id>   a job; 30 days
"""

from typing import ClassVar

from services.matching.erasures.domain import Erasure
from services.matching.erasures.repository import Erasures
from services.matching.gifts.domain import Gift, Graduate
from services.matching.gifts.values import GiftStatus
from shared import clock
from shared.storage.list_keys import person_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

GIFT = "GIFT#"


class Gifts(Repository[Gift]):
    """All gifts."""

    model: ClassVar[type[Gift]] = Gift
    prefix: ClassVar[str] = "GIFT"
    id_field: ClassVar[str] = "gift_id"

    def row(self, gift: Gift) -> Row:
        """Return a gift, in the list of the family that gives it."""
        sort = f"{of_region(gift.region)}{clock.iso(gift.offered_at)}#{gift.gift_id}"
        return self._row(gift, lists={"by_ref": (person_key(gift.family_id), sort)})

    def offered_by(self, family_id: str) -> list[Gift]:
        """Return what a family offers and has not taken back."""
        found = self.list_all("by_ref", person_key(family_id), prefix=GIFT, latest=True)
        return [each for each in found if each.status is GiftStatus.OFFERED]


class Graduates(Repository[Graduate]):
    """What is known of families' cases."""

    model: ClassVar[type[Graduate]] = Graduate
    prefix: ClassVar[str] = "GRADUATE"
    id_field: ClassVar[str] = "family_id"

    def of(self, family_id: str, region: str) -> Graduate:
        """Return what is known of a family, nothing at first."""
        return self.find(family_id) or Graduate(family_id=family_id, region=region)


class GiftErasures(Erasures[Erasure]):
    """The families whose gifts are taken back, a few at a time."""

    model: ClassVar[type[Erasure]] = Erasure
    prefix: ClassVar[str] = "GIFT_ERASURE"


def of_region(region: str) -> str:
    """Return how the sort keys of a family's gifts in a region begin."""
    return f"{GIFT}{region}#"
