"""The commands of AWS that pages say: nobody here can try one, so each is looked up."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

from infra.services import ROOT

PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "infra/**/*.md", "services/**/*.md", "infra/*.py")
    for path in ROOT.glob(pattern)
    if path.name != "CHANGELOG.md"
)
# What every command takes, and those that the command line has and the service has not.
ALWAYS = {"--query", "--output", "--region", "--profile", "--cli-binary-format"}
OWN: dict[tuple[str, str], set[str]] = {
    ("logs", "tail"): {"--since", "--filter-pattern"},
    ("s3", "mb"): {"--region"},
    ("configure", "list-profiles"): set(),
    ("configure", "sso"): set(),
    ("sso", "login"): set(),
}
COMMAND = re.compile(r"\baws (?P<service>[a-z][a-z0-9-]+) (?P<operation>[a-z]+(?:-[a-z0-9]+)*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


class Command(NamedTuple):
    """One command, as it is written on a page."""

    page: str
    service: str
    operation: str
    options: frozenset[str]


def _commands(page: Path) -> Iterator[Command]:
    text = page.read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        # What comes in quotes may look like options: the payload of a call, a filter.
        plain = re.sub(r"'[^']*'", "''", line)
        for found in COMMAND.finditer(plain):
            rest = re.split(r"`|\$\(| # |\);", plain[found.end() :], maxsplit=1)[0]
            name = page.relative_to(ROOT).as_posix()
            yield Command(name, found[1], found[2], frozenset(OPTION.findall(rest)))


FOUND = [command for page in PAGES for command in _commands(page)]


@pytest.mark.parametrize("command", FOUND, ids=lambda it: f"{it.page}:{it.service}-{it.operation}")
def test_a_command_and_its_options_are_there(command: Command) -> None:
    own = OWN.get((command.service, command.operation))
    if own is not None:
        assert command.options <= own | ALWAYS
        return
    try:
        model = botocore.session.get_session().get_service_model(command.service)
    except UnknownServiceError:
        pytest.fail(f"{command.page}: AWS has no {command.service}")
    operations = {xform_name(each, "-"): each for each in model.operation_names}
    assert command.operation in operations
    shape = model.operation_model(operations[command.operation]).input_shape
    members = {} if shape is None else shape.members
    takes = {f"--{xform_name(name, '-')}": name for name in members}
    for name, member in members.items():
        if member.type_name == "boolean":
            takes[f"--no-{xform_name(name, '-')}"] = name
    assert command.options <= takes.keys() | ALWAYS
    needs = set() if shape is None else set(shape.required_members)
    # A mere mention says no options; a program puts its sentence together from several lines.
    if command.options - ALWAYS and command.page.endswith(".md"):
        # What is written into a file is an argument without a name.
        assert needs - {"Payload"} <= {takes[each] for each in command.options - ALWAYS}


def test_commands_are_found() -> None:
    told = {(each.service, each.operation) for each in FOUND}
    assert {("lambda", "invoke"), ("cognito-idp", "admin-disable-user"), ("logs", "tail")} <= told
