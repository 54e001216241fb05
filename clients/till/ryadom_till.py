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
from typing import Any, Literal, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

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
    """No answer came; repeating with the same `repeat` is safe."""


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


def _made(kind: type[T], answer: dict[str, Any]) -> T:
    """Return an answer as its class; fields that a newer till adds are left out."""
    return kind(**{each.name: answer[each.name] for each in fields(kind)})  # type: ignore[arg-type]


def _problem(error: HTTPError) -> TillProblem:
    try:
        told = json.load(error)
    except ValueError:
        told = {}
    after = error.headers.get("Retry-After")
    return TillProblem(error.code, told, int(after) if after else None)


class TillClient:
    """One outlet's line to the till.

    `repeat` is the request's Idempotency-Key: give your own (a receipt number and a counter) to
    repeat safely across restarts; without one a fresh key covers the client's own repeats.
    """

    def __init__(self, address: str, api_key: str, timeout: float = 5.0, attempts: int = 3) -> None:
        self.address = address.rstrip("/") + "/till"
        self.api_key = api_key
        self.timeout = timeout
        self.attempts = attempts

    def _get(self, path: str) -> dict[str, Any]:
        return self._sent(Request(self.address + path, headers={"X-API-Key": self.api_key}))

    def _post(self, path: str, body: dict[str, Any], repeat: str | None) -> dict[str, Any]:
        sent = {name: value for name, value in body.items() if value is not None}
        headers = {
            "Content-Type": "application/json",
            "X-API-Key": self.api_key,
            "Idempotency-Key": repeat or str(uuid.uuid4()),
        }
        url, raw = self.address + path, json.dumps(sent).encode()
        return self._sent(Request(url, raw, headers, method="POST"))

    def _sent(self, request: Request) -> dict[str, Any]:
        for attempt in range(self.attempts):
            try:
                with urlopen(request, timeout=self.timeout) as answer:
                    told: dict[str, Any] = json.load(answer)
                    return told
            except HTTPError as error:
                if error.code < 500 or attempt == self.attempts - 1:
                    raise _problem(error) from None
            except (URLError, TimeoutError, ConnectionError) as error:
                if attempt == self.attempts - 1:
                    raise TillUnreachable(str(error)) from None
            time.sleep(0.2 * 2**attempt)
        raise TillUnreachable("no attempt was made")

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
        to the cashier. Repeat an unanswered request with the same `Idempotency-Key`: it is counted
        once.
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

        The discount stays good when the card was blocked after the check. A purchase that is too
        small for the discount is refused: it is sold without.
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
