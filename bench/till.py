"""What a check at the till costs, cold and warm: `python -m bench.till`.

warm   the whole request (route, key, rules, write, log line with metrics) ÷ boto3's default client
       making the very same two calls; CPU, one process
cold   from spawn to the first answered check, out of the built zip ÷ bare Python making one signed
       HTTPS call; the till makes three (KMS, read, write) over two connections

The AWS behind both is `bench.stub` with the till's rows: it answers at once and says nothing about
networks. Every answer is checked: a fast wrong answer would not be measured but raise.
"""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import stub
from bench.harness import Ratio, compare, cpu_of, say
from services.cards import qr_codes, till_rows
from services.cards.till_rows import CardTill, KeyTill, OfferSpan, PartnerTill, StoreKey
from shared.secrets import Secrets

Item = dict[str, Any]

WARM_ROUNDS, WARM_TIMES = 21, 150
COLD_ROUNDS = 21
NUMBER = "2839480981189483"
KEY = StoreKey("par_01JABCDEFGHJKMNPQRSTVWXYZ0", "key_01JABCDEFGHJKMNPQRSTVWXYZ1", "s" * 52, False)
OUTLET = "out_01JABCDEFGHJKMNPQRSTVWXYZ2"
ROOT = Path(__file__).parent.parent

# The floor as a careful hand would write it: nothing imported that one call does not need.
FLOOR = """
import hashlib, hmac, http.client, json, os, ssl, time
from urllib.parse import urlsplit
host = urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc
body = json.dumps({"TableName": "cards-data", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}).encode()
stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
target, kind = "DynamoDB_20120810.GetItem", "application/x-amz-json-1.0"
names = "content-type;host;x-amz-date;x-amz-target"
lines = f"content-type:{kind}\\nhost:{host}\\nx-amz-date:{stamp}\\nx-amz-target:{target}\\n"
asked = f"POST\\n/\\n\\n{lines}\\n{names}\\n{hashlib.sha256(body).hexdigest()}"
scope = f"{stamp[:8]}/{os.environ['AWS_REGION']}/dynamodb/aws4_request"
text = f"AWS4-HMAC-SHA256\\n{stamp}\\n{scope}\\n{hashlib.sha256(asked.encode()).hexdigest()}"
key = b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode()
for part in scope.split("/"):
    key = hmac.digest(key, part.encode(), "sha256")
proof = hmac.digest(key, text.encode(), "sha256").hex()
credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
wire = http.client.HTTPSConnection(
    host, context=ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
)
wire.request("POST", "/", body, {
    "content-type": kind, "x-amz-date": stamp, "x-amz-target": target,
    "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, "
                     f"Signature={proof}"})
answer = wire.getresponse()
json.loads(answer.read())
assert answer.status == 200
"""

CHECK = """
import json, os, sys
sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
from services.cards.till.app import app
answer = app(json.loads(os.environ["EVENT"]), None)
assert '"valid":true' in answer["body"], answer
"""


