"""Rows whose card waits for a leader are counted, put into words, and foretold by the dry run."""

from tests.cards.api_client import LEADER, CardsClient
from tests.cards.imports.uploads import result, run, text, upload
from tests.cards.offices import PHONE_2, PHONE_3, decide, held, issue

ROWS = [
    f"1024;D01;да;;;Мария;{PHONE_3}",  # the file of D02's holder
    f"77;D03;да;;;Мария;{PHONE_2}",  # her phone
    "88;D03;да;;;;",
    " № 88.0 ;D05;да;;;;",  # the file of the row before
    "88;D03;да;;;;",
    f"99;D05;да;;;Мария;{PHONE_3}",  # the phone of the first row
]


def test_held_rows_are_counted_and_named_and_the_dry_run_equals_the_deed(
    client: CardsClient,
) -> None:
    issue(client, "1024", "D02", PHONE_2)
    s3, told = client.world.files, []
    for dry_run in (True, False):
        batch = upload(client, s3, text(*ROWS), dry_run=dry_run)
        shown = run(client, batch)
        assert (shown["accepted"], shown["held"], shown["refused"]) == (1, 4, 1)
        assert (shown["lines_done"], shown["on_paper"]) == (6, 1)
        lines = result(s3, batch)[1:]
        told.append([(line[0], line[1], line[2], line[7]) for line in lines])
        waiting = [line for line in lines if line[2] == "ждёт решения лидера"]
        assert [line[0] for line in waiting] == ["2", "3", "5", "7"]
        assert all("Лидер сообщества проверит" in line[7] and not line[4] for line in waiting)
        assert [bool(line[3]) for line in waiting] == [not dry_run] * 4

    words = {"карту можно выдать": "карта выдана"}
    foretold = [(line, key, words.get(done, done), why) for line, key, done, why in told[0]]
    assert foretold == told[1]
    assert sorted(each["holder_ref"] for each in held(client)) == ["1024", "77", "88", "99"]


def test_the_code_of_a_held_row_is_on_no_paper(client: CardsClient) -> None:
    issue(client, "1024", "D02")
    s3 = client.world.files
    batch = upload(client, s3, text("1024;D01;да;;;;", "55;D01;да;;;;"), dry_run=False)
    run(client, batch)
    client.done(LEADER, f"/v1/batches/{batch}/codes")
    client.world.settle()

    (card,) = held(client)
    lists = [each for name, each in s3.objects.items() if "codes" in name or "paper" in name]
    assert lists and all(card["id"].encode() not in each for each in lists)
    decide(client, card["id"], "different_person")
    assert len(client.events("CardIssued")) == 3


def test_the_same_table_again_holds_nothing_twice(client: CardsClient) -> None:
    issue(client, "1024", "D02", PHONE_2)
    s3 = client.world.files
    run(client, upload(client, s3, text(*ROWS), dry_run=False))

    again = run(client, upload(client, s3, text(*ROWS), dry_run=False))

    assert (again["accepted"], again["held"], again["refused"]) == (0, 0, 6)
    codes = {problem["code"] for problem in again["problems"]}
    assert codes == {"card_held", "holder_has_card"}
    assert all(problem["column"] == "Номер личного дела" for problem in again["problems"])
    assert len(held(client)) == 4
