"""What intake does about call-backs by itself: a claim without a call ends."""

from services.intake.call_backs.repository import CallBacks
from services.intake.call_backs.use_cases import claim_due

DEADLINES = {CallBacks.prefix: claim_due}
