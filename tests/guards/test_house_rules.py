"""What no service's source may do: read the time, scan, print, hide a failure, speak Russian …"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

from tests.guards.code import Module, modules, spelled

CLOCK = "shared/clock.py"
TIME = re.compile(
    r"(\w+\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|localtime|gmtime|strftime)"
)
ENVIRONMENT = re.compile(r"os\.(environb?|getenvb?)")
SETTINGS = frozenset({"shared/settings.py"})
SETTINGS_OF_SERVICE = re.compile(r"services/[a-z_]+/settings\.py")
TRANSPORT_ERRORS = re.compile(
    r"ClientError|BotoCore|^(Base)?Exception$|HTTP|OSError|Socket|Timeout|Connection|EndpointC"
)
# Pillow raises OSError about bytes in memory: there is no wire.
WITHOUT_A_WIRE = "services/matching/media/clean_photo.py"
PREFIX = re.compile(r"^([A-Z][A-Z_]+)#")
# The till reads rows that lie under the card's and the partner's own prefix.
ALLOWED = {
    ("services/cards/till_read_model.py", "CARD"),
    ("services/cards/till_read_model.py", "PARTNER"),
}
RUSSIAN = re.compile(r"[А-Яа-яЁё]{4,}")
# The local platform looks at a whole sparse index to know when it is quiet; it is never deployed.
MAY_SCAN = {"infra/local_platform/business_time.py"}
ROUTES = frozenset({"get", "post", "put", "patch", "delete"})
# Its functions start ahead of their callers (SnapStart), and each answer is waited for at a till.
TILL = "services/cards/till/"
# What a function writes there is in its log as it is; the process that reads workbooks answers so.
OUTPUT = re.compile(
    r"(\w+\.)*(std(out|err)|__std(out|err)__)\.(\w+\.)*write\w*"
    r"|traceback\.print_\w+|(\w+\.)+pp(rint)?|os\.write"
)
ANSWERS = "shared/storage/office_tables/process.py"
PLAIN_CHALICE = frozenset({"route", "schedule", "on_sqs_message", "on_cw_event", "authorizer"})


def reads_time(found: Iterable[Module]) -> Iterator[str]:
    """Looks at the clock beside shared/clock.py."""
    for module in found:
        for called, call in module.calls:
            if module.path != CLOCK and TIME.fullmatch(called):
                yield module.at(call.lineno, f"reads the time: {called}")
        for name, line in module.imports:
            if module.path != CLOCK and TIME.fullmatch(name):
                yield module.at(line, f"may read the time: {name}")


def scans(found: Iterable[Module]) -> Iterator[str]:
    """Reads of a whole table."""
    for module in found:
        for called, call in module.calls:
            of_table = any(keyword.arg == "TableName" for keyword in call.keywords)
            scanning = (called.endswith(".scan") and of_table) or _names_operation(call, "scan")
            if scanning and module.path not in MAY_SCAN:
                yield module.at(call.lineno, "scans a table")


def _names_operation(call: ast.Call, name: str) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and str(first.value).lower() == name


def reads_environment(found: Iterable[Module]) -> Iterator[str]:
    """Looks at the environment outside of the kernel's settings and each service's."""
    for module in found:
        if module.path not in SETTINGS and not SETTINGS_OF_SERVICE.fullmatch(module.path):
            looks = [(spelled(node), getattr(node, "lineno", 0)) for node in module.nodes]
            for name, line in [*looks, *module.imports]:
                if ENVIRONMENT.fullmatch(name):
                    yield module.at(line, f"reads the environment: {name}")


def prints(found: Iterable[Module]) -> Iterator[str]:
    """Prints, and logs of whole events."""
    for module in found:
        for called, call in module.calls:
            if called in ("print", "pprint"):
                yield module.at(call.lineno, "prints")
            if any(keyword.arg == "log_event" for keyword in call.keywords):
                yield module.at(call.lineno, "logs whole events")


def writes_past_the_log(found: Iterable[Module]) -> Iterator[str]:
    """Output that the formatter of the log does not see."""
    for module in found:
        for called, call in module.calls:
            if OUTPUT.fullmatch(called) and module.path != ANSWERS:
                yield module.at(call.lineno, f"writes past the log: {called}")


def swallows(found: Iterable[Module]) -> Iterator[str]:
    """Catches of transport errors, or of anything, where nobody can tell what was stored."""
    for module in found:
        if module.is_channel or module.path == WITHOUT_A_WIRE:
            continue
        for line, caught in _catches(module):
            if any(TRANSPORT_ERRORS.search(name) for name in caught):
                yield module.at(line, f"catches {', '.join(caught)}")


def _catches(module: Module) -> Iterator[tuple[int, list[str]]]:
    for node in module.nodes:
        match node:
            case ast.ExceptHandler(type=None):
                yield node.lineno, ["Exception"]
            case ast.ExceptHandler(type=ast.Tuple(elts=kinds)):
                yield node.lineno, [*map(spelled, kinds)]
            case ast.ExceptHandler(type=ast.expr() as kind):
                yield node.lineno, [spelled(kind)]
            case ast.Call(func=called, args=kinds) if spelled(called).endswith("suppress"):
                yield node.lineno, [*map(spelled, kinds)]


def shares_prefixes(found: Iterable[Module]) -> Iterator[str]:
    """Row prefixes that stand in more than one module of a service, or are the kernel's."""
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module in found:
        for prefix in _prefixes(module):
            if (module.path, prefix) not in ALLOWED:
                places[module.service or "shared", prefix].add(module.path)
    kernel = {prefix for owner, prefix in places if owner == "shared"}
    for (owner, prefix), paths in sorted(places.items()):
        if len(paths) > 1 or (owner != "shared" and prefix in kernel):
            yield f"{prefix}# is built in {', '.join(sorted(paths))}"


