"""What goes out about the contact of a guardian."""

from shared.api.models import View


class GuardianContact(View):
    """The person to call at a guardian; each look is audited."""

    guardian_id: str
    title: str
    inn: str
    ogrn: str
    name: str
    person_role: str
    phone: str | None = None
    address: str | None = None
