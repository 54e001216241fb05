"""Events of plans of help, which are not kept yet: what others already listen to."""

from datetime import date

from shared.events.base import Event


class PlanItemChanged(Event):
    """A measure of a family's plan has a provider, or has come further."""

    item_id: str
    plan_id: str
    family_id: str
    case_id: str | None = None
    provider_id: str
    measure: str
    status: str
    due_on: date | None = None
