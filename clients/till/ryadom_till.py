"""Client of the Ryadom till: is this card good for our discount?

Made from docs/api/till.json by generate.py; change it there. Python 3.10 or newer, no packages.

    till = TillClient("https://api.example.org", "ryadom_live_...")
    check = till.check_card(number="1234 5678 9012 3456")
    if check.valid:
        sell(percent=check.discount_percent, off=check.discount_kopecks)  # one of them is 0
        till.record_purchase(check.check_id, amount_kopecks=200000, receipt_id="0001-42")
    show(check.message)
"""

import json
import time
import uuid
from dataclasses import dataclass, fields
from http.client import HTTPException
from string import punctuation
from typing import Any, Literal, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

T = TypeVar("T")


class TillProblem(Exception):
    """The till refused: `code` is stable, `detail` is a Russian sentence for people."""

    def __init__(self, status: int, problem: dict[str, Any], retry_after: int | None) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail", ""))
        self.problem = problem
        self.retry_after = retry_after


class TillUnreachable(Exception):
    """No answer came, or none of the till; repeating with the same `repeat` is safe."""


@dataclass(frozen=True)
class CardCheckView:
    """Whether the discount applies: never who holds the card, never why it does not."""

    valid: bool
    discount_percent: int
    discount_kopecks: int
    minimum_purchase_kopecks: int
    offer_id: str | None
    reason: Literal["ok", "not_activated", "not_valid"]
    message: str
    check_id: str


@dataclass(frozen=True)
class PurchaseView:
    """A purchase as it was recorded, or what was returned of it by this request."""

    check_id: str
    status: Literal["recorded", "partly_rolled_back", "rolled_back"]
    amount_kopecks: int
    saved_kopecks: int
    left_kopecks: int
    receipt_id: str


@dataclass(frozen=True)
class OutletView:
    """The outlet of a store key, and what its cashiers may give now."""

    outlet_id: str
    title: str | None
    sandbox: bool
    discount_percent: int
    discount_kopecks: int
    minimum_purchase_kopecks: int
    offer_id: str | None
    message: str


class _NoRedirects(HTTPRedirectHandler):
    """Sends the key to no other address: the page of a network that asks to log in is no till."""

    def redirect_request(self, *_: Any) -> None:
        return None


_open = build_opener(_NoRedirects).open
_FAILED = (OSError, HTTPException, ValueError)


def _made(kind: type[T], answer: dict[str, Any]) -> T:
    """Return an answer as its class; fields that a newer till adds are left out."""
    try:
        return kind(**{each.name: answer[each.name] for each in fields(kind)})  # type: ignore[arg-type]
    except KeyError:
        raise TillUnreachable("what answered is no till") from None


def _read(answer: Any) -> dict[str, Any]:
    told = json.load(answer)
    if not isinstance(told, dict):
        raise ValueError("what answered is no till")
    return told


def _problem(error: HTTPError) -> TillProblem | None:
    """Return the till's refusal; None when it is another's, as of a network on the way."""
    try:
        with error:
            told = _read(error)
    except _FAILED:
        return None
    after = error.headers.get("Retry-After", "")
    refused = TillProblem(error.code, told, int(after) if after.isdecimal() else None)
    return refused if refused.code else None


class TillClient:
    """One outlet's line to the till.

    `repeat` is the request's Idempotency-Key: give your own (a receipt number and a counter) to
    repeat safely across restarts; without one a fresh key covers the client's own repeats.
    """

    def __init__(self, address: str, api_key: str, timeout: float = 5.0, attempts: int = 3) -> None:
        self.address = address.rstrip("/") + "/till"
        self.api_key = api_key.strip()
        self.timeout = timeout
        self.attempts = attempts

    def _get(self, path: str) -> dict[str, Any]:
        return self._sent(Request(self.address + path, headers={"X-API-Key": self.api_key}))

    def _post(self, path: str, body: dict[str, Any], repeat: str | None) -> dict[str, Any]:
        sent = {name: value for name, value in body.items() if value is not None}
        headers = {
            "Content-Type": "application/json",
            "X-API-Key": self.api_key,
            "Idempotency-Key": quote(repeat or str(uuid.uuid4()), safe=punctuation),
        }
        url, raw = self.address + path, json.dumps(sent).encode()
        return self._sent(Request(url, raw, headers, method="POST"))

    def _sent(self, request: Request) -> dict[str, Any]:
        failed: Exception = TillUnreachable("no attempt was made")
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(0.1 * 2**attempt)
            try:
                with _open(request, timeout=self.timeout) as answer:
                    return _read(answer)
            except HTTPError as error:
                refused = _problem(error)
                if refused and error.code < 500:
                    raise refused from None
                failed = refused or TillUnreachable(str(error))
            except _FAILED as error:
                failed = TillUnreachable(str(error))
        raise failed

    def check_card(
        self,
        *,
        code: str | None = None,
        number: str | None = None,
        repeat: str | None = None,
    ) -> CardCheckView:
        """Ask whether a card gives the discount.

        Give `code` (what the scanner read) or `number` (what the cashier typed). When `valid` is
        true, sell with exactly `discount_percent`, or, where that is 0, `discount_kopecks` off a
        purchase of at least `minimum_purchase_kopecks`, and at most its whole price. Show `message`
        to the cashier. Repeat an unanswered request within ten minutes and with the same
        `Idempotency-Key`: it is counted once.
        """
        body: dict[str, Any] = {
            "code": code,
            "number": number,
        }
        answer = self._post("/v1/card-checks", body, repeat)
        return _made(CardCheckView, answer)

    def record_purchase(
        self,
        check_id: str,
        *,
        amount_kopecks: int,
        receipt_id: str,
        repeat: str | None = None,
    ) -> PurchaseView:
        """Record what was bought under a check, within 24 hours of it and once.

        The discount stays good when the card was blocked, or the partner has ended, after the
        check. A purchase that is too small for the discount is refused: it is sold without.
        """
        body: dict[str, Any] = {
            "amount_kopecks": amount_kopecks,
            "receipt_id": receipt_id,
        }
        answer = self._post(f"/v1/card-checks/{check_id}/purchase", body, repeat)
        return _made(PurchaseView, answer)

    def roll_back_purchase(
        self,
        check_id: str,
        *,
        amount_kopecks: int | None = None,
        repeat: str | None = None,
    ) -> PurchaseView:
        """Take a recorded purchase back, at any outlet of the partner and within 30 days.

        Without `amount_kopecks` all that is left of it is returned; with it a part, whose price
        before the discount it is. A purchase may be returned in several parts.
        """
        body: dict[str, Any] = {
            "amount_kopecks": amount_kopecks,
        }
        answer = self._post(f"/v1/card-checks/{check_id}/rollback", body, repeat)
        return _made(PurchaseView, answer)

    def get_outlet(self) -> OutletView:
        """Show the outlet of the store key and the discount it gives now.

        It is no check and no try: a till may ask when it starts. Show `message` to the cashier.
        """
        return _made(OutletView, self._get("/v1/outlet"))
