"""Cold starts of the built artefacts: from a new process to the first answer over TLS.

The artefact is unpacked read-only beside the layer and the runtime's own boto3; the process sees
nothing else (`python -I`). The floor is a bare interpreter that signs and sends one GetItem.
The plain variant is what `chalice package` ships: the very same files without bytecode.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from bench.harness import Measure, Ratio, compare
from bench.stub import Stub, environment, running
from infra.package import ROOT, package

ROUNDS = 15
RUNTIME = ROOT / "build" / "bench" / "runtime"
RUN = """
import json, sys
sys.path[:0] = sys.argv[1].split(":")
module, _, name = sys.argv[2].rpartition(".")
handler = getattr(__import__(module, fromlist=[name]), name)
class Context:
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:bench"
    def get_remaining_time_in_millis(self):
        return 29000
answer = handler(json.loads(sys.argv[3]), Context())
sys.stderr.write(json.dumps(answer))
"""
FLOOR = """
import datetime, hashlib, hmac, http.client, json, os, ssl, sys
from urllib.parse import urlsplit
url = urlsplit(os.environ["AWS_ENDPOINT_URL"])
body = json.dumps({"TableName": "t", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}})
now = datetime.datetime.now(datetime.timezone.utc)
stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
scope = f"{day}/eu-central-1/dynamodb/aws4_request"
digest = hashlib.sha256(body.encode()).hexdigest()
names = "content-type;host;x-amz-date;x-amz-target"
target, kind = "DynamoDB_20120810.GetItem", "application/x-amz-json-1.0"
canonical = (f"POST\\n/\\n\\ncontent-type:{kind}\\nhost:{url.netloc}\\nx-amz-date:{stamp}\\n"
             f"x-amz-target:{target}\\n\\n{names}\\n{digest}")
text = f"AWS4-HMAC-SHA256\\n{stamp}\\n{scope}\\n{hashlib.sha256(canonical.encode()).hexdigest()}"
key = b"AWS4bench"
for part in (day, "eu-central-1", "dynamodb", "aws4_request"):
    key = hmac.digest(key, part.encode(), "sha256")
signature = hmac.new(key, text.encode(), "sha256").hexdigest()
context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
connection = http.client.HTTPSConnection(url.hostname, url.port, context=context)
connection.request("POST", "/", body, {
    "Content-Type": kind, "X-Amz-Date": stamp, "X-Amz-Target": target,
    "Authorization": f"AWS4-HMAC-SHA256 Credential=bench/{scope}, "
                     f"SignedHeaders={names}, Signature={signature}"})
answer = connection.getresponse()
sys.stderr.write(json.dumps({"statusCode": answer.status}))
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One function and an event that it answers well."""

    what: str
    stack: str
    handler: str
    event: dict[str, Any]
    good: Callable[[Any], bool]
    aim: float


def cases() -> list[Case]:
    """One function of each kind."""
    return [
        Case("relay", "intake", "shared.outbox.relay_handler", _stream(), _all_handled, 5.0),
        Case("consumer", "matching", "app.on_messages", _queue(), _all_handled, 5.0),
        Case("API with its first Cedar decision", "intake", "app.app", _list(), _ok, 9.0),
    ]


def measure() -> list[Ratio]:
    """Every function against the floor, then the API against plain packaging."""
    _install_runtime()
    with running(tls=True) as stub, _unpacked() as trees:
        floor = _measured(stub, "intake", ["-c", FLOOR], _ok)
        found = [
            compare(
                f"cold {case.what} ÷ raw HTTPS floor",
                _cold(stub, trees, case),
                floor,
                aim=case.aim,
                rounds=ROUNDS,
            )
            for case in cases()
        ]
        api = cases()[-1]
        found.append(
            compare(
                "cold API ÷ the same app packaged by plain chalice",
                _cold(stub, trees, api),
                _cold(stub, trees, api, plain=True),
                aim=0.4,
                rounds=ROUNDS,
            )
        )
        return found


def _install_runtime() -> None:
    """What the Lambda runtime brings: boto3 with its bytecode."""
    if (RUNTIME / "botocore").is_dir():
        return
    wanted = f"boto3=={boto3.__version__}"
    command = [sys.executable, "-m", "pip", "install", "-q", "--target", str(RUNTIME), wanted]
    subprocess.run(command, check=True)


@contextmanager
def _unpacked() -> Iterator[Path]:
    """Task and layer of each stack, and the same without bytecode under `plain`."""
    made = package()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for stack in made.stacks:
            with zipfile.ZipFile(stack.code) as archive:
                archive.extractall(root / stack.name)
        shutil.copytree(made.layer.parent / "python", root / "layer")
        for name in ("intake", "layer"):
            without = shutil.ignore_patterns("__pycache__")
            shutil.copytree(root / name, root / "plain" / name, ignore=without)
        yield root


def _cold(stub: Stub, trees: Path, case: Case, plain: bool = False) -> Measure:
    root = trees / "plain" if plain else trees
    paths = ":".join(str(path) for path in (root / case.stack, root / "layer", RUNTIME))
    arguments = ["-c", RUN, paths, case.handler, json.dumps(case.event)]
    return _measured(stub, case.stack, arguments, case.good)


def _measured(stub: Stub, service: str, run: list[str], good: Callable[[Any], bool]) -> Measure:
    """CPU milliseconds of one fresh process; an answer that is not good is no measurement."""
    given = environment(stub, service)

    def measure() -> float:
        read, write = os.pipe()
        process = os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-B", *run],
            given,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, write, 2),
                (os.POSIX_SPAWN_CLOSE, read),
            ],
        )
        os.close(write)
        with os.fdopen(read) as told:
            answer = told.read()
        _, _, usage = os.wait4(process, 0)
        try:
            fine = good(json.loads(answer))
        except ValueError:
            fine = False
        if not fine:
            raise RuntimeError(f"{run[-2:][0][-60:]} answered {answer[-2000:]}")
        return (usage.ru_utime + usage.ru_stime) * 1000

    return measure


def _ok(answer: Any) -> bool:
    return bool(answer["statusCode"] == 200)


def _all_handled(answer: Any) -> bool:
    return bool(answer == {"batchItemFailures": []})


def _stream() -> dict[str, Any]:
    entry = {"type": "intake.CaseClosed", "detail": "{}"}
    image = {
        "pk": {"S": "OUTBOX#cmt_1"},
        "sk": {"S": "OUTBOX"},
        "entries": {"S": json.dumps([entry])},
    }
    return {"Records": [{"dynamodb": {"NewImage": image}}]}


def _queue() -> dict[str, Any]:
    case = "req_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    detail = {
        "type": "intake.CareRequired",
        "id": "evt_1",
        "time": "2026-09-14T06:50:00.000Z",
        "subject": case,
        "sequence": "32",
        "correlationid": "cor_1",
        "data": {
            "region": "ZR",
            "programme": "service_member_care",
            "case_id": case,
            "district_id": "D01",
            "needs": [{"need_id": "ned_1", "category": "household_help"}],
            "excluded_guardians": [],
            "flagged_at": "2026-09-14T06:50:00Z",
        },
    }
    body = json.dumps({"detail-type": "intake.CareRequired", "detail": detail})
    return {"Records": [{"messageId": "1", "body": body}]}


def _list() -> dict[str, Any]:
    from services.intake.app import app
    from shared.principals import Principal
    from tests.support.api import Api

    hq = Principal("usr_hq1", "person", "regional_hq", roles=("regional_hq",), regions=("ZR",))
    return Api(app).as_(hq).event("GET", "/requests", None, {}, {})
