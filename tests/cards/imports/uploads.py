"""Tables of holders as an office uploads them, and what becomes of them."""

import csv
import io
import json
from typing import Any

from tests.cards.api_client import LEADER, CardsClient
from tests.support.memory_s3 import MemoryS3

HEADER = "Номер личного дела;Район;Ребёнок в семье;Номер распоряжения;Дата распоряжения;Имя;Телефон"


def upload(client: CardsClient, s3: MemoryS3, content: bytes, **more: Any) -> str:
    opened = client.post(LEADER, "/v1/batches", region="ZR", **more)
    assert opened.status == 201, opened.text
    assert opened.json["upload_url"].startswith("https://")
    s3.objects[f"batches/{opened.json['id']}/upload"] = content
    return str(opened.json["id"])


def run(client: CardsClient, batch: str) -> dict[str, Any]:
    client.done(LEADER, f"/v1/batches/{batch}/start")
    client.world.settle()
    return dict(client.get(LEADER, f"/v1/batches/{batch}").json)


def result(s3: MemoryS3, batch: str) -> list[list[str]]:
    text = s3.objects[f"batches/{batch}/result.csv"].decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def stored(client: CardsClient, card_id: str) -> dict[str, Any]:
    """A card as its row holds it."""
    row = client.world.dynamodb.rows("cards-data")[f"CARD#{card_id}", "CARD"]
    return dict(json.loads(row["doc"]["S"]))


GOOD = [
    "FP-1;D01;да;;;Мария;8 921 123-45-67",
    "FP-2;D02;;17-р;05.10.2026;;",
    "FP-3;D03;+;;;;",
]


def text(*lines: str) -> bytes:
    return ("\n".join([HEADER, *lines]) + "\n").encode()
