"""What goes out about an application, and about the contact of a guardian."""

from datetime import datetime

from services.matching.guardians.values import GuardianStatus, Invitee, Programme
from services.matching.organisations.values import LegalForm
from shared.api.models import View


class ApplicationView(View):
    """How far an application is, for who has handed it in: nothing that others have found out."""

    guardian_id: str
    number: str
    status: GuardianStatus
    requested_region: str
    programme: Programme
    legal_form: LegalForm
    applied_at: datetime
    version: int


class GuardianContact(View):
    """The person to call at a guardian; each look is audited."""

    guardian_id: str
    title: str
    inn: str
    ogrn: str
    name: str
    person_role: Invitee
    phone: str | None = None
    address: str | None = None