def rows() -> list[Item]:
    """The three rows that a check reads."""
    handle = _handle()
    stored = {
        till_rows.partner_key(KEY.partner_id): till_rows.partner_attributes(
            PartnerTill(
                KEY.partner_id,
                "active",
                "ZR",
                {OUTLET: [OfferSpan("ofr_01JABCDEFGHJKMNPQRSTVWXYZ3", 7, 0, 0)]},
            )
        ),
        till_rows.store_key(KEY.partner_id, KEY.key_id): till_rows.key_attributes(
            KeyTill(
                KEY.partner_id,
                KEY.key_id,
                OUTLET,
                till_rows.secret_hash(KEY.secret),
                "live",
                2**33,
            )
        ),
        till_rows.card_key(handle): till_rows.card_attributes(
            CardTill(handle, "crd_01JABCDEFGHJKMNPQRSTVWXYZ4", "active", 1)
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

    return Secrets("cards", lambda: b64decode(stub.PLAIN_ROOT))


def _handle() -> str:
    return till_rows.handle_of(_secrets().child(till_rows.NUMBER_KEY), NUMBER)


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
        "headers": {
            "Content-Type": "application/json",
            "X-API-Key": till_rows.write_store_key(KEY),
            "Idempotency-Key": repeat,
        },
        "body": json.dumps(form),
        "isBase64Encoded": False,
        "requestContext": {"requestId": "00000000-0000-4000-8000-000000000000"},
    }


@contextlib.contextmanager
def answering(tls: bool) -> Iterator[stub.Stub]:
    """`bench.stub` that also answers BatchGetItem with the till's rows."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = stub._certificate(Path(folder)) if tls else None
        command = [sys.executable, "-m", "bench.till", str(certificate or "")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            try:
                yield stub.Stub(f"{'https' if tls else 'http'}://localhost:{port}", certificate)
            finally:
                process.terminate()


def _serve() -> None:
    found = {(row["pk"]["S"], row["sk"]["S"]): row for row in rows()}
    plain = stub._answer

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

    stub._answer = answer
    stub.main()


def warm() -> list[Ratio]:
    """A turning code and a typed number, each against bare boto3 making the same calls."""
    with answering(tls=False) as where:
        os.environ.update(stub.environment(where, "cards"))
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            return [
                _warm("turning code: whole check ÷ its two bare calls", turning, "PutItem"),
                _warm(
                    "typed number: whole check ÷ its two bare calls",
                    lambda: {"number": NUMBER},
                    "TransactWriteItems",
                ),
            ]


def _warm(what: str, form: Any, write: str) -> Ratio:
    import boto3

    from services.cards.till import app as till_app

    sent: dict[str, Item] = {}
    wire = till_app.till().rows._port
    call = wire.call

    def remember(operation: str, request: Item) -> Item:
        sent[operation] = request
        return call(operation, request)

    repeats = itertools.count()

    def check() -> None:
        answer = till_app.app(event(form(), f"r-{next(repeats)}"), None)
        if '"valid":true' not in answer["body"]:
            raise RuntimeError(answer["body"])

    wire.call = remember  # type: ignore[method-assign]
    check()
    del wire.call
    if set(sent) != {"BatchGetItem", write}:
        raise RuntimeError(f"unexpected calls: {set(sent)}")
    client = boto3.client("dynamodb")
    bare_write = client.put_item if write == "PutItem" else client.transact_write_items

    def bare() -> None:
        client.batch_get_item(**sent["BatchGetItem"])
        bare_write(**sent[write])

    return compare(
        what, cpu_of(check, WARM_TIMES), cpu_of(bare, WARM_TIMES), aim=0.9, rounds=WARM_ROUNDS
    )


def cold() -> list[Ratio]:
    """The built zip, unpacked read-only, against the floor; fresh processes, shuffled."""
    from infra.package import build_stack

    built = build_stack("till")
    python = getattr(sys, "_base_executable", sys.executable)
    with answering(tls=True) as where, tempfile.TemporaryDirectory() as folder:
        task = Path(folder) / "task"
        with zipfile.ZipFile(built.code) as archive:
            archive.extractall(task)
        environment = stub.environment(where, "cards") | {
            "LAMBDA_TASK_ROOT": str(task),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

        def floor() -> float:
            return _spawned(python, FLOOR, environment)

        def check() -> float:
            asked = {"EVENT": json.dumps(event(turning(), "cold"))}
            return _spawned(python, CHECK, environment | asked)

        what = "cold: first answered check ÷ bare Python's first HTTPS call"
        return [compare(what, check, floor, aim=4.0, rounds=COLD_ROUNDS)]


def _spawned(python: str, code: str, environment: dict[str, str]) -> float:
    """Milliseconds from spawn to exit."""
    started = time.perf_counter()
    subprocess.run([python, "-I", "-c", code], env=environment, check=True, capture_output=True)
    return (time.perf_counter() - started) * 1000


def measure() -> list[Ratio]:
    """All three comparisons."""
    return [*cold(), *warm()]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _serve()
    else:
        for ratio in measure():
            say(ratio.line())
