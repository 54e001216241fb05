"""What comes in about candidates."""

from services.matching.guardians.values import GuardianId
from shared.api.models import Paging


class CandidatesQuery(Paging):
    """A slice of the candidates; `guardian_id` asks about one guardian, wherever it is."""

    guardian_id: GuardianId | None = None
