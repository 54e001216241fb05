"""What an office is answered about a placement."""

from shared.api.models import View


class Noted(View):
    """The report was taken; it says nothing about a card."""

    noted: bool = True
