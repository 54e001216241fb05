"""What a family wants done with its own case, in the shape in which it is asked for."""

from pydantic import Field

from services.intake.cases.commands import Code, Command, OwnNeeds, RequestId
from services.intake.codes.values import (
    ConsentForm,
    EraseReason,
    Evidence,
    Purpose,
    ReopenReason,
    WithdrawReason,
)
from shared.identity.signed_links import LONGEST
from shared.privacy.contact import Contact


class CorrectNeeds(OwnNeeds):
    """The family's changes; `evidence` when headquarters makes them for it."""

    evidence: Evidence | None = None


class OwnWithdrawal(Command):
    """The family takes its request back; it owes nobody a reason."""

    reason: WithdrawReason = WithdrawReason.NOT_SAID


class WithdrawRequest(OwnWithdrawal):
    """The family takes its request back; `evidence` when headquarters does it for it."""

    evidence: Evidence | None = None


class ReopenRequest(Command):
    """A closed case starts again."""

    reason: ReopenReason
    linked_request: RequestId | None = None
    evidence: Evidence | None = None


class OwnConsent(Command):
    """One permission given or taken back; `recipient` is the office it is about."""

    purpose: Purpose
    given: bool
    recipient: Code | None = None
    form: ConsentForm | None = None
    text_version: Code = "1"


class ChangeConsent(OwnConsent):
    """One permission; `evidence` when headquarters records it for the family."""

    evidence: Evidence | None = None


class ReplaceContact(Command):
    """A family is reached in a new way."""

    contact: Contact
    evidence: Evidence | None = None


class ErasePerson(Command):
    """The family is to be forgotten."""

    reason: EraseReason
    evidence: Evidence | None = None


class LinkOnly(Command):
    """The family's own link, and nothing else."""

    link: str = Field(min_length=1, max_length=LONGEST)


class CorrectNeedsByLink(OwnNeeds):
    """The family changes its needs through its link."""

    link: str = Field(min_length=1, max_length=LONGEST)


class ChangeConsentByLink(OwnConsent):
    """The family gives or takes back a permission through its link."""

    link: str = Field(min_length=1, max_length=LONGEST)


class WithdrawByLink(OwnWithdrawal):
    """The family takes its request back through its link."""

    link: str = Field(min_length=1, max_length=LONGEST)
