"""The contact before a change, as the recipient of the news of it; and where its codes go."""

from services.matching.contact_changes import vault_records
from services.matching.contact_changes.repository import ContactChanges
from services.matching.guardians.repository import Guardians
from services.matching.sign_ins.recipients import resolve_recipient as resolve_person
from services.matching.volunteers.repository import Volunteers
from shared.identity.sign_ins import SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault
from shared.sign_in.recipients import NO_CALLS, addressee, asks_for_code
from shared.sign_in.values import CONTACT_CHANGE, NEW_CONTACT


def resolve_recipient(
    query: RecipientQuery,
    changes: ContactChanges,
    sign_ins: SignIns,
    guardians: Guardians,
    volunteers: Volunteers,
    vault: Vault,
) -> Addressee | Refused:
    """Return how to reach a person of matching; the news of a change goes to the contact before."""
    reader = system("resolve_recipients")
    if query.reference.startswith(f"{CONTACT_CHANGE}_"):
        change = changes.get(query.reference)
        former = vault_records.open_former(change.guardian_id, change.id, reader, vault)
        return Addressee(former, avoid=NO_CALLS)
    sign_in = sign_ins.get(query.reference) if asks_for_code(query) else None
    if sign_in is None or not sign_in.sends or sign_in.use != NEW_CONTACT:
        return resolve_person(query, sign_ins, guardians, volunteers, vault)
    fields = vault_records.open_new(sign_in.person or "", sign_in.about or "", reader, vault)
    return addressee(sign_in, Contact.model_validate(_of_contact(fields)))


def _of_contact(fields: vault_records.Fields) -> vault_records.Fields:
    return {name: value for name, value in fields.items() if name in Contact.model_fields}
