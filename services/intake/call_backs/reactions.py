"""What intake does about call-backs by itself: they end, or their claims."""

from services.intake.call_backs.repository import CallBacks
from services.intake.call_backs.use_cases import time_is_up

DEADLINES = {CallBacks.prefix: time_is_up}
