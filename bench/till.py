"""What a check at the till costs when warm: `python -m bench till`.

The whole request (Chalice, key, form, rules, write, log line with metrics) ÷ boto3's low-level
client making the very same two calls, CPU of one process: against the client as boto3 makes it, and
against one made as ours is, which checks no parameters.

The AWS behind both is `bench.aws_stub` with the till's rows: it answers at once and says nothing
about networks. Every answer is checked: a fast wrong answer would not be measured but raise.
"""

import contextlib
import copy
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import aws_stub
from bench.harness import Ratio, compare, cpu_of, say
from services.cards import qr_codes, till_read_model
from services.cards.till_read_model import CardTill, KeyTill, OfferSpan, PartnerTill, StoreKeyParts
from shared.keyring import Secrets

Item = dict[str, Any]

ROUNDS, TIMES = 21, 100
NUMBER = "2839480981189483"
KEY = StoreKeyParts(
    "par_01JABCDEFGHJKMNPQRSTVWXYZ0", "key_01JABCDEFGHJKMNPQRSTVWXYZ1", "s" * 52, False
)
OUTLET = "out_01JABCDEFGHJKMNPQRSTVWXYZ2"
ROOT = Path(__file__).parent.parent


def rows() -> list[Item]:
    """The three rows that a check reads."""
    handle = _handle()
    stored = {
        till_read_model.partner_key(KEY.partner_id): till_read_model.partner_attributes(
            PartnerTill(
                KEY.partner_id,
                "active",
                "ZR",
                "Europe/Samara",
                [OfferSpan("ofr_01JABCDEFGHJKMNPQRSTVWXYZ3", 7, 0, 0)],
            )
        ),
        till_read_model.store_key(KEY.partner_id, KEY.key_id): till_read_model.key_attributes(
            KeyTill(
                KEY.partner_id,
                KEY.key_id,
                OUTLET,
                till_read_model.secret_hash(KEY.secret),
                "live",
                2**33,
            )
        ),
        till_read_model.card_key(handle): till_read_model.card_attributes(
            CardTill(handle, "crd_01JABCDEFGHJKMNPQRSTVWXYZ4", "active", 1, 1)
        ),
    }
    return [
        {"pk": {"S": pk}, "sk": {"S": sk}} | {name: _value(v) for name, v in attributes.items()}
        for (pk, sk), attributes in stored.items()
    ]


def _value(value: str | int | bool | bytes) -> Item:
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _secrets() -> Secrets:
    from base64 import b64decode

    return Secrets("cards", lambda: b64decode(aws_stub.PLAIN_ROOT))


def _handle() -> str:
    return till_read_model.handle_of(_secrets().child(till_read_model.NUMBER_KEY), NUMBER)


def turning() -> Item:
    """The form of a code that turns, as it stands now."""
    handle = _handle()
    secret = qr_codes.rotating_secret(_secrets().child(qr_codes.ROTATING_KEY), handle, 1)
    return {"code": qr_codes.rotating_token(secret, handle, 1, qr_codes.step_at(time.time()))}


def event(form: Item, repeat: str) -> Item:
    """What API Gateway hands to the till."""
    return {
        "resource": "/v1/card-checks",
        "httpMethod": "POST",
        "path": "/till/v1/card-checks",
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "headers": {
            "Content-Type": "application/json",
            "X-API-Key": till_read_model.write_store_key(KEY),
            "Idempotency-Key": repeat,
        },
        "body": json.dumps(form),
        "isBase64Encoded": False,
        "requestContext": {
            "requestId": "00000000-0000-4000-8000-000000000000",
            "resourcePath": "/v1/card-checks",
            "httpMethod": "POST",
        },
    }


@contextlib.contextmanager
def answering() -> Iterator[aws_stub.AwsStub]:
    """`bench.aws_stub` that also answers BatchGetItem with the till's rows."""
    command = [sys.executable, "-m", "bench.till", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield aws_stub.AwsStub(f"http://localhost:{port}", None)
        finally:
            process.terminate()


def _serve() -> None:
    found = {(row["pk"]["S"], row["sk"]["S"]): row for row in rows()}
    plain = aws_stub._answer

    def answer(target: str, request: Item) -> Item:
        if not target.endswith(".BatchGetItem"):
            return plain(target, request)
        told = {
            table: [
                found[name]
                for key in asked["Keys"]
                if (name := (key["pk"]["S"], key["sk"]["S"])) in found
            ]
            for table, asked in request["RequestItems"].items()
        }
        return {"Responses": told, "UnprocessedKeys": {}}

    aws_stub._answer = answer
    aws_stub.main()


def measure() -> list[Ratio]:
    """A turning code and a typed number, each against bare clients making the same calls."""
    with answering() as where:
        os.environ.update(aws_stub.environment(where, "cards"))
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            return [
                *_measure("turning code", turning, "PutItem"),
                *_measure("typed number", lambda: {"number": NUMBER}, "TransactWriteItems"),
            ]


def _measure(what: str, form: Callable[[], Item], write: str) -> Iterator[Ratio]:
    import boto3

    from services.cards.till import app as till_app
    from shared import aws

    repeats = itertools.count()

    def check() -> None:
        answer = till_app.app(event(form(), f"r-{next(repeats)}"), None)
        if '"valid":true' not in answer["body"]:
            raise RuntimeError(answer["body"])

    sent = _calls(aws.client("dynamodb"), check)
    if set(sent) != {"BatchGetItem", write}:
        raise RuntimeError(f"unexpected calls: {set(sent)}")
    for name, client in {"boto3's": boto3.client("dynamodb"), "our": _fresh()}.items():
        bare_write = client.put_item if write == "PutItem" else client.transact_write_items

        def bare(client: Any = client, bare_write: Any = bare_write) -> None:
            client.batch_get_item(**sent["BatchGetItem"])
            bare_write(**sent[write])

        yield compare(
            f"{what}: check ÷ two bare calls of {name} client",
            cpu_of(check, TIMES),
            cpu_of(bare, TIMES),
            aim=1.5,
            rounds=ROUNDS,
        )


def _calls(client: Any, work: Callable[[], None]) -> dict[str, Item]:
    """What the client is asked during some work, by operation."""
    sent: dict[str, Item] = {}

    def remember(params: Item, model: Any, **_: Any) -> None:
        sent[model.name] = copy.deepcopy(params)

    client.meta.events.register("provide-client-params.dynamodb.*", remember)
    work()
    client.meta.events.unregister("provide-client-params.dynamodb.*", remember)
    return sent


def _fresh() -> Any:
    """A client made as the container's one, with a connection of its own."""
    from shared import aws

    return aws.client.__wrapped__("dynamodb")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _serve()
    else:
        for ratio in measure():
            say(ratio.line())