def _prefixes(module: Module) -> set[str]:
    found = (PREFIX.match(str(node.value)) for node in module.strings)
    return {match[1] for match in found if match}


def shares_ids(found: Iterable[Module]) -> Iterator[str]:
    """Prefixes of ids that stand for more than one kind of thing."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for module in found:
        for node in module.nodes:
            if isinstance(node, ast.Assign):
                for prefix in re.findall(r"pattern\('([a-z]+)'\)", ast.unparse(node.value)):
                    kinds[prefix].add(spelled(node.targets[0]))
    for prefix, names in sorted(kinds.items()):
        if len(names) > 1:
            yield f"{prefix}_ is the prefix of {' and '.join(sorted(names))}"


def builds_keys(found: Iterable[Module]) -> Iterator[str]:
    """Primary keys made outside of a repository."""
    for module in found:
        for called, call in module.calls:
            if called == "Key" and module.file not in ("repository.py", "records.py"):
                yield module.at(call.lineno, "builds a primary key")


def speaks_russian(found: Iterable[Module]) -> Iterator[str]:
    """Words for people outside of the catalogues."""
    for module in found:
        for node in module.strings:
            if RUSSIAN.search(str(node.value)):
                yield module.at(node.lineno, f"has Russian words: {str(node.value)[:40]}")


def open_doors(found: Iterable[Module]) -> Iterator[str]:
    """Routes that do not say who may call, and ways into a service that pass by the edge."""
    for module in found:
        for node in module.nodes:
            for decorator in getattr(node, "decorator_list", []):
                called = spelled(getattr(decorator, "func", decorator))
                verb = called.removeprefix("app.")
                named = {keyword.arg for keyword in getattr(decorator, "keywords", [])}
                if verb in ROUTES and "caller" not in named:
                    yield module.at(decorator.lineno, "a route without a caller")
                if called.startswith("app.") and verb in PLAIN_CHALICE:
                    yield module.at(decorator.lineno, f"{called} passes by the edge")


def builds_models(found: Iterable[Module]) -> Iterator[str]:
    """Pydantic models whose validators are built by an import, not by their first use."""
    for module in found:
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and not module.path.startswith(TILL):
                bases = [spelled(getattr(base, "value", base)) for base in node.bases]
                plain = {"BaseModel", "RootModel"} & {*bases}
                if plain and "defer_build=True" not in ast.unparse(node):
                    yield module.at(node.lineno, f"{node.name} says no defer_build=True")


RULES = {
    "reads_time": (reads_time, ("services", "shared")),
    "reads_environment": (reads_environment, ("services", "shared")),
    "scans": (scans, ("services", "shared", "infra")),
    "prints": (prints, ("services", "shared", "infra", "demo")),
    "writes_past_the_log": (writes_past_the_log, ("services", "shared")),
    "swallows": (swallows, ("services",)),
    "shares_prefixes": (shares_prefixes, ("services", "shared")),
    "shares_ids": (shares_ids, ("services", "shared")),
    "builds_keys": (builds_keys, ("services",)),
    "speaks_russian": (speaks_russian, ("services", "shared")),
    "open_doors": (open_doors, ("services",)),
    "builds_models": (builds_models, ("services", "shared")),
}
BROKEN = {
    "reads_time": [
        "now = datetime.now(UTC)",
        "import datetime as dt; now = dt.datetime.now()",
        "import time; then = time.time()",
        "from time import time; then = time()",
    ],
    "reads_environment": [
        "import os; table = os.environ['DATA_TABLE']",
        "import os; table = os.getenv('DATA_TABLE')",
        "from os import environ",
    ],
    "scans": ["client.scan(TableName='x')", "getattr(client, 'x'); store._call('scan')"],
    "prints": ["print(1)", "logger.inject_lambda_context(log_event=True)"],
    "writes_past_the_log": [
        "sys.stderr.write(name)",
        "sys.stdout.buffer.write(name)",
        "sys.__stdout__.writelines(names)",
        "traceback.print_exc()",
        "pprint.pprint(family)",
        "os.write(1, name)",
    ],
    "swallows": [
        "try: x()\nexcept ClientError: pass",
        "try: x()\nexcept (KeyError, exceptions.ReadTimeoutError): pass",
        "try: x()\nexcept: pass",
        "with contextlib.suppress(KeyError, ClientError): x()",
    ],
    "shares_prefixes": ["key = f'OUTBOX#{id}'\nother = 'PENDING#1'"],
    "shares_ids": ["MediaId = Field(pattern=pattern('med'))\nMediationId = ids.pattern('med')"],
    "builds_keys": ["key = Key('a', 'b')"],
    "speaks_russian": ["text = 'Здравствуйте'", "text = f'{a} ждёт'"],
    "open_doors": [
        "@app.get('/requests')\ndef read(): ...",
        "@app.route('/requests')\ndef read(): ...",
    ],
    "builds_models": [
        "class Found(BaseModel):\n    id: str",
        "class Answers(RootModel[dict[str, str]]):\n    model_config = ConfigDict(frozen=True)",
    ],
}


@pytest.mark.parametrize("rule", RULES)
def test_the_house_rules_hold(rule: str) -> None:
    check, folders = RULES[rule]

    assert list(check(modules(*folders))) == []


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in BROKEN.items() for text in texts]
)
def test_a_broken_rule_is_noticed(rule: str, text: str) -> None:
    check, _ = RULES[rule]
    kernel = [Module("shared/storage/rows.py", "a = 'OUTBOX#'\nb = 'PENDING#'")]
    about_rows = rule == "shares_prefixes"

    noticed = list(check([Module("services/intake/use_cases.py", text), *(kernel * about_rows)]))

    assert len(noticed) == (2 if about_rows else 1)


def test_one_rows_prefix_in_two_modules_is_noticed() -> None:
    paths = ("services/cards/a/repository.py", "services/cards/b/repository.py")

    noticed = list(shares_prefixes([Module(path, "key = f'CARD#{id}'") for path in paths]))

    assert noticed == [f"CARD# is built in {', '.join(paths)}"]


def test_a_docstring_may_quote_a_russian_term_and_a_row() -> None:
    quoting = Module("services/intake/domain.py", '"""CARD#<id>: «требуется опека»."""')

    assert list(speaks_russian([quoting])) == []
    assert list(shares_prefixes([quoting, quoting])) == []


def test_a_channel_may_catch_what_its_wire_raises() -> None:
    text = "try: x()\nexcept HTTPError: pass"

    assert list(swallows([Module("services/notifications/channels/sms.py", text)])) == []
