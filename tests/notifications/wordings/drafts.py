"""A wording of a message as an editor writes it."""

from dataclasses import replace
from typing import Any

from services.notifications.templates.repository import Templates
from tests.notifications.fakes import OPERATIONS
from tests.support.api import Api

COLLEAGUE = replace(OPERATIONS, id="usr_44")
NAME = "request_received_family"
SHIPPED = Templates.connect().by_name[NAME]
WORDS: dict[str, Any] = {
    "subject": "Заявка у нас",
    "texts": {
        each: "Ваша заявка {{ number }} у нас. {{ number | plural('день', 'дня', 'дней') }}\n"
        "Что дальше: мы позвоним."
        for each in SHIPPED.wordings
    },
}


def drafted(api: Api, words: dict[str, Any] = WORDS, name: str = NAME, key: str = "1") -> str:
    answer = api.post(f"/templates/{name}/wordings", words, key=key)
    assert answer.status == 201, answer.json
    return str(answer.json["id"])
