"""A chain gets the keys of its tills by three calls: they are on a list that is taken once."""

import csv
import io
from datetime import timedelta

import pytest

from services.cards.key_lists.domain import KeyList
from shared.messaging import deadlines
from tests.cards.api_client import LEADER, LEADER_Y, MANAGER, OTHER_MANAGER, CardsClient, person
from tests.support.world import at


@pytest.fixture
def chain(client: CardsClient) -> str:
    """The path of the list of a chain with seven shops, one of which has a key."""
    partner, _ = client.ready_partner()
    for _ in range(6):
        client.outlet(partner)
    return f"/v1/partners/{partner}/key-list"


def listed(client: CardsClient) -> list[list[str]]:
    (file,) = [body for name, body in client.world.files.objects.items() if "keys.csv" in name]
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig")), delimiter=";"))[1:]


def ask(client: CardsClient, chain: str) -> int:
    client.done(MANAGER, chain)
    client.world.settle()
    shown = client.get(MANAGER, chain).json
    assert shown["status"] == "ready"
    return int(shown["keys"])


def test_each_shop_without_a_key_gets_one_on_a_list_that_is_taken_once(
    client: CardsClient, chain: str
) -> None:
    assert ask(client, chain) == 6
    assert client.post(MANAGER, chain).code == "key_list_ready"

    lines = listed(client)
    rows = [client.key_at_the_till(line[3]) for line in lines]
    assert [row.outlet_number for row in rows] == [2, 3, 4, 5, 6, 7]
    assert {row.status for row in rows} == {"live"} and lines[0][4] == "05.10.2027"
    assert all(line[3] not in str(client.world.rows("cards-data")) for line in lines)
    issuing = [row for row in client.world.rows("cards-audit") if "KEY_LIST" in str(row)]
    assert {row["actor"]["S"] for row in issuing} == {MANAGER.id}

    taken = client.post(MANAGER, f"{chain}/take", "one")
    assert taken.status == 200 and taken.json["download_url"]
    assert client.post(MANAGER, f"{chain}/take", "one").json["download_url"]
    assert client.post(MANAGER, f"{chain}/take").code == "key_list_taken"
    client.world.advance(at("2026-10-05 10:07"))
    assert not any("keys.csv" in name for name in client.world.files.objects)
    assert client.post(MANAGER, f"{chain}/take", "one").json["download_url"] is None
    assert client.post(MANAGER, chain).code == "every_outlet_has_key"
    client.outlet(chain.split("/")[3])
    assert ask(client, chain) == 1  # a chain that grows


def test_a_list_has_the_keys_of_a_moment_ago_and_of_a_shop_that_no_index_shows_yet(
    client: CardsClient, chain: str
) -> None:
    with client.world.dynamodb.lagging_indexes():
        client.outlet(chain.split("/")[3])
        assert ask(client, chain) == 7
        numbers = [client.key_at_the_till(line[3]).outlet_number for line in listed(client)]
        assert numbers == [2, 3, 4, 5, 6, 7, 8]


def test_a_list_that_was_not_taken_is_deleted_and_its_keys_are_on_the_next(
    client: CardsClient, chain: str
) -> None:
    ask(client, chain)
    first = listed(client)
    client.world.advance(at("2026-10-05 10:20"))
    assert not any("keys.csv" in name for name in client.world.files.objects)
    assert client.post(MANAGER, f"{chain}/take").code == "key_list_deleted"

    partner = chain.rpartition("/")[0]
    shops = client.get(MANAGER, f"{partner}/outlets").json["items"]
    client.done(MANAGER, f"{partner}/outlets/{shops[1]['id']}/close")
    known = shops[2]["keys"][0]["id"]
    client.done(MANAGER, f"{partner}/keys/{known}/revoke")

    ask(client, chain)
    again = listed(client)
    assert again[1:] == first[2:], "no shop that is closed, and no key that others know"
    assert client.key_at_the_till(again[0][3]).outlet_number == 3 and again[0] != first[1]


