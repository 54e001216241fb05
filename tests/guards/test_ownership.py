"""Each service owns its tables: nobody else's source or stack names them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from infra.packaging import templates
from infra.services import app_folders, owner
from tests.guards.code import SERVICES, Module, modules

TABLE = re.compile(rf"\b({'|'.join(SERVICES)})[-_]?(data|outbox|audit|keys)\b", re.IGNORECASE)
PARAMETER = re.compile(rf"({'|'.join(SERVICES)})(Data|Outbox|Audit|Keys)(Table|Stream)", re.I)


def foreign_tables(found: Iterable[Module]) -> Iterator[str]:
    """Tables that a source file names; a service learns its own from the environment."""
    for module in found:
        for node in module.strings:
            named = TABLE.search(str(node.value))
            if named and named[1].lower() != module.service:
                yield module.at(node.lineno, f"names the table {named[0]}")


def foreign_resources(stacks: Mapping[str, Any]) -> Iterator[str]:
    """Tables of other services that a stack names."""
    for name, template in stacks.items():
        text = json.dumps(template)
        for pattern in (TABLE, PARAMETER):
            for named in pattern.finditer(text):
                if named[1].lower() != owner(name):
                    yield f"infra/{name}.yaml names {named[0]}"


@pytest.mark.requirement("X-01")
def test_no_source_names_a_table_of_another_service() -> None:
    assert list(foreign_tables(modules("services", "shared"))) == []


@pytest.mark.requirement("X-01")
def test_no_stack_names_a_table_of_another_service() -> None:
    stacks = {name: templates.stack(name) for name in app_folders()}

    assert list(foreign_resources(stacks)) == []


def test_a_foreign_table_is_noticed() -> None:
    source = Module("services/intake/repository.py", "table = 'matching-data'")
    stack = {"Parameters": {"MatchingDataTableName": {"Type": "String"}}}

    assert len(list(foreign_tables([source]))) == 1
    assert len(list(foreign_resources({"intake": stack}))) == 1
    assert list(foreign_resources({"matching": stack})) == []
