"""What time alone does to the hand-over of a caseload: its next step is due at once."""

from services.intake.caseloads.repository import CaseloadTransfers
from services.intake.caseloads.use_cases import move_cases

DEADLINES = {CaseloadTransfers.prefix: move_cases}
