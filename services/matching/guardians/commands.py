"""What comes in about a guardian."""

from collections.abc import Container
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from services.matching.guardians.values import Capability, Slot, Terms
from shared import clock
from shared.api.models import Command
from shared.domain import DistrictCode
from shared.errors import Invalid
from shared.privacy.contact import Language
from shared.reference import code_lists, regions
from shared.reference.code_lists import Listed

MAX_FAMILIES = 100
MAX_CAPABILITIES = 30
MAX_RADIUS_KM = 500


# Each district once, as it was named first.
Districts = Annotated[
    list[DistrictCode],
    Field(max_length=60),
    AfterValidator(lambda named: list(dict.fromkeys(named))),
]


class OfferedHelp(Command):
    """One kind of help the organisation can give."""

    category: Annotated[str, Listed("guardian_categories", retired=True)]
    district_ids: Districts = []
    max_families: int | None = Field(default=None, ge=1, le=MAX_FAMILIES)

    def capability(self) -> Capability:
        """Return the same as a value of the guardian."""
        return Capability(
            category=self.category,
            district_ids=tuple(self.district_ids),
            max_families=self.max_families,
        )


class FreeTime(Command):
    """A part of a day of the week."""

    day: Annotated[str, Listed("weekday")]
    part: Annotated[str, Listed("day_part")]


class Possibilities(Command):
    """What the organisation can do, where, when, and for how many families at a time.

    Without districts it helps in the whole region. With a radius it comes as far as that from the
    centres of its districts, without one to neighbouring districts and an hour's drive.
    """

    capabilities: list[OfferedHelp] = Field(min_length=1, max_length=MAX_CAPABILITIES)
    district_ids: Districts = []
    capacity_families: int = Field(default=1, ge=1, le=MAX_FAMILIES)
    radius_km: int | None = Field(default=None, ge=1, le=MAX_RADIUS_KM)
    languages: list[Language] = Field(default=[Language.RU], min_length=1, max_length=10)
    schedule: list[FreeTime] = Field(default=[], max_length=28)
    preferences: list[Annotated[str, Listed("guardian_preference", retired=True)]] = Field(
        default=[], max_length=20
    )
    exclusions: list[Annotated[str, Listed("guardian_exclusion", retired=True)]] = Field(
        default=[], max_length=20
    )

    def offered(self) -> tuple[Capability, ...]:
        """Return the capabilities as values of the guardian; each kind of help once."""
        if len({offer.category for offer in self.capabilities}) < len(self.capabilities):
            raise Invalid("category_repeated", "/capabilities")
        return tuple(offer.capability() for offer in self.capabilities)

    def terms(self) -> Terms:
        """Return how far, when and for which families as a value of the guardian; each once."""
        slots = {(each.day, each.part) for each in self.schedule}
        return Terms(
            radius_km=self.radius_km,
            languages=tuple(sorted(set(self.languages))),
            schedule=tuple(Slot(day=day, part=part) for day, part in sorted(slots)),
            preferences=tuple(sorted(set(self.preferences))),
            exclusions=tuple(sorted(set(self.exclusions))),
        )

    def check_new(self, kept: Container[str] = ()) -> None:
        """Refuse a retired code, unless it is among those that the guardian keeps."""
        offered = [each.category for each in self.capabilities]
        for name, codes, pointer in (
            ("guardian_categories", offered, "/capabilities/{}/category"),
            ("guardian_preference", self.preferences, "/preferences/{}"),
            ("guardian_exclusion", self.exclusions, "/exclusions/{}"),
        ):
            for place, code in enumerate(codes):
                if code not in kept:
                    code_lists.check(name, code, pointer.format(place))

    def check_districts(self, region: str) -> None:
        """Refuse a district that is not one of the region's."""
        check_districts(self.district_ids, region, "/district_ids")
        for number, offer in enumerate(self.capabilities):
            check_districts(offer.district_ids, region, f"/capabilities/{number}/district_ids")


def check_day(day: date, region: str, pointer: str, *, first: date) -> None:
    """Refuse a day that has not come in the region, or is before the first that counts."""
    if day > regions.local_date(region, clock.now()):
        raise Invalid("in_the_future", pointer)
    if day < first:
        raise Invalid("day_too_early", pointer, first=first)


def check_districts(districts: list[str], region: str, pointer: str) -> None:
    """Refuse a district that is not one of the region's; `pointer` leads to the list."""
    for place, district in enumerate(districts):
        regions.check_district(region, district, f"{pointer}/{place}")


class PauseGuardian(Command):
    """A pause; families in care must be kept explicitly."""

    reason: Annotated[str, Listed("guardian_pause_reason")]
    keep_families: bool = False


class WithdrawGuardian(Command):
    """Why the guardian leaves the programme."""

    reason: Annotated[str, Listed("guardian_withdrawal_reason")]
