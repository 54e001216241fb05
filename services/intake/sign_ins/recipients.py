"""A code on its way to a family."""

from services.intake.call_backs.recipients import is_caller, resolve_caller
from services.intake.call_backs.repository import CallBacks
from services.intake.cases.repository import Cases
from services.intake.families.repository import Families
from services.intake.requests import recipients
from services.intake.requests.repository import Requests
from shared.identity.sign_ins import SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault
from shared.sign_in.recipients import addressee, asks_for_code

SEND_CODE = "send_code"


def resolve_recipient(
    query: RecipientQuery,
    sign_ins: SignIns,
    requests: Requests,
    cases: Cases,
    families: Families,
    call_backs: CallBacks,
    vault: Vault,
) -> Addressee | Refused:
    """Return how to reach a family, with its code where it has asked for one, or a caller."""
    if is_caller(query):
        return resolve_caller(query, call_backs, vault)
    if asks_for_code(query):
        return _code(query, sign_ins, families, vault)
    return recipients.resolve_recipient(query, requests, cases, families, vault)


def _code(
    query: RecipientQuery, sign_ins: SignIns, families: Families, vault: Vault
) -> Addressee | Refused:
    sign_in = sign_ins.get(query.reference)
    family = families.find(sign_in.person or "") if sign_in.sends else None
    known = family.contacts if family is not None else ()
    contact = next((each for each in known if each.index == sign_in.contact), None)
    if family is None or contact is None:
        return Refused(reference=query.reference, refused="unknown_contact")
    asker = system("resolve_recipients")
    fields = vault.open(family.family_id, contact.contact_id, FIELDS, asker, SEND_CODE)
    return addressee(sign_in, Contact.model_validate(fields))
