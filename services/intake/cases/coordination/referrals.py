"""Families that were sent to another organisation, and what is done when it helps no more."""

from datetime import timedelta

from services.intake.cases.domain import Case

# So long a family may be on its way there; no month is shorter.
FOLLOWED_UP = timedelta(weeks=4)
LOST = "referral_lost"


def referred_to(case: Case) -> str | None:
    """Return the provider to which a family was sent, until that helps no more."""
    provider = None if case.triage is None else case.triage.provider
    lost = any(entry.what == LOST and entry.ref == provider for entry in case.history)
    return None if lost else provider
