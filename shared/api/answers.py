"""What goes back to the gateway: a success as JSON or as a page, "not modified", or a refusal."""

import hashlib
import json
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from pydantic import BaseModel

from shared.api import problems
from shared.api.inputs import Request
from shared.api.pages import HtmlPage, PlainText
from shared.api.routes import Route
from shared.errors import DomainError, VersionConflict
from shared.message_catalogue import Catalogue

JSON = "application/json"
HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers of what is answered."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


def success_headers(
    route: Route, receipt: BaseModel | None, request: Request, prefix: str
) -> dict[str, str]:
    """Return what the headers say of a success: its version, its place."""
    headers: dict[str, str] = {}
    # Version 0 is what nobody has written yet: `If-Match: "0"` makes the first one.
    shown = not route.more.untold
    if shown and (version := getattr(receipt, "version", None)) is not None:
        headers["ETag"] = f'"{version}"'
    if shown and route.status == 201 and (identifier := getattr(receipt, "id", None)):
        headers["Location"] = prefix + _location(route, str(identifier), request)
    return headers


def success(
    route: Route,
    receipt: BaseModel | None,
    result: BaseModel | None,
    headers: dict[str, str],
    request: Request,
) -> Answer:
    """Answer a success; what every client may keep has a tag, and is not sent to one that has it.

    A page of a list has a tag, too: who asks often for a list that seldom changes gets no body.

    The status is 200 instead of 201 when a command found what it would have created.
    """
    if result is None:
        return Answer(204, "", headers)
    status = 200 if getattr(receipt, "existing", False) else route.status
    if isinstance(result, HtmlPage):
        status, body, headers = result.status, result.text, headers | _of_page(result)
    elif isinstance(result, PlainText):
        body, headers = result.text, headers | {"Content-Type": TEXT}
    else:
        body, headers = result.model_dump_json(), {"Content-Type": JSON} | headers
    if seconds := route.more.cache_seconds:
        fresh = getattr(result, "fresh_seconds", None)
        longest = seconds if fresh is None else min(seconds, fresh)
        headers["Cache-Control"] = f"public, max-age={longest}"
    content = getattr(result, "content", None)
    said = body if content is None and seconds else content
    if said is not None and status < 400 and "ETag" not in headers:
        tag = f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
        # Two readings of a page say the same in other bytes: its cursor.
        headers["ETag"] = tag if content is None else f"W/{tag}"
        if status == 200 and request.knows(tag):
            return Answer(304, "", {n: v for n, v in headers.items() if n != "Content-Type"})
    return Answer(status, body, headers)


def _location(route: Route, identifier: str, request: Request) -> str:
    path = route.location.replace("{id}", quote(identifier, safe=""))
    for name, value in (request.event.get("pathParameters") or {}).items():
        path = path.replace(f"{{{name}}}", quote(unquote(value), safe=""))
    return path


def refusal_page(page: HtmlPage, error: DomainError) -> Answer:
    """Answer a refusal as a page."""
    retry_after = error.facts.get("retry_after")
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Answer(page.status, page.text, headers | _of_page(page))


def _of_page(page: HtmlPage) -> dict[str, str]:
    return {"Content-Type": HTML, "Content-Security-Policy": page.policy}


def refusal(
    error: DomainError,
    catalogue: Catalogue,
    request: Request,
    challenge: str = "Bearer",
) -> Answer:
    """Answer a refusal; a caller who is not recognised learns the scheme of the proof."""
    has_body = request.event.get("httpMethod") != "GET"
    problem = problems.document(error, catalogue, request.correlation_id, has_body=has_body)
    headers = {"Content-Type": problems.CONTENT_TYPE}
    retry_after = 1 if isinstance(error, VersionConflict) else error.facts.get("retry_after")
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if problem["status"] == 401:
        headers["WWW-Authenticate"] = challenge
    body = json.dumps(problem, ensure_ascii=False, separators=(",", ":"))
    return Answer(problem["status"], body, headers)
