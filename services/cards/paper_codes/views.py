"""What a clerk sees of a list of codes."""

from datetime import datetime

from services.cards.paper_codes.values import PaperStatus
from shared.api.models import View


class PaperCodesView(View):
    """How far the list is; `cards` is how many it has."""

    id: str
    status: PaperStatus
    asked_at: datetime
    cards: int
    failure: str | None
    version: int


class PaperCodesLink(View):
    """Where to fetch the list, within five minutes; no link once the file is deleted."""

    id: str
    version: int
    status: PaperStatus
    download_url: str | None
