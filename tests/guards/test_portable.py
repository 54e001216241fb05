"""We keep to the part of DynamoDB that YDB's compatible API documents, so that personal data may
be stored where the law wants it. Documented is not tried: the README says so.

Source: YDB's Document API reference (actions, condition functions, CreateTable), read 2026-11.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any

from infra.packaging import templates
from infra.services import service_names
from tests.guards.code import Module, modules

OPERATIONS = {
    "batch_get_item",
    "delete_item",
    "get_item",
    "put_item",
    "query",
    "transact_write_items",
    "update_item",
}
FUNCTIONS = {"attribute_exists", "attribute_not_exists", "begins_with", "if_not_exists"}
KNOWN_FUNCTIONS = FUNCTIONS | {"attribute_type", "contains", "list_append", "size"}
PORTABLE_ITEMS = 25

# What makes a table, and what only guards it on AWS and may be absent elsewhere.
SHAPE = {
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "TableName",
    "TimeToLiveSpecification",
}
GUARDS = {"DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "SSESpecification"}
# The outbox's stream makes publishing fast; the sweeper alone makes it right.
ONLY_FAST = {"StreamSpecification"}

_OPERATION = re.compile(
    r"(?:(?:batch|transact)_(?:get|write)_items?|(?:get|put|update|delete)_item|query|scan"
    r"|execute_(?:statement|transaction))"
)
_FUNCTION = re.compile(r"\b(" + "|".join(sorted(KNOWN_FUNCTIONS)) + r")\s*\(")


def operations(module: Module) -> set[str]:
    """Names of DynamoDB operations, called or passed as text."""
    named = {node.attr for node in module.nodes if isinstance(node, ast.Attribute)}
    texts = {str(node.value) for node in module.strings}
    spelt = {re.sub(r"(?<!^)(?=[A-Z])", "_", text).lower() for text in texts if text.isalpha()}
    # A single word is also an ordinary text; `scan` is watched where calls are (test_house_rules).
    said = {name for name in texts | spelt if "_" in name or name == "query"}
    return {name for name in named | said if _OPERATION.fullmatch(name)}


def functions(module: Module) -> set[str]:
    """Names of expression functions in texts."""
    return {name for node in module.strings for name in _FUNCTION.findall(str(node.value))}


def test_only_documented_operations_are_used() -> None:
    used = set().union(*map(operations, modules("shared", "services")))

    assert used <= OPERATIONS, used - OPERATIONS
    assert {"transact_write_items", "batch_get_item"} <= used


def test_only_documented_functions_are_used() -> None:
    used = set().union(*map(functions, modules("shared", "services")))

    assert used <= FUNCTIONS, used - FUNCTIONS
    assert "attribute_not_exists" in used


def test_tables_have_no_property_that_correctness_needs_and_others_lack() -> None:
    for table in tables():
        assert set(table) <= SHAPE | GUARDS | ONLY_FAST, set(table)
        streamed = set(table) & ONLY_FAST
        assert not streamed or "outbox" in str(table["TableName"])
        assert {each["AttributeType"] for each in table["AttributeDefinitions"]} == {"S"}


def tables() -> Iterator[dict[str, Any]]:
    for name in (*service_names(), "platform"):
        for resource in templates.stack(name)["Resources"].values():
            if resource.get("Type") == "AWS::DynamoDB::Table":
                yield resource["Properties"]


def test_a_transaction_would_fit_there() -> None:
    from shared.storage.store import MAX_ITEMS

    assert MAX_ITEMS <= PORTABLE_ITEMS


def test_the_guard_sees_what_it_forbids() -> None:
    text = "client.scan(TableName='t')\ncall('ExecuteStatement')\nx = 'size(a) > :n'"
    module = Module("shared/x.py", text)

    assert operations(module) == {"scan", "execute_statement"}
    assert functions(module) == {"size"}
