"""What may be let out about a volunteer, for one message."""

from services.matching.volunteers.repository import Volunteers
from services.matching.volunteers.values import VolunteerStatus
from services.matching.volunteers.vault_records import CONTACT
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault

PREFIX = "vol_"


def resolve_volunteer(
    query: RecipientQuery, volunteers: Volunteers, vault: Vault
) -> Addressee | Refused:
    """Return the contact of a volunteer that has not left."""
    volunteer = volunteers.get(query.reference)
    if volunteer.status is VolunteerStatus.LEFT:
        return Refused(reference=query.reference, refused="unknown_contact")
    asker = system("notifications")
    fields = vault.open(query.reference, CONTACT, FIELDS, asker, "send_message")
    return Addressee(Contact.model_validate(fields), district_id=volunteer.district)
