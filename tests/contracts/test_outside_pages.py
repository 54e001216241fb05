"""What is told to who calls from outside is so: routes, a body, the columns of tables."""

import ast
import json
import re
from collections.abc import Callable

import pytest

from services.cards.imports.use_cases import open_batch
from services.intake.requests.commands import SubmitRequest
from services.matching.training_tables.use_cases import open_training_table
from shared.data_files import read_toml
from shared.message_catalogue import ROOT
from tools import openapi

PAGES = ("call-the-api", "connect-a-bot", "connect-telephony", "receive-webhooks")
TABLES: dict[str, Callable[..., object]] = {
    "cards/imports/kinds/holders.toml": open_batch,
    "cards/imports/kinds/shops.toml": open_batch,
    "matching/training_tables/words.toml": open_training_table,
}
CALL = re.compile(r"`(GET|POST|PUT) (?:https://HOST)?(/[^\s`?…]+)")


def shape(method: str, path: str) -> str:
    """A route without its service and the names of its values."""
    path = re.sub(r"^/(?:[a-z]+|SERVICE)/v1", "", path).removeprefix("/v1")
    return f"{method} {re.sub(r'{[^}]*}', '{}', path)}"


ROUTES = {
    shape(method.upper(), path)
    for page in openapi.FOLDER.glob("*.json")
    for path, methods in json.loads(page.read_text("utf-8"))["paths"].items()
    for method in methods
}


def unknown(text: str) -> list[str]:
    """The calls of a page that no document has."""
    calls = [shape(*found) for found in CALL.findall(text.replace("NAME", "{provider}"))]
    return [call for call in calls if call not in ROUTES]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_routes_that_there_are(name: str) -> None:
    text = (ROOT / "docs" / "how-to" / f"{name}.md").read_text("utf-8")
    assert unknown(text) == []
    assert unknown("`POST /bindings/{id}/tokens`") == ["POST /bindings/{}/tokens"]


@pytest.mark.parametrize(("table", "use_case"), TABLES.items())
def test_a_table_is_announced_with_its_columns(table: str, use_case: Callable[..., object]) -> None:
    named = set(re.findall(r"`(\w+)`", use_case.__doc__ or ""))
    columns = read_toml(ROOT / "services" / table)["columns"]
    assert [column for column, heads in columns.items() if not {column, *heads} & named] == []


def test_what_the_page_of_a_bot_sends_is_taken() -> None:
    page = (ROOT / "docs" / "how-to" / "connect-a-bot.md").read_text("utf-8")
    code = ast.parse(page.partition("```python\n")[2].partition("```")[0])
    (body,) = [
        ast.literal_eval(each.value)
        for call in ast.walk(code)
        if isinstance(call, ast.Call)
        for each in call.keywords
        if each.arg == "json"
    ]
    SubmitRequest.model_validate_json(json.dumps(body), strict=True)
