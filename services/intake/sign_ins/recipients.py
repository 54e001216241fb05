"""A code on its way to a family, and the news of another contact to the one of before."""

from services.intake.call_backs.recipients import is_caller, resolve_caller
from services.intake.call_backs.repository import CallBacks
from services.intake.cases.repository import Cases
from services.intake.families.repository import Families
from services.intake.requests import recipients
from services.intake.requests.recipients import SEND_MESSAGE
from services.intake.requests.repository import Requests
from shared.identity.sign_ins import SignIns
from shared.messaging.recipients import NO_NAME, Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import RecordFields, Vault
from shared.sign_in.recipients import NO_CALLS, addressee, asks_for_code

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
    """Return how to reach a family, with a code or by a former contact, or a caller."""
    if is_caller(query):
        return resolve_caller(query, call_backs, vault)
    if query.reference.startswith("cnt_"):
        return _former(query, families, vault)
    if asks_for_code(query):
        return _code(query, sign_ins, families, vault)
    return recipients.resolve_recipient(query, requests, cases, families, vault)


def _former(query: RecipientQuery, families: Families, vault: Vault) -> Addressee | Refused:
    """Return a contact that a family had before, without a name: its owner may be another."""
    contact_id, _, family_id = query.reference.partition(".")
    wanted = RecordFields(families.record(family_id).family_id, contact_id, FIELDS)
    (found,) = vault.open_many([wanted], system("resolve_recipients"), SEND_MESSAGE)
    if found is None:
        return Refused(reference=query.reference, refused="no_channel")
    known = {"first_name": NO_NAME}
    return Addressee(Contact.model_validate(found), known, avoid=NO_CALLS)


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
