"""The worlds of all tests let a function do what its role says, and no more."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.packaging.templates import written
from infra.services import app_folders, service_names
from shared import aws, clock
from shared.messaging import outbox, sweep
from shared.storage import rows
from shared.storage.rows import Key, RawWrite
from tests.conftest import STORY_BEGINS
from tests.support.lambda_context import Context
from tests.support.roles import Role, role_of
from tests.support.world import World, world_at

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
QUERY = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "p"}}}


def _table(operation: str, table: str, **more: Any) -> Callable[[], Any]:
    return lambda: getattr(aws.client("dynamodb"), operation)(TableName=table, **more)


REFUSED: dict[str, Callable[[], Any]] = {
    "PutItem on cards-data": _table("put_item", "cards-data", Item=KEY),
    "UpdateItem on cards-data": lambda: aws.client("dynamodb").transact_write_items(
        TransactItems=[{"Update": {"TableName": "cards-data", "Key": KEY}}]
    ),
    "Query on cards-keys": _table("query", "cards-keys", **QUERY),
    "GetItem on intake-data": _table("get_item", "intake-data", Key=KEY),
    "kms:Decrypt on Key": lambda: aws.client("kms").decrypt(
        CiphertextBlob=b"", EncryptionContext={"service": "intake"}
    ),
    "s3:GetObject on cards-files": lambda: aws.client("s3").head_object(
        Bucket="cards-files", Key="k"
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_role_does_not_allow_fails_the_test_whoever_swallows_it(
    what: str,
) -> None:
    def running(world: World) -> None:
        with world.running("cards", "resolve_recipients"), suppress(ClientError):
            REFUSED[what]()

    with (
        pytest.raises(AssertionError, match=f"ResolveRecipients of cards may not .*{what}"),
        world_at(STORY_BEGINS, ("cards",)) as world,
    ):
        running(world)


def test_what_a_role_allows_is_done(world: World) -> None:
    with world.running("cards", "on_messages"):
        _table("get_item", "cards-data", Key=KEY)()
        _table("query", "cards-data", IndexName="by_ref", **QUERY | {
            "KeyConditionExpression": "ref_pk = :pk"
        })()  # fmt: skip
        aws.client("kms").decrypt(CiphertextBlob=b"", EncryptionContext={"service": "cards"})


EVENT = {"type": "toy.Told", "detail": json.dumps({"type": "toy.Told"})}


@pytest.mark.parametrize("service", service_names())
def test_what_a_sweeper_does_its_role_allows(service: str, world: World) -> None:
    """Correctness rests on the one, every promise of a time on the other; no story runs them so."""
    key, due = Key("toy_1", "TOY"), clock.iso(clock.now())
    pending = {"pending": rows.pending_shard(key.pk), "pending_at": due}
    store, queues = world.stores[service], [service]
    if world.apps[service].SUBSCRIPTIONS.jobs:
        queues.append(f"{service}-jobs")
    else:
        world.environment["JOBS_QUEUE_URL"] = ""
    store.put(RawWrite("outbox", key, pending | {"entries": json.dumps([EVENT])}))
    for job, shard in enumerate(rows.GIVEN_UP[: len(queues)]):
        store.put(RawWrite("data", Key(f"toy_{job}", "TOY"), {"due_shard": shard, "due_at": due}))

    with world.running(service, "sweep_outbox"):
        found = outbox.sweep_handler({"at_once": True}, Context())
    assert (found, world.events()) == ({"found": 1, "published": 1}, [{"type": "toy.Told"}])
    assert store.pending(pending["pending"], due, 1) == []

    with world.running(service, "sweep_deadlines"):
        put_back = sweep.sweep({"put_back": True})
    assert put_back == {"found": len(queues), "put_back": len(queues)}
    assert [len(world.queue.messages[queue]) for queue in queues] == [1] * len(queues)


def test_a_test_itself_may_do_all(world: World) -> None:
    with world.service("cards"):
        _table("put_item", "cards-keys", Item=KEY)()


def test_a_resource_is_known_by_the_environment_of_the_function_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(role_of("cards", "api")._environment, "FILES_BUCKET", "Another")
    with world.running("cards", "api"), pytest.raises(ClientError, match="s3:ListBucket"):
        aws.client("s3").list_objects_v2(Bucket="cards-files", Prefix="")
    world.refused.clear()


def test_the_role_of_every_function_is_read() -> None:
    """A statement in a form that the reader does not know would fail here, not pass unseen."""
    for stack in app_folders():
        for name, resource in written(stack)["Resources"].items():
            if "Role" in resource.get("Properties", {}):
                assert Role(stack, name).name == f"{name} of {stack}"
