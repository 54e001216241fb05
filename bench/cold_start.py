"""Cold starts of the built artefacts: CPU from a new process to its first effect, over TLS.

The artefact is unpacked beside its layer and the runtime's own boto3; nothing else is to be seen.
Each is compared with the very same files as plain `chalice package` ships them, without bytecode,
and with a bare process that imports boto3 and makes one call. A process counts only when it
answered well and the stub saw the effect: the row written, the event published, the list read.
"""

import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from bench.aws_stub import AwsStub, Call, environment, running
from bench.harness import Measure, Ratio, compare
from bench.write_path import REQUEST
from infra.package import package
from infra.packaging.layer import COMMON, uv
from infra.services import ROOT
from shared.storage import rows
from tools.event_samples import SAMPLES

ROUNDS = 15
PLAIN, BARE = "its plain chalice package", "one bare boto3 call"
RUNTIME = ROOT / "build" / "bench" / f"boto3-{boto3.__version__}"
# Without `site`: what this machine has installed is not there, as in Lambda.
PYTHON = [getattr(sys, "_base_executable", sys.executable), "-I", "-S", "-B"]
RUN = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
module, _, name = sys.argv[2].rpartition(".")
handler = getattr(__import__(module, fromlist=[name]), name)
class Context:
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    function_name = "bench"
    function_version = "1"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:bench"
    def get_remaining_time_in_millis(self):
        return 29000
