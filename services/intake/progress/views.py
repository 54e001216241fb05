"""What is said about a request without an account: its state in plain words, and what comes next.

The words are in `texts.toml` of the service, one table per state.
"""

from datetime import datetime
from typing import Self

from services.intake.cases.domain import Case
from services.intake.codes.values import ClosedReason, Confidentiality
from services.intake.progress.values import OF_CASE, Progress
from services.intake.requests.domain import Request
from services.intake.requests.values import RequestStatus
from services.intake.requests.views import OK, TEXTS
from shared.api.models import View


class StatusView(View):
    """How far a request has come; no name, no need, no id."""

    number: str
    progress: Progress
    state: str
    next: str

    @classmethod
    def of_request(cls, request: Request, case: Case | None, *, by_code: bool = False) -> Self:
        """Show how far a request and its case have come, to who has its code or has sent it."""
        progress = progress_of(request, case, by_code=by_code)
        state, coming = TEXTS.text(f"progress_{progress}", OK, {})
        return cls(number=request.number, progress=progress, state=state, next=coming)


class FilingRow(View):
    """A request that a public assistant has filed; how far its case has come is another read."""

    id: str
    number: str
    status: RequestStatus
    received_at: datetime

    @classmethod
    def of_request(cls, request: Request) -> Self:
        """Show a request as a line; that of a family which is helped already looks like others."""
        status = RequestStatus.JOINED if request.joins else request.status
        return cls.of(request, id=request.request_id, status=status)


class RenewedCodeView(View):
    """The number of a request and its new code, to be read aloud."""

    id: str
    version: int
    number: str
    code: str


def progress_of(request: Request | None, case: Case | None, *, by_code: bool = False) -> Progress:
    """Return how far a request has come, or a case alone."""
    if request is not None and request.status is RequestStatus.ENDED:
        return Progress.CLOSED
    if case is None:
        return Progress.RECEIVED
    if request is not None and not request.may_follow(case, by_code=by_code):
        return Progress.RECEIVED
    proved = request is None or request.proved(by_code=by_code)
    if case.closed_reason is ClosedReason.DUPLICATE and proved:
        return Progress.ELSEWHERE
    if case.closed_reason is ClosedReason.REDIRECTED and (proved or _is_anonymous(request)):
        return Progress.REDIRECTED
    return OF_CASE[case.status]


def _is_anonymous(request: Request | None) -> bool:
    """Whether it came without a contact, so that its case is that of no other family."""
    return request is not None and request.confidentiality == Confidentiality.ANONYMOUS
