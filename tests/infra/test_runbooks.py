"""What pages name is there under that name: who follows a runbook at night can ask nobody."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from infra.packaging import templates
from infra.services import ROOT, app_folders, service_names

RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
PAGES = [
    path
    for pattern in ("*.md", "docs/**/*.md", "infra/**/*.md", "services/**/*.md", "*/README.md")
    for path in sorted(ROOT.glob(pattern))
    if path.name != "CHANGELOG.md"
]
OF_AWS = {"admin-enable-user"}
# Of Logs Insights, and what the formatter and an invocation write into every line.
COMMANDS = {"fields", "filter", "stats", "sort", "limit", "display", "dedup"}
WORDS = {"and", "or", "not", "in", "like", "by", "as", "desc", "asc", "count", "bin", "m", "h"}
ALWAYS = {"@timestamp", "@message", "level", "message", "location", "timestamp"}


def _text(*patterns: str) -> str:
    paths = [path for pattern in patterns for path in ROOT.glob(pattern)]
    return "\n".join(path.read_text("utf-8") for path in paths if ".venv" not in path.parts)


CODE = _text("shared/**/*.py", "services/**/*.py", "shared/**/*.toml", "services/**/*.toml")
INFRA = _text("infra/*.yaml", "infra/**/*.py")
NAMES = set(re.findall(r"\w+", CODE + INFRA + _text("bench/*.py")))
NAMES |= {path.stem for top in ("clients", "demo", "tests") for path in ROOT.glob(f"{top}/**/*.py")}


def _queries(page: Path) -> Iterator[str]:
    """The queries of Logs Insights on a page: blocks that begin with `fields`."""
    yield from re.findall(r"(?m)^(?: {4}fields.*\n)(?: {4}\|.*\n)*", page.read_text("utf-8"))


QUERIES = [(page, query) for page in RUNBOOKS for query in _queries(page)]


@pytest.mark.parametrize(("page", "query"), QUERIES, ids=lambda it: getattr(it, "stem", "query"))
def test_a_query_asks_for_what_a_line_has(page: Path, query: str) -> None:
    noted = set(re.findall(r"\bnote\(([^()]*(?:\([^()]*\)[^()]*)*)\)", CODE))
    written = {name for call in noted for name in re.findall(r"(\w+)=", call)} | ALWAYS
    written |= set(re.findall(r'"(\w+)"', _of_every_line()))
    for part in query.split("|"):
        command, _, rest = part.strip().partition(" ")
        assert command in COMMANDS, part
        plain = re.sub(r'"[^"]*"', "", rest)
        named = {each.split(".")[0] for each in re.findall(r"@?[a-z_][a-z_0-9.]*", plain)}
        assert named - WORDS <= written, (page.name, named - WORDS - written)
        for route in re.findall(r'"([A-Z]+ /[^"]*)"', rest):
            assert route in _routes(), (page.name, route)


def _of_every_line() -> str:
    """The part of the code where an invocation begins its line and ends it."""
    text = (ROOT / "shared" / "observability.py").read_text("utf-8")
    return text[text.index("class _Invocation") :]


def _routes() -> set[str]:
    return set().union(*map(_routes_of, app_folders()))


@cache
def _routes_of(service: str) -> frozenset[str]:
    paths = json.loads(_text(f"docs/api/{service}.json"))["paths"]
    return frozenset(f"{method.upper()} {path}" for path in paths for method in paths[path])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_code_that_a_page_names_is_one_of_the_code(page: Path) -> None:
    """A metric, a problem, a field, a reason: in backticks, or what a log is searched for."""
    text = page.read_text("utf-8")
    named = set(re.findall(r"[`?]([a-z]+(?:_[a-z]+)+)\b", text))
    assert named - NAMES == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_request_that_a_page_says_is_one_of_an_api(page: Path) -> None:
    said = re.findall(r"\b(GET|POST|PUT|DELETE) …?/(\w+)(/v1/[^\s`?)…]+)", page.read_text("utf-8"))
    for method, service, path in said:
        if service in app_folders():
            ours = [re.sub(r"\{[^}]*\}", "[^/]+", one) for one in _routes_of(service)]
            assert any(re.fullmatch(one, f"{method} {path}") for one in ours), (method, path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_command_of_ours_takes_the_options_that_a_page_gives_it(page: Path) -> None:
    text = page.read_text("utf-8").replace("\\\n", " ")
    for module, rest in re.findall(
        r"python -m ((?:bench|demo|infra|tests|tools)[\w.]*)([^`\n#]*)", text
    ):
        place = module.rstrip(".").replace(".", "/")
        code = _text(f"{place}.py", f"{place}/**/*.py")
        assert code, module
        known = set(re.findall(r'"(--[a-z-]+)"', code))
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known, rest


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_make_has_the_targets_and_variables_that_a_page_gives_it(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z]+):", makefile))
    asked = set(re.findall(r"[$(,]([A-Z]{2,})\b", makefile))
    text = page.read_text("utf-8")
    for target, rest in re.findall(r"(?m)(?:`|^ *)make ([a-z]+)([^`\n#]*)", text):
        assert target in targets, target
        assert set(re.findall(r"\b([A-Z]+)=", rest)) <= asked, rest


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_function_a_table_or_a_queue_has_the_name_that_a_page_says(page: Path) -> None:
    platform = _named("platform")
    others = set().union(*map(_named, app_folders()))
    text = page.read_text("utf-8")
    assert set(re.findall(r"<stack>-([a-z][a-z0-9-]+)", text)) <= others | platform
    assert set(re.findall(r"ryadom-(?:STAGE|prod)-platform-([a-z][a-z0-9-]+)", text)) <= platform
    for service, part in re.findall(r"ryadom-(?:STAGE|prod)-(\w+)-([a-z][a-z0-9-]+)", text):
        assert service == "platform" or (service in service_names() and part in others), part


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.stem)
def test_an_alarm_has_the_name_that_a_runbook_says(page: Path) -> None:
    """What stands alone in backticks: an alarm, a rule, or a command of AWS said before."""
    text = page.read_text("utf-8")
    said = set(re.findall(r"`((?!ryadom-)[a-z]+(?:-[a-z0-9]+)+)`", text))
    alarms = set(re.findall(r"\$\{AWS::StackName\}-([a-z0-9-]+)", INFRA))
    rules = set(re.findall(r"\bName: ([a-z0-9-]+)", INFRA))
    assert said - alarms - rules - OF_AWS == set()


def _named(stack: str) -> set[str]:
    """The names of a stack's resources, after that of the stack."""
    return set(re.findall(r"\$\{AWS::StackName\}-([a-z0-9-]+)", json.dumps(_written(stack))))


@cache
def _written(stack: str) -> templates.Template:
    return templates.written(stack)


def test_queries_are_found() -> None:
    assert len(QUERIES) >= 4


def test_what_was_changed_by_hand_is_not_said_to_be_mended_by_any_deploy() -> None:
    """CloudFormation compares templates: the same one again changes nothing."""
    told = {page.name: _text(f"docs/runbooks/{page.name}") for page in RUNBOOKS}
    by_hand = {name for name, text in told.items() if "changed by hand" in text}
    assert by_hand
    assert {
        name for name in by_hand if "infra.deploy STAGE --revert-drift" not in told[name]
    } == set()