answer = handler(json.loads(sys.argv[3]), Context())
sys.stderr.write(json.dumps(answer))
"""
ONE_CALL = """
import json, sys
sys.path.append(sys.argv[1])
import boto3
boto3.client("dynamodb").get_item(TableName="t", Key={"pk": {"S": "a"}, "sk": {"S": "b"}})
sys.stderr.write("null")
"""
Proof = Callable[[Any, list[Call]], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """One function, an event for it, what proves its effect, and what it should cost at most."""

    what: str
    stack: str
    handler: str
    event: dict[str, Any]
    proof: Proof
    of_plain: float
    of_bare: float


def cases() -> list[Case]:
    """One function of each kind; the API also with its first write, which loads all it has."""
    reading, writing = "API, first list", "API, first command"
    return [
        Case(
            "relay",
            "intake",
            "shared.messaging.outbox.relay_handler",
            _stream(),
            _relayed,
            0.75,
            1.5,
        ),
        Case("consumer", "matching", "app.on_messages", care_required(), _reacted, 0.75, 2.0),
        Case(reading, "intake", "app.app", _request("GET"), _listed, 0.75, 2.0),
        Case(writing, "intake", "app.app", _request("POST"), _opened, 0.75, 2.5),
    ]


def measure() -> list[Ratio]:
    """Every function against its plain package, then against one bare call."""
    install_runtime()
    with running(tls=True) as stub, unpacked() as trees:
        bare = _measured(stub, "intake", ["-c", ONE_CALL, str(RUNTIME)], _asked_once)
        found: list[Ratio] = []
        for case in cases():
            ours = cold(stub, trees, case)
            sides = (
                (PLAIN, cold(stub, trees / "plain", case), case.of_plain),
                (BARE, bare, case.of_bare),
            )
            found += [
                compare(f"cold {case.what} ÷ {name}", ours, baseline, aim=aim, rounds=ROUNDS)
                for name, baseline, aim in sides
            ]
        return found


def install_runtime() -> None:
    """What the Lambda runtime brings: boto3 with its bytecode."""
    if RUNTIME.is_dir():
        return
    RUNTIME.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RUNTIME.parent) as part:
        options = ["--python", sys.executable, "--compile-bytecode", "--target", part]
        uv(["pip", "install", *options, f"boto3=={boto3.__version__}"])
        shutil.copytree(part, RUNTIME)


@contextmanager
def unpacked() -> Iterator[Path]:
    """Task of each stack and the common layer, and the same without bytecode under `plain`."""
    made = package()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for stack in made.stacks:
            with zipfile.ZipFile(stack.code) as archive:
                archive.extractall(root / stack.name)
        shutil.copytree(made.layers[COMMON].libraries, root / "layer")
        without = shutil.ignore_patterns("__pycache__")
        for name in ("layer", *{case.stack for case in cases()}):
            shutil.copytree(root / name, root / "plain" / name, ignore=without)
        yield root


def cold(stub: AwsStub, trees: Path, case: Case) -> Measure:
    """One function in a fresh process, out of its unpacked artefact."""
    paths = [str(path) for path in (trees / case.stack, trees / "layer", RUNTIME)]
    arguments = ["-c", RUN, json.dumps(paths), case.handler, json.dumps(case.event)]
    return _measured(stub, case.stack, arguments, case.proof)


def _measured(stub: AwsStub, service: str, run: list[str], proof: Proof) -> Measure:
    """CPU milliseconds of one fresh process; one without its effect is no measurement."""
    given = environment(stub, service)

    def measure() -> float:
        stub.calls()
        told, spent = _spawned([*PYTHON, *run], given)
        calls = stub.calls()
        try:
            proven = proof(json.loads(told), calls)
        except (ValueError, KeyError, TypeError):
            proven = False
        if not proven:
            did = [operation for operation, _ in calls]
            raise RuntimeError(f"no effect: answered {told[-2000:]}, called {did}")
        return spent

    return measure


def _spawned(command: list[str], given: dict[str, str]) -> tuple[str, float]:
    """What a process answered, and the CPU milliseconds of its whole life."""
    read, write = os.pipe()
    process = os.posix_spawn(
        command[0],
        command,
        given,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, write, 2),
            (os.POSIX_SPAWN_CLOSE, read),
        ],
    )
    os.close(write)
    with os.fdopen(read) as answered:
        told = answered.read()
    _, _, usage = os.wait4(process, 0)
    return told, (usage.ru_utime + usage.ru_stime) * 1000


# what proves an effect ----------------------------------------------------------------------


def _asked_once(answer: Any, calls: list[Call]) -> bool:
    return [operation for operation, _ in calls] == ["GetItem"]


def _relayed(answer: Any, calls: list[Call]) -> bool:
    """The event reached the bus and its row is pending no more."""
    published = [
        entry["DetailType"]
        for operation, request in calls
        if operation == "PutEvents"
        for entry in request["Entries"]
    ]
    cleared = [
        request["Key"]["pk"]["S"]
        for operation, request in calls
        if operation == "UpdateItem" and "REMOVE pending" in request["UpdateExpression"]
    ]
    return _took_all(answer) and (published, cleared) == (["intake.CaseClosed"], ["OUTBOX#cmt_1"])


def _reacted(answer: Any, calls: list[Call]) -> bool:
    """The family waits for a guardian, and the event is never handled again."""
    wanted = {("data", "FAMILY"), ("data", "INBOX")}
    return _took_all(answer) and _stored(calls) >= wanted and _audited(calls)


def _listed(answer: Any, calls: list[Call]) -> bool:
    """The list was decided on and read."""
    read = [request["TableName"] for operation, request in calls if operation == "Query"]
    return answer["statusCode"] == 200 and "intake-data" in read


def _opened(answer: Any, calls: list[Call]) -> bool:
    """The request, the key of its answer, its sealed record, its events, its audit entry."""
    wanted = {("data", "REQUEST"), ("data", "IDEMPOTENCY"), ("data", "VAULT"), ("outbox", "OUTBOX")}
    return answer["statusCode"] == 201 and _stored(calls) >= wanted and _audited(calls)


def _audited(calls: list[Call]) -> bool:
    return any(table == "audit" for table, _ in _stored(calls))


def _took_all(answer: Any) -> bool:
    """Nothing comes back to the queue or the stream."""
    return bool(answer == {"batchItemFailures": []})


def _stored(calls: list[Call]) -> set[tuple[str, str]]:
    """The kinds of rows that the one transaction put, with the table of each."""
    transactions = [request for operation, request in calls if operation == "TransactWriteItems"]
    puts = [
        item["Put"] for each in transactions[-1:] for item in each["TransactItems"] if "Put" in item
    ]
    return {
        (put["TableName"].rpartition("-")[2], put["Item"]["pk"]["S"].partition("#")[0])
        for put in puts
    }


# events -------------------------------------------------------------------------------------


def _sample(event: str) -> dict[str, Any]:
    """An event as the contract tests keep it: one that every consumer understands."""
    found: dict[str, Any] = json.loads((SAMPLES / f"{event}.v1.json").read_text("utf-8"))
    return found


def _stream() -> dict[str, Any]:
    entry = {"type": "intake.CaseClosed", "detail": json.dumps(_sample("intake.CaseClosed"))}
    image = {
        "pk": {"S": "OUTBOX#cmt_1"},
        "sk": {"S": "OUTBOX"},
        "entries": {"S": json.dumps([entry])},
        "pending": {"S": rows.pending_shard("OUTBOX#cmt_1")},
    }
    record = {
        "eventID": "1",
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "Keys": {name: image[name] for name in ("pk", "sk")},
            "NewImage": image,
            "SequenceNumber": "111",
            "StreamViewType": "NEW_IMAGE",
        },
    }
    return {"Records": [record]}


def care_required() -> dict[str, Any]:
    detail = _sample("intake.CareRequired")
    # The sample's texts are invented, and matching cares for families of its own programmes only.
    detail["data"]["programme"] = "service_member_care"
    said = {"detail-type": "intake.CareRequired", "detail": detail}
    record = {
        "messageId": "1",
        "receiptHandle": "r",
        "body": json.dumps(said),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1790000000000",
            "SenderId": "bench",
            "ApproximateFirstReceiveTimestamp": "1790000000001",
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:queue",
        "awsRegion": "eu-central-1",
    }
    return {"Records": [record]}


def _request(method: str) -> dict[str, Any]:
    from services.intake.app import app
    from shared.principal import Principal
    from tests.support.api import Api

    role = "regional_hq" if method == "GET" else "hotline_operator"
    person = Principal("usr_1", "person", role, roles=(role,), regions=("ZR",))
    headers = {"Content-Type": "application/json", "Idempotency-Key": "bench-1"}
    body = None if method == "GET" else json.dumps(REQUEST, ensure_ascii=False)
    return Api(app).as_(person).event(method, "/requests", body, headers, {})
