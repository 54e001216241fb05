"""What a manager sees of a list of store keys."""

from datetime import datetime

from services.cards.codes import StepCode
from services.cards.taken_once import ListStatus
from shared.api.models import View


class KeyListView(View):
    """How far the list is; `keys` is how many it has."""

    id: str
    status: ListStatus
    asked_at: datetime
    keys: int
    failure: str | None
    next_steps: tuple[StepCode, ...]
    version: int


class KeyListLink(View):
    """Where to fetch the list, within five minutes; no link once the file is deleted."""

    id: str
    version: int
    status: ListStatus
    download_url: str | None
