"""What intake does about a request by itself: it joins the open case of its family."""

from services.intake.requests.repository import Requests
from services.intake.requests.use_cases.joining import join_due

DEADLINES = {Requests.prefix: join_due}
