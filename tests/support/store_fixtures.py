"""A service's tables and secrets for tests: moto in this process, one thread, no account."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared import keyring
from shared.keyring import Secrets
from shared.storage.store import Store
from shared.storage.tables import Tables

TABLES = Tables(data="t-data", outbox="t-outbox", audit="t-audit", keys="t-keys")


def fixed_secrets(service: str = "intake", root: bytes = bytes(range(32))) -> Secrets:
    """Secrets over a fixed root key, without KMS."""
    return Secrets(service, lambda: root)


def use_secrets(monkeypatch: pytest.MonkeyPatch, service: str = "intake") -> Secrets:
    """Make those the secrets of the running service."""
    chosen = fixed_secrets(service)
    monkeypatch.setattr(keyring, "from_env", lambda: chosen)
    return chosen


@contextmanager
def moto_store() -> Iterator[Store]:
    """A store over fresh tables: keys only, no indexes."""
    import boto3
    from moto import mock_aws

    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        for name in (TABLES.data, TABLES.outbox, TABLES.audit, TABLES.keys):
            client.create_table(
                TableName=name,
                KeySchema=[
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                ],
                BillingMode="PAY_PER_REQUEST",
            )
        yield Store(client, TABLES)
