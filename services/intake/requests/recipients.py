"""What may be let out about a family for a message to it."""

from typing import NamedTuple

from services.intake.cases.repository import Cases
from services.intake.codes.values import ConsentPurpose, ContactProof
from services.intake.families.domain import Family
from services.intake.families.repository import Families
from services.intake.requests.repository import Requests
from shared.errors import NotFound
from shared.messaging.recipients import NO_NAME, Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault

SEND_MESSAGE = "send_message"
OWNER = "intake"


class _About(NamedTuple):
    """The family that a message is for, and the number that it knows what it asked for by."""

    family: Family | None
    number: str | None


def resolve_recipient(
    query: RecipientQuery, requests: Requests, cases: Cases, families: Families, vault: Vault
) -> Addressee | Refused:
    """Return how to reach a family about a request or a case of it, or about itself; or why not."""
    family, number = _about(query.reference, requests, cases, families)
    if family is None or family.contact is None:
        erased = family is not None and family.erased
        return Refused(reference=query.reference, refused="erased" if erased else "no_channel")
    if not family.allows(ConsentPurpose.CONTACT):
        return Refused(reference=query.reference, refused="no_consent")
    asker = system("resolve_recipients")
    fields = vault.open(
        family.contact_subject, family.contact.contact_id, FIELDS, asker, SEND_MESSAGE
    )
    known = {} if number is None else {"number": number}
    if family.contact.proof is ContactProof.UNPROVED:
        known["first_name"] = NO_NAME
    return Addressee(Contact.model_validate(fields), known, district_id=family.district)


def _about(reference: str, requests: Requests, cases: Cases, families: Families) -> _About:
    match reference.partition("_")[0]:
        case "req":
            request = requests.get(reference)
            found = request.family_id and families.get(request.family_id)
            return _About(found or None, request.number)
        case "cas":
            case, family = cases.open_file(reference)
            return _About(family, case.number)
        case "fam":
            return _About(families.get(reference), None)
        case _:
            raise NotFound("family")
