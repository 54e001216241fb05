"""What people see of a programme."""

from datetime import date

from services.cards.codes import StepCode
from services.cards.programmes.values import ProgrammeStatus
from shared.api.models import View


class ProgrammeView(View):
    """The programme of a region."""

    id: str
    region: str
    club_id: str
    authority_id: str
    started_on: date
    grace_days: int
    status: ProgrammeStatus
    next_steps: tuple[StepCode, ...]
    version: int
