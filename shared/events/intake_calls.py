"""Events of intake about callers who rang in vain."""

from datetime import datetime

from pydantic import BaseModel

from shared.events.base import Event


class _OfCallBack(BaseModel, defer_build=True):
    """What every fact about a call-back says; no event itself, so not in the catalogue."""

    call_back_id: str


class CallBackAsked(_OfCallBack, Event):
    """A call was missed, or its caller was called in vain: an operator calls until `due_at`."""

    due_at: datetime
    urgent: bool = False
    attempts: int = 0


class CallBackEnded(_OfCallBack, Event):
    """No call is due any more; one that is not `acknowledged` gets no message."""

    reason: str
    acknowledged: bool = True
