"""One shape for every service: the same modules in each folder.

What differs is listed with its reason, and has to leave the list when it is gone.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

import pytest

from shared.parts import Plug
from tests.guards.code import ROOT, SERVICES, Module, modules

ROLES = frozenset(
    {
        "commands",
        "domain",
        "events",
        "policy",
        "queries",
        "reactions",
        "recipients",
        "repository",
        "routes",
        "use_cases",
        "values",
        "vault_records",
        "views",
    }
)
OF_SERVICE = frozenset({"app", "codes", "policy", "settings"})
# An app inside of a service: the till.
OF_INNER_APP = ROLES | {"app", "settings"}
# Here a module is a provider and is called after it: docs/how-to/add-a-channel.md.
CHANNELS = "channels"
NO_PROVIDER = frozenset({"__init__", "port", "registry"})

# Modules, or all modules of a folder, that no role has a name for.
EXTRA = {
    "services/cards/card_numbers.py": "a card number as people type it, for cards and the till",
    "services/cards/cards/placement.py": "how a placement ends a card, beside the card's states",
    "services/cards/imports/import_step.py": "one step of the job: rows become cards",
    "services/cards/imports/kinds": "a kind of table each: its columns, and what a row becomes",
    "services/cards/imports/result_file.py": "the file with a line per row, for spreadsheets",
    "services/cards/directory/page.py": "the page behind a sticker, in plain HTML",
    "services/cards/kopecks.py": "sums as people read them, for offers, pages and the till",
    "services/cards/offers/offering.py": "a partner's discounts, beneath its other steps",
    "services/cards/offers/words.py": "a discount's size for stickers and messages alike",
    "services/cards/outlet_sets.py": "how offers and the till's rows name outlets",
    "services/cards/outlets/register.py": "what a partner keeps of its shops, apart from a shop's",
    "services/cards/outlets/addresses.py": "when two addresses are one, for rows and tables",
    "services/cards/printing/pdf.py": "the drawing, which alone needs the printing layer",
    "services/cards/qr_codes.py": "one way to draw a QR code, for cards, stickers and sheets",
    "services/cards/taken_once.py": "files of secrets, of codes and of keys, handed out once",
    "services/cards/till_read_model.py": "the rows that cards write and the till reads",
    "services/cards/till/purchases.py": "what follows a check, so that use_cases is the check",
    "services/cards/till/records.py": "a check's row is at once outbox, answer and audit",
    "services/cards/till/scanning.py": "what a scanned code says, before anything is read",
    "services/intake/cases/decisions.py": "what is decided and given, apart from what is asked",
    "services/intake/cases/care_track.py": "reactions and review both move the case along it",
    "services/intake/calls/use_cases": "what is added, mended and disowned, over one commit",
    "services/intake/cases/use_cases": "how words change needs is used by all who name needs",
    "services/intake/codes/fields.py": "fields that show a code that no rule asks for",
    "services/intake/families/record.py": "what a family's row holds, so that domain is its verbs",
    "services/intake/requests/use_cases": "who calls, what arrives, what it joins: one module each",
    "services/intake/rights/export_views.py": "all that is kept of a family, as shown to it",
    "services/intake/rights/use_cases": "a family's wishes come with evidence or by its own link",
    "services/matching/assignment/checker.py": "sums that prove an answer, without the solver",
    "services/matching/assignment/prices.py": "what an answer's prices say of a pair",
    "services/matching/assignment/client.py": "how the API asks a function of its own",
    "services/matching/assignment/network.py": "the exact solver, imported by that function alone",
    "services/matching/assignment/problem.py": "the question and the answer of that function",
    "services/intake/cases/coordination": "who works on a case and by when, with its limits",
    "services/matching/assignment/columns.py": "ways to help as arrays, apart from any solver",
    "services/matching/assignment/dive.py": "a first answer of the program, family by family",
    "services/matching/assignment/master.py": "the program's rows and columns in MathOpt's words",
    "services/matching/contact_changes/owners.py": "whose contact changes, in one shape",
    "services/matching/assignment/relaxation.py": "the prices of the program, before any answer",
    "services/matching/assignment/program.py": "the solver of limits, imported by it alone",
    "services/matching/assignment/solver.py": "the handler of a function of its own",
    "services/matching/exports/tables.py": "the columns and lines of each list, for spreadsheets",
    "services/matching/figures/hiding.py": "which numbers say too much, beside how all are counted",
    "services/matching/media/clean_photo.py": "the picture alone, which needs the printing layer",
    "services/matching/matches/facts.py": "what a match is and its clocks, without the steps",
    "services/matching/matches/proposal.py": "the steps before care, beneath those of care",
    "services/matching/guardians/record.py": "what a guardian is, beneath the steps of its domain",
    "services/matching/ranking/floors.py": "who is not passed over, beside what a pair is worth",
    "services/matching/ranking/judging": "facts, hard rules and score, beneath lists and regions",
    "services/matching/ranking/region.py": "the question of a whole region, for the solver",
    "services/matching/ranking/shortage.py": "what a region lacks, beside what it is suggested",
    "services/matching/ranking/suggestions.py": "a whole region at once, beside one family",
    "services/matching/training_tables/table_step.py": "one step of the job: rows become trainings",
    "services/matching/training_tables/table_words.py": "a row that is refused, put into words",
    "services/notifications/preferences/page.py": "the page behind a link, in plain HTML",
    "services/notifications/questionnaires/page.py": "the page behind a link, in plain HTML",
    "services/notifications/work_subjects/ended_by.py": "a line of the table, which reads events",
    "services/notifications/work_items/endings.py": "the one table of what ends which work",
    "services/notifications/sendings/calls.py": "what became of news told by telephone",
    "services/notifications/sendings/ledger.py": "what is stored of a sending, step by step",
    "services/notifications/sendings/order.py": "whose turn it is, apart from the sending",
    "services/notifications/sendings/outdating.py": "whether news still holds, and what ended it",
    "services/notifications/templates/days.py": "how a text says a day, near or far",
    "services/notifications/templates/outdating.py": "one line of what makes a template untrue",
    "services/notifications/templates/plain_language.py": "what an editor is told of a text",
    "services/notifications/pacing/daytime.py": "when a reader may be disturbed, by the calendar",
    "services/notifications/messages/record.py": "what a message is, beneath its steps",
    "services/notifications/sendings/phone_tasks.py": "the work that a call to a person is",
    "services/notifications/sendings/fallback.py": "what follows on silence after a sending",
    "services/notifications/sendings/digests.py": "several news in one message, and their outcome",
    "services/notifications/templates/grammar.py": "Russian forms, for the two filters of texts",
    "services/notifications/templates/rehearsal.py": "what a text says at its worst",
    "services/notifications/templates/syntax.py": "what alone needs the layer of texts",
    "services/notifications/templates/wording.py": "what a text may name, and what is read",
    "services/notifications/footer_links/link_tries.py": "links that open nothing, counted",
    "services/notifications/footer_links/page_help.py": "what pages behind links share",
    "services/notifications/footer_links/ways_out.py": "the last line that leads to preferences",
    "services/notifications/messages/rendering.py": "the text and address of a message, unstored",
}

BY_SERVICE = pytest.mark.parametrize("service", SERVICES)


def odd_names(found: Sequence[Module]) -> Iterator[str]:
    """Find modules of services that no role, provider or listed reason accounts for."""
    inner = {folder(module) for module in found if module.file == "app.py"}
    for module in found:
        listed = module.path in EXTRA or folder(module) in EXTRA
        named = is_package(module) or listed or _has_place(module, inner)
        if module.service and not named:
            yield module.at(1, "is no module that such a folder has")


def _has_place(module: Module, inner: set[str]) -> bool:
    folders = module.path.split("/")[2:-1]
    name = module.file.removesuffix(".py")
    if not folders:
        return name in OF_SERVICE
    if folders[0] == CHANNELS:
        return len(folders) <= 2
    if len(folders) > 1:
        return False
    return name in (OF_INNER_APP if folder(module) in inner else ROLES)


def folder(module: Module) -> str:
    """Return the folder of a module."""
    return module.path.rpartition("/")[0]


def is_package(module: Module) -> bool:
    """Whether a module is the `__init__` of its folder."""
    return module.file == "__init__.py"


def eager_imports(found: Iterable[Module]) -> Iterator[str]:
    """Find what a cold start would pay for whatever it has to do (`shared/parts.py`)."""
    for module in found:
        if module.service and is_package(module) and any(imports_of(module)):
            yield module.at(1, "is run by each import from its folder and imports nothing")
        if module.path == f"services/{module.service}/app.py":
            for node in module.tree.body:
                if isinstance(node, ast.ImportFrom) and "services." in str(node.module):
                    yield module.at(node.lineno, f"imports {node.module} before it is needed")


def imports_of(module: Module) -> Iterator[ast.stmt]:
    """Find the statements of a module that import others."""
    return (node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom))


def wrong_plugs(found: Iterable[Module]) -> Iterator[str]:
    """Find aggregates that name other plugs than they have."""
    known = {module.path for module in found}
    for module in found:
        inner = f"{folder(module)}/app.py" in known
        if is_package(module) and module.path.count("/") == 3 and not inner:
            there = [plug for plug in get_args(Plug) if f"{folder(module)}/{plug}.py" in known]
            said = ast.unparse(module.tree).rpartition("PLUGS = ")[2]
            if there and said != repr(tuple(there)):
                yield module.at(1, f"plugs in {there}, not {said}")


def untried_providers(found: Iterable[Module]) -> Iterator[str]:
    """Find channels without a test of their own at the mirrored place."""
    for module in found:
        name = module.file.removesuffix(".py")
        if module.is_channel and name not in NO_PROVIDER:
            place = f"{folder(module)}/test_{module.file}".replace("services/", "tests/", 1)
            if not (ROOT / place).exists():
                yield module.at(1, f"has no {place}")


def untested_aggregates(found: Iterable[Module]) -> Iterator[str]:
    """Find aggregates whose tests are not in the folder that mirrors theirs."""
    for module in found:
        if is_package(module) and module.path.count("/") == 3:
            place = folder(module).replace("services/", "tests/", 1)
            if not list((ROOT / place).glob("test_*.py")):
                yield module.at(1, f"has no tests in {place}")


def unneeded(listed: Iterable[str]) -> Iterator[str]:
    """Find entries of a list of exceptions that name nothing any more."""
    return (f"{path} is gone" for path in listed if not (ROOT / path).exists())


@BY_SERVICE
def test_every_module_of_a_service_has_a_name_from_the_table(service: str) -> None:
    assert list(odd_names(modules(f"services/{service}"))) == []


@BY_SERVICE
def test_no_aggregate_is_imported_before_it_is_needed(service: str) -> None:
    assert list(eager_imports(modules(f"services/{service}"))) == []


@BY_SERVICE
def test_every_aggregate_names_what_it_plugs_in(service: str) -> None:
    assert list(wrong_plugs(modules(f"services/{service}"))) == []


def test_a_plug_that_is_not_named_is_noticed() -> None:
    routes = Module("services/intake/cases/routes.py", "")
    silent = Module("services/intake/cases/__init__.py", '"""Cases."""')

    assert len(list(wrong_plugs([routes, silent]))) == 1


@BY_SERVICE
def test_every_aggregate_has_its_tests(service: str) -> None:
    assert list(untested_aggregates(modules(f"services/{service}"))) == []


def test_an_aggregate_without_tests_is_noticed() -> None:
    package = Module("services/intake/no_such_aggregate/__init__.py", "")

    assert len(list(untested_aggregates([package]))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("cases/__init__.py", '"""Cases."""\n\nfrom services.intake.cases.routes import routes'),
        ("app.py", "from services.intake.cases import use_cases"),
    ],
)
def test_what_would_load_aggregates_that_nobody_has_called_is_noticed(path: str, text: str) -> None:
    eager = Module(f"services/intake/{path}", text)

    assert len(list(eager_imports([eager]))) == 1


def test_every_channel_has_its_test() -> None:
    assert list(untried_providers(modules("services"))) == []


@pytest.mark.parametrize(
    "path",
    [
        "services/intake/cases/desk.py",
        "services/matching/matches/use_cases/review.py",
        "services/intake/cases/app_lines.py",
        "services/intake/forms.py",
        "services/notifications/channels/sms/sent/smsc.py",
    ],
)
def test_another_name_is_noticed(path: str) -> None:
    assert len(list(odd_names([Module(path, "")]))) == 1


def test_a_channel_without_a_test_is_noticed() -> None:
    channel = Module("services/notifications/channels/sms/no_such_provider.py", "")

    assert len(list(untried_providers([channel]))) == 1


@pytest.mark.parametrize(
    "path",
    [
        "services/intake/app.py",
        "services/intake/settings.py",
        "services/intake/cases/__init__.py",
        "services/intake/cases/use_cases.py",
        "services/cards/till/app.py",
        "services/notifications/channels/sms/smsc.py",
        "services/notifications/channels/port.py",
    ],
)
def test_a_role_a_provider_and_an_inner_app_have_their_place(path: str) -> None:
    inner = Module("services/cards/till/app.py", "")

    assert list(odd_names([Module(path, ""), inner])) == []


def test_every_exception_is_still_there_and_has_a_reason() -> None:
    assert list(unneeded(EXTRA)) == []
    assert all(EXTRA.values())


def test_an_exception_that_is_gone_is_noticed() -> None:
    assert list(unneeded(["services/intake/app.py", "services/intake/no.py"])) == [
        "services/intake/no.py is gone"
    ]
