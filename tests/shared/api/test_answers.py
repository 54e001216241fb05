"""What an answer looks like to the client: its status, its tag, and how long it may be kept."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from shared.api import answers
from shared.api.inputs import Request
from shared.api.models import PublicView
from shared.api.pages import HtmlPage, PlainText, fill, join
from shared.api.problems import Failure, Malformed, TooLarge, WrongInput, status_of
from shared.api.routes import Declaration, Route, declare
from shared.budget import OutOfTime
from shared.errors import (
    DomainError,
    Forbidden,
    Gone,
    IllegalStep,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RateLimited,
    Unauthenticated,
    Unavailable,
    VersionConflict,
)
from shared.message_catalogue import Catalogue
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page


class Shown(PublicView):
    """What everybody may read."""

    text: str = "a"


def show() -> Shown:
    """Show something."""
    return Shown()


def route(seconds: int = 0) -> Route:
    return declare("GET", "/v1/shown", show, "public", Declaration(cache_seconds=seconds))


def answer(
    result: BaseModel | None,
    *,
    seconds: int = 0,
    receipt: Receipt | None = None,
    headers: dict[str, str] | None = None,
    known: str = "",
) -> answers.Answer:
    request = Request({"headers": {"If-None-Match": known}})
    return answers.success(route(seconds), receipt, result, headers or {}, request)


def make(context: CommandContext) -> Receipt:
    """Make something."""
    return Receipt(id="x 1", version=1)


@pytest.mark.parametrize(
    ("untold", "headers"), [(True, {}), (False, {"ETag": '"1"', "Location": "/s/v1/shown/x%201"})]
)
def test_what_was_made_is_named_in_the_headers_unless_it_is_untold(
    untold: bool, headers: dict[str, str]
) -> None:
    line = declare("POST", "/v1/shown", make, "public", Declaration(untold=untold))

    assert answers.success_headers(line, Receipt(id="x 1", version=1), Request({}), "/s") == headers


def test_only_what_made_something_says_where_it_is() -> None:
    action = declare("POST", "/v1/shown", make, "public", Declaration(status=200))

    told = answers.success_headers(action, Receipt(id="x 1", version=2), Request({}), "/s")

    assert told == {"ETag": '"2"'}


@pytest.mark.parametrize(("fresh", "longest"), [(None, 30), (7, 7), (90, 30), (0, 0)])
def test_a_client_may_keep_it_as_long_as_it_is_fresh(fresh: int | None, longest: int) -> None:
    kept = answer(Shown(fresh_seconds=fresh), seconds=30)
    assert kept.headers["Cache-Control"] == f"public, max-age={longest}"


@pytest.mark.parametrize(
    ("result", "seconds", "weak"),
    [
        (Shown(), 30, False),
        (Page[Shown](items=[Shown()]), 0, True),
        (Page(items=[]), 9, True),
    ],
)
def test_who_has_it_already_gets_no_body(result: BaseModel, seconds: int, weak: bool) -> None:
    first = answer(result, seconds=seconds)
    again = answer(result, seconds=seconds, known=f'"x", {first.headers["ETag"]}')
    other = answer(result, seconds=seconds, known='"x"')

    assert (first.status, first.headers["Content-Type"]) == (200, answers.JSON)
    assert first.headers["ETag"].startswith("W/") is weak
    assert (again.status, again.body) == (304, "")
    assert again.headers == {n: v for n, v in first.headers.items() if n != "Content-Type"}
    assert other == first


@pytest.mark.parametrize(
    ("result", "more"),
    [
        (Shown(), {}),
        (Shown(), {"seconds": 30, "headers": {"ETag": '"1"'}}),
        (HtmlPage(title="", style="", body="", status=404), {"seconds": 30}),
    ],
)
def test_what_has_a_tag_of_its_own_or_is_not_kept_gets_none(
    result: BaseModel, more: dict[str, Any]
) -> None:
    shown = answer(result, known="*", **more)
    assert shown.status in (200, 404)
    assert shown.headers.get("ETag") == more.get("headers", {}).get("ETag")


@pytest.mark.parametrize(
    ("result", "kind"),
    [(HtmlPage(title="", style="", body=""), answers.HTML), (PlainText(text="ok"), answers.TEXT)],
)
def test_a_page_and_a_word_say_what_they_are(result: BaseModel, kind: str) -> None:
    assert answer(result).headers["Content-Type"] == kind


def test_nothing_and_what_was_there_already_have_a_status_of_their_own() -> None:
    made, found = (Receipt(id="a", version=1, existing=existing) for existing in (False, True))
    post = declare("POST", "/v1/shown", show, "public", Declaration(status=201))
    statuses = [
        answers.success(post, receipt, receipt, {}, Request({})).status for receipt in (made, found)
    ]
    assert statuses == [201, 200]
    assert answer(None).status == 204


@pytest.mark.parametrize(("method", "place"), [("GET", "query"), ("POST", "body")])
def test_a_refusal_names_the_field_where_it_was_given(method: str, place: str) -> None:
    refused = answers.refusal(Invalid("a", "/b"), Catalogue(), Request({"httpMethod": method}))
    (fault,) = json.loads(refused.body)["errors"]
    assert (fault["in"], fault["pointer"]) == (place, "/b")
    assert "\\u" not in refused.body  # Russian is sent as it is read


@pytest.mark.parametrize(
    ("error", "told"),
    [(RateLimited(retry_after=7), "7"), (Unavailable(), "2"), (NotFound("page"), None)],
)
def test_a_refusal_says_when_to_come_back_where_that_helps(
    error: DomainError, told: str | None
) -> None:
    page = HtmlPage(title="", style="", body="", status=429)
    assert answers.refusal_page(page, error).headers.get("Retry-After") == told
    refused = answers.refusal(error, Catalogue(), Request({}))
    assert refused.headers.get("Retry-After") == told


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Malformed(), 400),
        (Unauthenticated(), 401),
        (Forbidden("open"), 403),
        (NotFound("note"), 404),
        (DomainError("odd"), 409),
        (IllegalStep("step_not_allowed"), 409),
        (VersionConflict(), 409),
        (Gone("link_used"), 410),
        (PreconditionFailed(), 412),
        (TooLarge(2048), 413),
        (Invalid("bad_id"), 422),
        (WrongInput([]), 422),
        (PreconditionRequired("if_match_required"), 428),
        (RateLimited(), 429),
        (Failure(), 500),
        (Unavailable(), 503),
        (OutOfTime(), 503),
    ],
)
def test_each_kind_of_refusal_has_its_status(error: DomainError, status: int) -> None:
    assert status_of(error) == status


def test_what_a_page_says_is_escaped_unless_it_is_a_piece_itself() -> None:
    piece = fill("<b>$name</b>", name='<i>&"')
    page = HtmlPage(
        title="<x>", style="", body=join(piece, fill("$piece $text", piece=piece, text="<s>"))
    )

    assert piece == "<b>&lt;i&gt;&amp;&quot;</b>"
    assert f"\n{piece}\n{piece} &lt;s&gt;\n" in page.text
    assert "<title>&lt;x&gt;</title>" in page.text


@pytest.mark.parametrize(("posts", "target"), [(True, "'self'"), (False, "'none'")])
def test_a_page_sends_a_form_to_its_own_service_or_nowhere(posts: bool, target: str) -> None:
    policy = HtmlPage(title="", style="", body="", posts=posts).policy
    assert f"form-action {target};" in policy
    assert "default-src 'none'" in policy