def test_a_step_that_comes_twice_issues_no_key_twice_and_deletes_no_list(
    client: CardsClient, chain: str
) -> None:
    client.world.copies = 3

    assert ask(client, chain) == 6

    assert len(listed(client)) == 6
    shops = client.get(MANAGER, f"{chain.rpartition('/')[0]}/outlets").json["items"]
    assert [len(shop["keys"]) for shop in shops] == [1] * 7


def test_a_list_that_is_never_written_ends_in_words_and_its_keys_are_on_the_next(
    client: CardsClient, chain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(KeyList, "finish", None)
        client.done(MANAGER, chain)
        for turn in range(deadlines.JOB_TRIES + 1):
            client.world.advance(at("2026-10-05 11:00") + timedelta(minutes=70 * turn))
        shown = client.get(MANAGER, chain).json
    assert (shown["status"], "остановлена" in shown["failure"]) == ("failed", True)
    assert not any("keys.csv" in name for name in client.world.files.objects)

    assert (ask(client, chain), len(listed(client))) == (6, 6)


def test_the_list_is_of_who_asked_for_it(client: CardsClient, chain: str) -> None:
    ask(client, chain)

    for who in (LEADER, LEADER_Y, OTHER_MANAGER, person("H", "hotline_operator")):
        assert client.get(who, chain).status == 404
        assert client.post(who, f"{chain}/take").status == 404
    assert client.post(OTHER_MANAGER, chain).status == 404
    for who, steps in ((LEADER, []), (MANAGER, ["take_list"])):
        refused = client.post(who, chain)
        assert refused.code == "key_list_ready"
        assert [each["action"] for each in refused.json.get("next_steps", ())] == steps


@pytest.mark.parametrize("taken", [False, True])
def test_who_took_a_list_before_is_shown_no_later_one(
    client: CardsClient, chain: str, taken: bool
) -> None:
    ask(client, chain)
    take = f"{chain}/take"
    assert client.post(MANAGER, take, "one").json["download_url"]
    client.world.set_time(at("2026-10-05 10:03"))
    client.outlet(chain.split("/")[3])
    client.done(LEADER, chain)
    client.world.settle()
    assert client.get(LEADER, chain).json["asked_at"].startswith("2026-10-05T06:03")
    issuing = [r for r in client.world.rows("cards-audit") if r["action"]["S"] == "due:key_list"]
    assert {(row["actor"]["S"], row["role"]["S"]) for row in issuing} == {
        (who.id, who.role) for who in (MANAGER, LEADER)
    }
    if taken:
        assert client.post(LEADER, take, "two").json["download_url"]

    assert client.post(MANAGER, take, "one").json["download_url"] is None
    if taken:
        assert client.post(LEADER, take, "two").json["download_url"]


def test_a_link_to_a_taken_list_does_not_open_the_next_one(client: CardsClient, chain: str) -> None:
    ask(client, chain)
    link = client.post(MANAGER, f"{chain}/take").json["download_url"]
    (name,) = [key for key in client.world.files.objects if "keys.csv" in key]
    assert name in link
    client.world.set_time(at("2026-10-05 10:03"))
    client.outlet(chain.split("/")[3])

    client.done(LEADER, chain)
    client.world.settle()

    assert len(listed(client)) == 1, "the keys that were taken are gone with their file"
    assert name not in client.world.files.objects


def test_a_list_of_a_partner_that_declined_says_why(client: CardsClient, chain: str) -> None:
    partner = chain.rpartition("/")[0]
    client.done(MANAGER, chain)
    client.done(LEADER, f"{partner}/decline", reason="not_interested")

    client.world.settle()
    shown = client.get(MANAGER, chain).json
    assert shown["status"] == "failed" and shown["failure"]
    assert client.post(MANAGER, chain).code == "partner_declined"
