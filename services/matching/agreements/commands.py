"""What comes in about a care agreement."""

from typing import Annotated

from pydantic import Field

from services.matching.agreements.values import AgreementId
from services.matching.families.values import NeedId
from services.matching.guardians.values import Programme, Ref
from services.matching.matches.commands import ActingForSide
from shared.api.models import Command
from shared.domain import Day
from shared.identity.signed_links import CopiedLink
from shared.reference.code_lists import Listed


class DraftAgreement(Command):
    """What help the family gets, how often and from when."""

    need_ids: list[NeedId] = Field(min_length=1, max_length=30)
    frequency: Annotated[str, Listed("help_frequency")]
    starts_on: Day
    template_version: Ref
    programme: Programme = Programme.SERVICE_MEMBER_CARE


class SignAgreement(ActingForSide):
    """One side's signature; `agreement_id` is the text that it has read, and signs no other."""

    agreement_id: AgreementId | None = None


class SignByLink(Command):
    """The family's signature through the link it was given."""

    link: CopiedLink
