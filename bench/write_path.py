"""What our guarantees cost on the write path, against the bare calls of the same items.

Baseline: boto3's default client sending the very call that our side sent, its items in a list as
everybody writes them. A commit is one transaction, and so is the request of a family that calls for
the first time.
"""

import contextlib
import itertools
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from bench.aws_stub import environment, running
from bench.harness import Ratio, compare, cpu_of
from bench.recording import Recording

PROCESSES = 5
ROUNDS = 11
TIMES = 60
REQUEST = {
    "region": "ZR",
    "district_id": "D01",
    "initiated_by": "self",
    "applicant_relation": "parent",
    "family": {"members": [{"relation": "parent"}, {"relation": "child", "born": "2019-03"}]},
    "needs": [
        {"category": "household_help"},
        {"category": "repair_work", "text": "Крыша течёт, дети мёрзнут"},
    ],
    "text": "Муж далеко, одной тяжело",
    "contact": {"name": "Анна", "channel": "sms", "phone": "+79161234567"},
    "consents": {"processing": True, "share_need_categories": True, "contact": True},
}


def measure() -> list[Ratio]:
    """The comparisons of a commit and of a registration."""
    with running(tls=False) as stub:
        os.environ.update(environment(stub, "intake"))
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            return [_commit(), _intake_post()]


def _bare(sent: dict[str, Any]) -> Callable[[], None]:
    import boto3

    client, items = boto3.client("dynamodb"), [*sent["TransactItems"]]

    def send() -> None:
        client.transact_write_items(TransactItems=items)

    send()
    return send


def _commit() -> Ratio:
    from shared.principal import Principal
    from shared.storage import connection
    from shared.storage.command_context import CommandContext
    from tests.simulation.sample_service import Case, CaseOpened, Cases

    store = connection.store()
    recording = Recording(store.client)
    store.client = recording
    actor = Principal("usr_1", "person", "hotline_operator")
    case = Case(id="case_1", tokens=("a", "b", "c"))

    def commit() -> None:
        told = CaseOpened(region="ZR", case_id="case_1")
        Cases(store).save(CommandContext(actor, "open_case", "cor_1"), case, events=[told])

    commit()
    store.client = recording.client
    return compare(
        "commit of a row, its event and its audit ÷ bare transaction",
        cpu_of(commit, TIMES),
        cpu_of(_bare(recording.only_transaction()), TIMES),
        aim=1.10,
        rounds=ROUNDS,
    )


def _intake_post() -> Ratio:
    from services.intake.app import app
    from shared.principal import Principal
    from shared.storage import connection
    from tests.support.api import Api

    operator = Principal(
        "usr_1", "person", "hotline_operator", roles=("hotline_operator",), regions=("ZR",)
    )
    api = Api(app).as_(operator)
    headers = {"Content-Type": "application/json"}
    keys = itertools.count()
    # As a browser sends it: letters as they are, not as escapes.
    body = json.dumps(REQUEST, ensure_ascii=False)
    event = api.event("POST", "/requests", body, headers, {})

    def post() -> None:
        event["headers"] = {**headers, "Idempotency-Key": f"key-{next(keys)}"}
        answer = app(event, None)
        if answer["statusCode"] != 201:
            raise RuntimeError(answer["body"])

    store = connection.store()
    recording = Recording(store.client)
    store.client = recording
    post()
    store.client = recording.client
    transaction = recording.only_transaction()
    sys.stderr.write(f"intake POST: {len(transaction['TransactItems'])} items\n")
    return compare(
        "intake POST of a first call, whole ÷ its bare transaction",
        cpu_of(post, TIMES),
        cpu_of(_bare(transaction), TIMES),
        aim=1.50,
        rounds=ROUNDS,
    )
