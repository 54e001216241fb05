"""What comes in of an organisation that applies."""

from typing import Literal

from pydantic import Field

from services.matching.evidence.commands import PaperRef
from services.matching.guardians.commands import Possibilities
from services.matching.guardians.values import GuardianStatus, Invitee, Programme
from services.matching.organisations.commands import Inn, Ogrn
from services.matching.organisations.domain import RULES, needs_host
from services.matching.organisations.values import LegalForm, TeamKind
from shared.api.models import Command, Paging
from shared.domain import Day, RegionCode
from shared.errors import Invalid
from shared.privacy.contact import Line, NewContact


class ApplyAsGuardian(Possibilities):
    """An organisation asks to become a guardian; a group without a form of its own has a host."""

    title: Line
    host_title: Line | None = None
    legal_form: LegalForm
    inn: Inn
    ogrn: Ogrn
    team_kind: TeamKind
    team_size: int = Field(ge=0, le=100_000)
    region: RegionCode
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    contact: NewContact
    contact_role: Invitee
    consent_processing: Literal[True]

    def check_registration(self) -> None:
        """Refuse numbers of another legal form, and a group that no organisation answers for."""
        rules = RULES[self.legal_form]
        if len(self.inn) != rules.inn_digits:
            raise Invalid("inn_of_another_form", "/inn", digits=rules.inn_digits)
        if len(self.ogrn) != rules.ogrn_digits:
            raise Invalid("ogrn_of_another_form", "/ogrn", digits=rules.ogrn_digits)
        if needs_host(self.legal_form, self.team_kind) and self.host_title is None:
            raise Invalid("host_missing", "/host_title")


class CorrectApplication(Command):
    """What an organisation puts right of its application; without a title that stays."""

    title: Line | None = None
    team_kind: TeamKind
    team_size: int = Field(ge=0, le=100_000)
    host_title: Line | None = None


class RenameGuardian(Command):
    """Another title of an organisation that was approved, as an entry of the registry has it."""

    title: Line
    host_title: Line | None = None
    checked_on: Day
    evidence_ref: PaperRef


class QueueQuery(Paging):
    """The federal queue: those still to be decided, or those of one status."""

    status: GuardianStatus | None = None
    region: RegionCode | None = None
    older_than_days: int | None = Field(default=None, ge=0, le=3650)
