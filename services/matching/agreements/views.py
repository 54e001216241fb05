"""What goes out about a care agreement."""

from shared.api.models import View


class SigningLink(View):
    """A link with which the family signs; it is for the family alone."""

    link: str
    expires_in_hours: int
