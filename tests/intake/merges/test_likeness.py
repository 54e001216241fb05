"""Two records that may be of one family: compared, suggested, told apart."""

from datetime import timedelta

import pytest

from services.intake.families.vault_records import name_key
from shared import clock
from tests.intake.api_client import (
    HQ,
    HQ_Y,
    OPERATOR,
    PHONE,
    IntakeClient,
    request,
)
from tests.intake.merges.builders import (
    CARE,
    EVIDENCE,
    SECOND,
    THIRD,
    merge,
    suggested,
    two,
    view,
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Анна", "АНА", True),
        ("Алёна Петрова", "петрова  алена", True),
        ("Анна-Мария О’Нил", "О'Нил Мария Анна", True),
        ("Cоня Xасанова", "Соня Хасанова", True),  # two letters in Latin
        ("Анна", "Инна", False),
    ],
)
def test_names_are_the_same_by_one_rule(one: str, other: str, same: bool) -> None:
    assert (name_key(one) == name_key(other)) is same


def test_records_that_look_alike_are_suggested_and_never_merged_by_themselves(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    shared = client.asked(other_person=True, contact=THIRD | {"phone": PHONE}, **CARE)
    nobody = client.asked(contact=THIRD, family={"members": [{"relation": "child"}]}, **CARE)

    assert suggested(client, first) == {
        second["family_id"]: ["same_name_and_birth"],
        shared["family_id"]: ["same_contact"],
    }
    assert suggested(client, nobody) == {}
    listed = client.get(HQ, "/alike-families").json["items"]
    pairs = {each["id"]: [one["family_id"] for one in each["alike"]] for each in listed}
    assert pairs == {each["family_id"]: [first["family_id"]] for each in (second, shared)}
    assert client.get(HQ_Y, f"/families/{first['family_id']}/duplicates").status == 404
    assert client.get(OPERATOR, f"/families/{first['family_id']}/duplicates").status == 404
    assert client.published("FamiliesMerged") == []
    for place in ("data", "outbox", "audit"):
        assert "анна" not in str(client.world.rows(f"intake-{place}")).lower()

    path = f"/families/{first['family_id']}/different"
    itself = client.post(HQ, path, {"family_id": first["family_id"]})
    assert (itself.status, itself.code) == (422, "family_with_itself")
    once, again = (client.do(HQ, path, {"family_id": second["family_id"]}) for _ in range(2))
    assert once["version"] == again["version"]
    decided = client.published("FamilyLikenessDecided")
    assert [each["family_id"] for each in decided] == [second["family_id"]]
    assert suggested(client, first) == {shared["family_id"]: ["same_contact"]}
    assert suggested(client, second) == {}
    listed = client.get(HQ, "/alike-families").json["items"]
    assert [each["id"] for each in listed] == [shared["family_id"]]
    members = [{"relation": "child", "born": "2018-01"}]
    version = view(client, nobody)["version"]
    path = f"/families/{nobody['family_id']}/corrections"
    client.do(HQ, path, {"members": members, "reason": "learnt_later"}, if_match=version)
    # The eldest says it, and a child that was born since does not.
    known = {"members": [{"relation": "child", "born": "2026-08"}, *members]}
    another = client.asked(contact=THIRD | {"phone": "+79160000004"}, family=known)
    assert suggested(client, another) == {nobody["family_id"]: ["same_name_and_birth"]}
    seen = client.view(another["case_id"])["family"]["alike"]
    assert [each["family_id"] for each in seen] == [nobody["family_id"]]
    # An elder whom a later call names moves the index of the one who called, and no one else's.
    elder = {"members": [{"relation": "grandmother", "born": "1960-02"}]}
    client.asked(contact=THIRD | {"name": "Зоя"}, family=elder, **CARE)
    assert suggested(client, another) == {nobody["family_id"]: ["same_name_and_birth"]}
    client.asked(contact=THIRD, family=elder, **CARE)
    assert suggested(client, another) == {}
    client.asked(contact=THIRD | {"phone": "+79160000004"}, family=elder)
    assert suggested(client, another) == {nobody["family_id"]: ["same_name_and_birth"]}
    version = view(client, another)["version"]
    ageless = {"members": [{"relation": "child"}], "reason": "written_down_wrong"}
    path = f"/families/{another['family_id']}/corrections"
    client.do(HQ, path, ageless, if_match=version)
    assert suggested(client, another) == suggested(client, nobody) == {}
    version = view(client, another)["version"]
    client.do(HQ, path, elder | {"reason": "learnt_later"}, if_match=version)
    assert suggested(client, another) == {nobody["family_id"]: ["same_name_and_birth"]}
    renamed = {"contact": THIRD | {"name": "Инна"}} | EVIDENCE
    client.do(HQ, f"/families/{nobody['family_id']}/contact", renamed)
    assert suggested(client, another) == {}


def test_of_two_that_called_at_once_the_later_one_suggests_the_earlier_one(
    client: IntakeClient,
) -> None:
    phones = (PHONE, SECOND["phone"], THIRD["phone"])
    first, second, gone = (
        client.post(OPERATOR, "/requests", request(contact=SECOND | {"phone": phone})).json
        for phone in phones
    )
    wish = {"reason": "person_asked", "evidence": "written"}
    client.post(HQ, f"/families/{gone['family_id']}/erase", wish)
    client.world.settle()
    client.asked(family_id=second["family_id"], contact=None)

    (compared,) = client.published("FamilyLooksAlike")
    assert compared["family_id"] == second["family_id"]
    assert [each["family_id"] for each in view(client, second)["alike"]] == [first["family_id"]]
    assert [view(client, each)["alike"] for each in (first, gone)] == [[], []]
    shared = client.asked(other_person=True, contact=SECOND | {"phone": PHONE})
    assert {each["family_id"]: each["signs"] for each in view(client, shared)["alike"]} == {
        first["family_id"]: ["same_contact", "same_name_and_birth"],
        second["family_id"]: ["same_name_and_birth"],
    }
    # With one that is forgotten there is nothing to compare: the work about it ends.
    client.do(HQ, f"/families/{first['family_id']}/erase", wish)
    (decided,) = client.published("FamilyLikenessDecided")
    assert decided["family_id"] == second["family_id"]
    (left,) = client.get(HQ, "/alike-families").json["items"]
    assert left["id"] == shared["family_id"]
    assert [each["family_id"] for each in left["alike"]] == [second["family_id"]]


def test_all_to_whom_a_forgotten_record_is_suggested_lose_it(client: IntakeClient) -> None:
    """A worker's own phone is the contact of many families."""
    gone = client.asked()
    others = [client.asked(other_person=True) for _ in range(13)]
    shown = [each["id"] for each in client.get(HQ, "/alike-families").json["items"]]
    assert sorted(shown) == sorted(each["family_id"] for each in others)

    wish = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"/families/{gone['family_id']}/erase", wish)
    client.world.settle()

    compared = client.get(HQ, "/alike-families").json["items"]
    assert gone["family_id"] not in str(compared)
    assert others[0]["family_id"] not in [each["id"] for each in compared], "it was the only one"


