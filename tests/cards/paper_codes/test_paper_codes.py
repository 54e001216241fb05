"""Cards without a phone are handed over on paper: a list for one person, taken once."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from services.cards.cards.values import IN_USE, CardStatus
from services.cards.paper_codes import reactions
from services.cards.paper_codes.domain import PaperCodes
from shared.messaging import deadlines
from tests.cards.api_client import HOLDER, LEADER, OFFICE, CardsClient, person
from tests.cards.imports.uploads import result, run, text, upload
from tests.support.memory_s3 import MemoryS3
from tests.support.world import at

COLLEAGUE = person("CL-7", "community_leader")
ROWS = ("FP-1;D01;да;;;Мария;8 921 123-45-67", "FP-2;D02;да;;;;", "FP-3;D03;да;;;Анна;")


@pytest.fixture
def batch(client: CardsClient, s3: MemoryS3) -> str:
    """A table of three holders, two of them without a phone."""
    opened = upload(client, s3, text(*ROWS), dry_run=False)
    assert run(client, opened)["on_paper"] == 2
    return f"/v1/batches/{opened}"


def listed(s3: MemoryS3) -> list[list[str]]:
    (codes,) = [body for name, body in s3.objects.items() if name.endswith("codes.csv")]
    return list(csv.reader(io.StringIO(codes.decode("utf-8-sig")), delimiter=";"))[1:]


def ask(client: CardsClient, batch: str) -> dict[str, Any]:
    client.done(LEADER, f"{batch}/codes")
    client.world.settle()
    return dict(client.get(LEADER, f"{batch}/codes").json)


def test_a_list_that_failed_is_written_again_without_what_was_said_of_it() -> None:
    now = at("2026-10-05 10:00")
    codes = PaperCodes(
        id="bat_1", region="ZR", asked_by="CL-0", role="community_leader", asked_at=now, due_at=now
    )

    again = codes.advance(700, 3, now).fail("Работа остановлена.").write_again(now)

    assert (again.status, again.failure, again.cards, again.offset) == ("writing", None, 0, 0)


def test_a_list_that_is_never_written_ends_in_words_and_may_be_asked_for_again(
    client: CardsClient, s3: MemoryS3, batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(PaperCodes, "finish", None)
        client.done(LEADER, f"{batch}/codes")
        for turn in range(deadlines.JOB_TRIES + 1):
            client.world.advance(at("2026-10-05 11:00") + timedelta(minutes=70 * turn))
        shown = client.get(LEADER, f"{batch}/codes").json
    assert (shown["status"], "остановлена" in shown["failure"]) == ("failed", True)
    assert not any(name.startswith("paper/") for name in s3.objects)

    assert ask(client, batch)["status"] == "ready"


def test_the_result_says_which_codes_go_by_message_and_which_on_paper(
    client: CardsClient, s3: MemoryS3, batch: str
) -> None:
    lines = result(s3, batch.rpartition("/")[2])

    assert [line[4] for line in lines[1:]] == ["придёт в сообщении", *["отдать на бумаге"] * 2]
    assert not any(name.startswith("paper/") for name in s3.objects)


def test_the_list_has_what_the_office_needs(client: CardsClient, s3: MemoryS3, batch: str) -> None:
    assert (ask(client, batch)["status"], ask_again(client, batch)) == ("ready", "ready")

    lines = listed(s3)
    assert [line[:2] for line in lines] == [["3", "FP-2"], ["4", "FP-3"]]
    activated = client.post(
        HOLDER, "/v1/cards/activate", number=lines[0][2], activation_code=lines[0][3],
        district_id="D02", contact={"name": "Мария", "channel": "sms", "phone": "+79211234567"},
        consent_processing=True, consent_community=True,
    )  # fmt: skip
    assert activated.status == 200, activated.text
    assert lines[0][4] == "04.11.2026"


def ask_again(client: CardsClient, batch: str) -> str:
    refused = client.post(LEADER, f"{batch}/codes")
    assert (refused.status, refused.code) == (409, "paper_codes_ready")
    return str(client.get(LEADER, f"{batch}/codes").json["status"])


def test_the_list_is_taken_once_and_then_deleted(
    client: CardsClient, s3: MemoryS3, batch: str
) -> None:
    ask(client, batch)
    take = f"{batch}/codes/take"

    taken = client.post(LEADER, take, "one")
    assert taken.status == 200 and taken.json["download_url"]
    assert client.post(LEADER, take, "one").json["download_url"]
    assert client.post(LEADER, take).code == "paper_codes_taken"

    (waiting,), (done,) = client.events("PaperCodesWaiting"), client.events("PaperCodesTaken")
    assert (waiting["role"], waiting["cards"]) == ("community_leader", 2)
    assert waiting["batch_id"] == done["batch_id"] == batch.rpartition("/")[2]

    client.world.advance(at("2026-10-05 10:07"))
    assert not any(name.startswith("paper/") for name in s3.objects)
    assert client.post(LEADER, take, "one").json["download_url"] is None
    assert client.post(LEADER, f"{batch}/codes").code == "paper_codes_taken"
    assert client.post(LEADER, take).code == "paper_codes_taken"


def test_a_list_that_is_not_taken_is_deleted_and_may_be_asked_for_again(
    client: CardsClient, s3: MemoryS3, batch: str
) -> None:
    ask(client, batch)
    client.world.advance(at("2026-10-05 10:14:50"))
    assert client.get(LEADER, f"{batch}/codes").json["status"] == "ready"
    client.world.advance(at("2026-10-05 10:16"))

    assert client.get(LEADER, f"{batch}/codes").json["status"] == "deleted"
    assert not any(name.startswith("paper/") for name in s3.objects)
    assert ask(client, batch)["status"] == "ready"
    assert len(listed(s3)) == 2


@pytest.mark.parametrize("asked", [False, True])
def test_a_list_that_no_one_takes_is_no_work_any_more_when_its_codes_are_over(
    client: CardsClient, batch: str, asked: bool
) -> None:
    if asked:
        ask(client, batch)
    client.world.advance(at("2026-11-03 09:00"))
    assert client.events("PaperCodesLapsed") == []
    assert ask(client, batch)["status"] == "ready"

    client.world.advance(at("2026-11-03 11:00"))

    (lapsed,) = client.events("PaperCodesLapsed")
    assert lapsed["batch_id"] == batch.rpartition("/")[2]
    client.world.advance(at("2026-11-04 11:00"))
    assert len(client.events("PaperCodesLapsed")) == 1


def test_a_list_that_was_taken_never_lapses(client: CardsClient, batch: str) -> None:
    ask(client, batch)
    client.done(LEADER, f"{batch}/codes/take")

    client.world.advance(at("2026-11-04 11:00"))

    assert client.events("PaperCodesLapsed") == []


def test_the_list_is_for_the_person_who_sent_the_table(client: CardsClient, batch: str) -> None:
    ask(client, batch)

    for who in (COLLEAGUE, HOLDER):
        assert client.get(who, f"{batch}/codes").status == 404
        assert client.post(who, f"{batch}/codes/take").status == 404
        assert client.post(who, f"{batch}/codes").status == 404


@pytest.mark.parametrize("erased", [False, True])
def test_codes_that_are_no_longer_those_of_the_issue_are_left_out(
    client: CardsClient, s3: MemoryS3, batch: str, erased: bool
) -> None:
    cards = {c["holder_ref"]: c["id"] for c in client.get(LEADER, "/v1/cards").json["items"]}
    client.done(LEADER, f"/v1/cards/{cards['FP-2']}/renew-code")
    if erased:
        client.done(LEADER, f"/v1/cards/{cards['FP-3']}/revoke", reason="holder_refused")
        client.done(LEADER, f"/v1/cards/{cards['FP-3']}/erase")
    else:
        client.done(LEADER, f"/v1/cards/{cards['FP-3']}/block", reason="lost")

    ask(client, batch)

    assert [line[2:5] for line in listed(s3)] == [["", "", ""]] * 2
    read = {row["pk"]["S"] for row in client.world.rows("cards-audit") if "hand_over" in str(row)}
    assert not any(cards["FP-3"] in subject for subject in read), "what is not shown is not read"
    renewed, other = (line[5] for line in listed(s3))
    assert "лидер" in renewed and (other == renewed) != erased
    assert ("закрыли" in other) == erased


def test_an_office_does_not_learn_from_its_list_what_became_of_a_card(
    client: CardsClient, s3: MemoryS3
) -> None:
    opened = client.post(OFFICE, "/v1/batches", region="ZR", dry_run=False).json["id"]
    s3.objects[f"batches/{opened}/upload"] = text(
        *(f"FP-{n};D02;;17-р;01.09.2026;;" for n in range(4))
    )
    client.done(OFFICE, f"/v1/batches/{opened}/start")
    client.world.settle()
    found = client.get(LEADER, "/v1/cards").json["items"]
    renewed, blocked, activated, _ = sorted(found, key=lambda card: str(card["holder_ref"]))
    client.done(LEADER, f"/v1/cards/{renewed['id']}/renew-code")
    client.done(LEADER, f"/v1/cards/{blocked['id']}/block", reason="lost")
    code = client.done(LEADER, f"/v1/cards/{activated['id']}/renew-code")
    assert client.activate(code).status == 200

    client.done(OFFICE, f"/v1/batches/{opened}/codes")
    client.world.settle()

    *gone, there = (line[2:] for line in listed(s3))
    assert gone == [["", "", "", gone[0][3]]] * 3 and "лидер" in gone[0][3]
    assert there[0] and there[1] and not there[3]


def test_each_status_that_needs_no_code_has_its_words() -> None:
    assert {*reactions.words()["no_code"]} == {*CardStatus} - {*IN_USE} | {CardStatus.ISSUED}


def test_a_dry_run_and_a_table_with_phones_have_no_list(client: CardsClient, s3: MemoryS3) -> None:
    for rows, dry in ((ROWS[:1], False), (ROWS, True)):
        opened = upload(client, s3, text(*rows), dry_run=dry)
        assert client.post(LEADER, f"/v1/batches/{opened}/codes").code == "table_not_done"
        run(client, opened)
        assert client.post(LEADER, f"/v1/batches/{opened}/codes").code == "no_codes_on_paper"


def test_a_long_list_is_written_in_steps_and_in_order(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "LINES", 7)
    monkeypatch.setattr(reactions, "PIECE", 1500)
    unknown = [f"FP-{n};Дальний;да;;;;" for n in range(40, 44)]
    rows = [f"FP-{n};D01;да;;;;" for n in range(40)]
    opened = upload(client, s3, text(*rows[:9], *unknown, *rows[9:]), dry_run=False)
    run(client, opened)

    assert ask(client, f"/v1/batches/{opened}")["cards"] == 40
    assert [line[1] for line in listed(s3)] == [f"FP-{n}" for n in range(40)]
    assert len({line[2] for line in listed(s3)}) == 40
