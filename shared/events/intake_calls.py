"""Events of intake about callers to be called back, and what shifts of the hotline leave undone."""

from datetime import datetime

from pydantic import BaseModel

from shared.events.base import Event


class _OfCallBack(BaseModel, defer_build=True):
    """What every fact about a call-back says; no event itself, so not in the catalogue."""

    call_back_id: str


class CallBackAsked(_OfCallBack, Event):
    """A call was missed or broke off, or its caller was called in vain: one calls until `due_at`.

    It was `tried` when an operator has called just now.
    """

    due_at: datetime
    urgent: bool = False
    attempts: int = 0
    tried: bool = False


class CallBackOverdue(_OfCallBack, Event):
    """A call was due, and no operator has called in time; headquarters sees to it."""

    urgent: bool = False


class CallBackEnded(_OfCallBack, Event):
    """No call is due any more; one that is not `acknowledged` gets no message."""

    reason: str
    acknowledged: bool = True


class HandOverOverdue(Event):
    """A note to the next shift of the hotline is not done in time; headquarters sees to it."""

    hand_over_id: str
    number: str
    urgent: bool = False


class HandOverDone(Event):
    """A note that was overdue is done, or the family that it was about is forgotten."""

    hand_over_id: str