def test_a_record_that_was_merged_before_it_is_compared_is_no_work(client: IntakeClient) -> None:
    first = client.asked()
    second = client.post(OPERATOR, "/requests", request(contact=SECOND, **CARE)).json

    assert merge(client, first, second).status == 200

    assert client.published("FamilyLooksAlike") == []
    assert suggested(client, first) == {}


@pytest.mark.parametrize("later_speaks", [False, True])
def test_likeness_is_work_until_all_that_look_alike_are_merged_or_told_apart(
    client: IntakeClient, later_speaks: bool
) -> None:
    first = client.asked(confidentiality="shareable")
    assert client.published("FamilyLooksAlike") == []
    other, third = (client.asked(other_person=True, **CARE) for _ in range(2))
    assert [each["family_id"] for each in client.published("FamilyLooksAlike")] == [
        other["family_id"], third["family_id"],
    ]  # fmt: skip

    assert merge(client, *((other, first) if later_speaks else (first, other))).status == 200
    decided = [each["family_id"] for each in client.published("FamilyLikenessDecided")]
    assert decided == [other["family_id"]]
    apart = f"/families/{third['family_id']}/different"
    for another in (first, other):
        client.post(HQ, apart, {"family_id": another["family_id"]})
    client.world.settle()

    decided = [each["family_id"] for each in client.published("FamilyLikenessDecided")]
    assert decided == [other["family_id"], third["family_id"]]


@pytest.mark.parametrize("ends", ["it was told apart", "its family is", "it is forgotten"])
def test_a_record_is_suggested_as_the_family_that_it_is_of_and_no_more_than_that(
    client: IntakeClient, ends: str
) -> None:
    first, second = client.asked(), client.asked(other_person=True, **CARE)
    speaks = client.asked(contact=SECOND, family={})
    apart = f"/families/{first['family_id']}/different"
    if ends == "it was told apart":
        client.do(HQ, apart, {"family_id": second["family_id"]})
    assert merge(client, speaks, second).status == 200

    if ends == "its family is":
        assert suggested(client, first)[speaks["family_id"]] == ["same_contact"]
        client.do(HQ, apart, {"family_id": speaks["family_id"]})
    if ends == "it is forgotten":  # the other record of its family a little later
        path = f"/families/{speaks['family_id']}/erase"
        client.post(HQ, path, {"reason": "person_asked", "evidence": "written"})

    assert suggested(client, first) == {}


def test_records_are_suggested_also_when_the_index_shows_them_late(client: IntakeClient) -> None:
    with client.world.dynamodb.lagging_indexes():
        first, second = (
            client.asked(contact=SECOND | {"phone": phone}) for phone in (PHONE, THIRD["phone"])
        )
        assert view(client, second)["alike"] == []
    client.world.advance(clock.now() + timedelta(minutes=2))

    assert [each["family_id"] for each in view(client, second)["alike"]] == [first["family_id"]]


def test_a_suggestion_that_no_index_shows_yet_ends_with_its_record(client: IntakeClient) -> None:
    first = client.asked(contact=SECOND | {"phone": PHONE})
    with client.world.dynamodb.lagging_indexes():
        second = client.asked(other_person=True, contact=SECOND | {"phone": PHONE})
        assert [each["family_id"] for each in view(client, second)["alike"]]
        wish = {"reason": "person_asked", "evidence": "written"}
        client.do(HQ, f"/families/{first['family_id']}/erase", wish)
    client.world.advance(clock.now() + timedelta(minutes=12))

    assert view(client, second)["alike"] == []
