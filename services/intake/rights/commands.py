"""What a family wants done, by bot, by link, or through headquarters with evidence."""

from typing import Annotated

from pydantic import Field

from services.intake.cases.commands import AnyCode, NeedCommand
from services.intake.codes.values import (
    ConsentForm,
    ConsentPurpose,
    EraseReason,
    PersonAnswer,
    PersonRequestKind,
    WithdrawReason,
)
from services.intake.requests.values import RequestId
from shared.api.models import Command, Paging
from shared.domain import DistrictCode
from shared.identity.signed_links import CopiedLink
from shared.privacy.contact import Line, NewContact
from shared.reference.code_lists import Listed

# SHA-256 in hex of a text with its consequences, as it was shown.
TextHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FamilyWish(Command):
    """What a family wants done; `evidence` only when headquarters does it for the family."""

    evidence: Annotated[str, Listed("request_evidence")] | None = None


class ByLink(Command):
    """What a family does itself, through its own link."""

    link: CopiedLink


class ReadLogByLink(ByLink, Paging):
    """Which slice of the access log a family reads through its link."""


class Withdrawal(Command):
    """The family needs no help any more; it owes no reason."""

    reason: Annotated[str, Listed("request_withdraw_reason")] = WithdrawReason.NOT_SAID.value


class ConsentChange(Command):
    """One permission given or withdrawn; `recipient` is the office it is about.

    `text_version` is that of the text which was read or shown, the one in force when none is named;
    `text_hash` proves that it was this text (`GET /consent-texts`). What a family gives itself is
    given online, whatever `form` says; what it takes back has no form.
    """

    purpose: ConsentPurpose
    given: bool
    recipient: DistrictCode | None = None
    form: ConsentForm | None = None
    text_version: AnyCode | None = None
    text_hash: TextHash | None = None


class CorrectNeeds(FamilyWish, NeedCommand):
    """The family's changes of its needs; `evidence` when headquarters makes them for it."""


class ChangeConsent(FamilyWish, ConsentChange):
    """One permission; `evidence` when headquarters records it for the family."""


class WithdrawCase(FamilyWish, Withdrawal):
    """The family needs no help any more; `evidence` when headquarters says so for it."""


class DiscloseToOffice(Command):
    """A district office is to see the case of a family that has not consented."""

    recipient: DistrictCode
    reason: Annotated[str, Listed("disclosure_reason")]


class EndDisclosure(Command):
    """An office that was shown a family without its consent is to see it no more."""

    recipient: DistrictCode
    reason: Annotated[str, Listed("disclosure_end_reason")]


class AskAsPerson(FamilyWish):
    """What the family asks about its data; `evidence` when headquarters writes it down."""

    kind: PersonRequestKind


class AnswerPerson(Command):
    """Whether the family got what it asked for; a refusal says why."""

    answer: PersonAnswer
    reason: Annotated[str, Listed("person_refusal_reason")] | None = None


class ReplaceContact(FamilyWish):
    """A family is reached in a new way.

    `former` is the phone or address that it is reached by no more: the first one when none is
    named. It gets a message of that, unless headquarters says that the phone is `stolen`; then the
    family is signed out everywhere, also when its number stays.
    """

    contact: NewContact
    former: Line | None = Field(default=None, repr=False)
    stolen: bool = False


class ReopenCase(FamilyWish):
    """A closed case is reviewed again.

    `evidence` says how the family asked for it; what headquarters itself closed by mistake needs
    none.
    """

    reason: Annotated[str, Listed("case_reopen_reason")]
    linked_request: RequestId | None = None


class ErasePerson(FamilyWish):
    """The family is to be forgotten."""

    reason: EraseReason


class CorrectNeedsByLink(ByLink, NeedCommand):
    """The family changes its needs through its link."""


class ChangeConsentByLink(ByLink, ConsentChange):
    """The family gives or withdraws a permission through its link."""


class WithdrawByLink(ByLink, Withdrawal):
    """The family says through its link that it needs no help any more."""
