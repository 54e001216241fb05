"""What a clerk sees of a list of codes."""

from datetime import datetime

from services.cards.codes import StepCode
from services.cards.taken_once import ListStatus
from shared.api.models import View


class PaperCodesView(View):
    """How far the list is; `cards` is how many it has."""

    id: str
    status: ListStatus
    asked_at: datetime
    cards: int
    failure: str | None
    next_steps: tuple[StepCode, ...]
    version: int


class PaperCodesLink(View):
    """Where to fetch the list, within five minutes; no link once the file is deleted."""

    id: str
    version: int
    status: ListStatus
    download_url: str | None
