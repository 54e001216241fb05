"""Events of intake about all cases of a coordinator together."""

from shared.events.base import Event


class CaseloadTransferred(Event):
    """The open cases of one coordinator were handed over to a colleague, as far as they could be.

    There were `more` when the colleague has to be given the rest in another hand-over; who asked
    for it `by_receiver` knows of it.
    """

    transfer_id: str
    moved: int
    left: int
    more: bool = False
    taken_by: str | None = None
    by_receiver: bool = False
