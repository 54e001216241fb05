"""A family is reached in another way: one contact takes the place of another, and is kept once."""

from typing import Any

import pytest

from tests.intake.api_client import (
    HQ,
    NAME,
    OPERATOR,
    PHONE,
    IntakeClient,
    just_before_the_next_write,
    request,
)

BY_PHONE = {"evidence": "spoken_by_phone"}


def contact(number: int, **more: Any) -> dict[str, Any]:
    """One of the family's telephones."""
    return {"name": NAME, "channel": "sms", "phone": f"+7916000000{number}", **more}


def replace(client: IntakeClient, family: str, new: dict[str, Any], **more: Any) -> Any:
    """Headquarters writes down a new contact."""
    answer = client.post(HQ, f"/families/{family}/contact", {"contact": new, **BY_PHONE, **more})
    client.world.settle()
    return answer


def phones(client: IntakeClient, family: str) -> list[str]:
    """The telephones that are kept of a family, the first one first."""
    export = client.get(HQ, f"/families/{family}/export").json
    return [each["phone"] for each in export["contacts"]]


def with_phones(client: IntakeClient, *numbers: int) -> str:
    """A family that has called from these telephones."""
    family = str(client.asked(contact=contact(numbers[0]))["family_id"])
    for number in numbers[1:]:
        client.asked(family_id=family, contact=contact(number))
    return family


def test_a_new_contact_replaces_the_old_one(client: IntakeClient) -> None:
    case = client.received()
    contact = {"name": NAME, "channel": "bot", "address": "max:7"}

    body = {"contact": contact, "evidence": "spoken_in_person"}
    client.do(HQ, f"{client.of_family(case)}/contact", body)

    held = client.get(HQ, f"/cases/{case}/contact").json["contact"]
    assert (held["channel"], held["address"], held["phone"]) == ("bot", "max:7", None)
    anonymous = client.received(confidentiality="anonymous", contact=None, consents={})
    refused = client.post(HQ, f"{client.of_family(anonymous)}/contact", body)
    assert (refused.status, refused.code) == (409, "no_consent_to_processing")
    offered = {each["action"] for each in refused.json["next_steps"]}
    assert {*client.get(HQ, client.of_family(anonymous)).json["next_steps"]} == offered
    assert ("change_consent" in offered, "change_contact" in offered) == (True, False)


def test_a_corrected_phone_finds_the_family_and_the_former_one_does_not(
    client: IntakeClient,
) -> None:
    mistyped = client.asked()
    right = {"name": NAME, "channel": "sms", "phone": "+79161234568"}
    body = {"contact": right, "evidence": "spoken_by_phone"}

    client.do(HQ, f"/families/{mistyped['family_id']}/contact", body)

    assert client.asked(contact=right)["case_id"] == mistyped["case_id"]
    owner = client.asked()
    assert owner["family_id"] != mistyped["family_id"]
    held = [row for row in client.world.rows("intake-data") if "CONTACT#" in row["pk"]["S"]]
    assert sorted(row["held_by"]["S"] for row in held) == sorted(
        f"ZR/{each['family_id']}" for each in (mistyped, owner)
    )


def test_a_contact_that_another_family_has_by_then_is_compared(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    family, dynamodb = with_phones(client, 1), client.world.dynamodb
    read = dynamodb.batch_get_item

    def meanwhile(**asked: Any) -> Any:
        monkeypatch.undo()
        client.asked(contact=contact(2))
        return read(**asked)

    monkeypatch.setattr(dynamodb, "batch_get_item", meanwhile)
    assert replace(client, family, contact(2)).status == 200

    assert family in [each["family_id"] for each in client.published("FamilyLooksAlike")]


def test_who_shares_a_phone_is_found_by_it_when_the_first_one_has_another(
    client: IntakeClient,
) -> None:
    first, other = client.asked(), client.asked(other_person=True)
    right = {"name": NAME, "channel": "sms", "phone": "+79161234568"}
    corrected = {"contact": right, "evidence": "spoken_by_phone"}

    with just_before_the_next_write(client, lambda: client.asked(other_person=True)):
        client.do(HQ, f"/families/{first['family_id']}/contact", corrected)

    assert client.post(OPERATOR, "/requests", request()).code == "which_family_calls"
    for erased in {each["family_id"] for each in client.published("RequestReceived")}:
        if erased not in (first["family_id"], other["family_id"]):
            wish = {"reason": "person_asked", "evidence": "written"}
            client.do(HQ, f"/families/{erased}/erase", wish)
    assert client.asked()["family_id"] == other["family_id"]
    assert client.asked(contact=right)["family_id"] == first["family_id"]


def test_another_name_for_the_same_phone_keeps_the_familys_place(client: IntakeClient) -> None:
    first = client.asked()
    client.asked(other_person=True)
    renamed = {"name": "Анна Ивановна", "channel": "phone_task", "phone": PHONE}

    body = {"contact": renamed, "evidence": "spoken_by_phone"}
    client.do(HQ, f"/families/{first['family_id']}/contact", body)

    known = client.post(OPERATOR, "/callers/search", {"phone": PHONE}, key=None).json["families"]
    assert known[0]["id"] == first["family_id"]
    held = client.get(HQ, f"/cases/{first['case_id']}/contact").json["contact"]
    assert (held["name"], held["channel"]) == ("Анна Ивановна", "phone_task")
    sealed = [row for row in client.world.rows("intake-data") if "cnt_" in row["sk"]["S"]]
    assert len(sealed) == 2


def is_like(client: IntakeClient, family: str) -> str:
    """The list of records that are like a family's."""
    (row,) = (r for r in client.world.rows("intake-data") if r["pk"]["S"] == f"FAMILY#{family}")
    return str(row["ref_pk"]["S"])


def test_a_family_with_many_phones_is_heard_and_each_of_them_can_be_replaced(
    client: IntakeClient,
) -> None:
    family = with_phones(client, 1, 2, 3)
    fourth = request(family_id=family, contact=contact(4))

    refused = client.post(OPERATOR, "/requests", fourth)

    assert (refused.status, refused.code) == (409, "too_many_contacts")
    assert "без контакта" in refused.json["detail"]
    client.do(OPERATOR, "/requests", request(family_id=family, contact=None))
    as_said = "8 (916) 000-00-02"
    likeness = is_like(client, family)
    granny = contact(4) | {"name": "Вера"}
    assert replace(client, family, granny, former=as_said).status == 200
    assert is_like(client, family) == likeness  # it is compared by its first name
    assert phones(client, family) == [contact(each)["phone"] for each in (1, 4, 3)]
    (changed,) = client.published("FamilyContactChanged")
    assert not changed["notifies_former"]
    assert client.asked(contact=contact(4))["family_id"] == family
    assert client.asked(contact=contact(2))["family_id"] != family
    gone = replace(client, family, contact(5), former=as_said)
    assert (gone.status, gone.code) == (422, "no_such_contact")
    assert gone.json["errors"][0]["pointer"] == "/former"


def test_a_phone_that_the_family_has_already_is_kept_once(client: IntakeClient) -> None:
    family = with_phones(client, 1, 2)

    replace(client, family, contact(2))

    assert phones(client, family) == [contact(2)["phone"]]
    sealed = [row for row in client.world.rows("intake-data") if "cnt_" in row["sk"]["S"]]
    assert len(sealed) == 1
    assert client.asked(contact=contact(2))["family_id"] == family
    assert client.asked(contact=contact(1))["family_id"] != family


def test_a_family_that_is_named_and_calls_from_its_own_phone_again_has_one_phone(
    client: IntakeClient,
) -> None:
    family = with_phones(client, 1, 2)
    for _ in range(3):  # more than a family has phones
        client.asked(family_id=family, contact=contact(2, name="Вера"))
    assert phones(client, family) == [contact(each)["phone"] for each in (1, 2)]


def test_a_phone_of_a_merged_record_is_shown_once_and_replaced_where_it_is_kept(
    client: IntakeClient,
) -> None:
    family, other = (
        with_phones(client, 1),
        client.asked(contact=contact(2), programme="family_care"),
    )
    merge = {"family_id": other["family_id"], "reason": "same_people"}
    client.do(HQ, f"/families/{family}/merge", merge)

    refused = replace(client, family, contact(3), former=contact(2)["phone"])
    assert (refused.status, refused.code) == (409, "contact_of_merged_record")
    assert [step["action"] for step in refused.json["next_steps"]] == ["separate"]

    replace(client, family, contact(2))
    assert phones(client, family) == [contact(2)["phone"]]
    undo = {"family_id": other["family_id"], "reason": "merged_by_mistake"}
    client.do(HQ, f"/families/{family}/merge/undo", undo)
    assert replace(client, other["family_id"], contact(3)).status == 200
    assert client.asked(contact=contact(2))["family_id"] == family


def test_a_phone_that_the_merged_record_alone_has_is_not_left_in_other_hands(
    client: IntakeClient,
) -> None:
    family = client.asked(contact=None, consents={"processing": True})["family_id"]
    other = client.asked(contact=contact(2), programme="family_care")
    merge = {"family_id": other["family_id"], "reason": "same_people"}
    client.do(HQ, f"/families/{family}/merge", merge)

    refused = replace(client, family, contact(3), stolen=True)

    # A new one beside it would let the thief sign in as the family still.
    assert (refused.status, refused.code) == (409, "contact_of_merged_record")
    assert [step["action"] for step in refused.json["next_steps"]] == ["separate"]
    me = client.signed_in(contact(2)["phone"])
    own = client.post(me, f"/families/{family}/contact", {"contact": contact(3)})
    assert (own.code, own.json["next_steps"]) == ("contact_of_merged_record", [])


def test_a_mistyped_phone_that_is_put_right_to_one_of_the_familys_is_kept_once(
    client: IntakeClient,
) -> None:
    family = with_phones(client, 1)
    client.signed_in(contact(1)["phone"])
    mistyped = client.asked(family_id=family, contact=contact(3))

    client.do(OPERATOR, f"/requests/{mistyped['id']}/mend", {"contact": contact(1)})

    assert phones(client, family) == [contact(1)["phone"]]
    (kept,) = client.get(HQ, f"/families/{family}").json["contacts"]
    assert kept["proof"] == "proven_by_code"
    assert client.asked(contact=contact(3))["family_id"] != family


def test_a_former_contact_gets_no_message_that_the_family_does_not_allow(
    client: IntakeClient,
) -> None:
    family = with_phones(client, 1)
    me = client.signed_in(contact(1)["phone"])
    forbidden = {"purpose": "contact", "given": False}
    client.do(me, f"/families/{family}/consents", forbidden)

    client.do(me, f"/families/{family}/contact", {"contact": contact(2)})

    (changed,) = client.published("FamilyContactChanged")
    assert changed["notifies_former"] is False


def test_another_name_takes_no_proof_from_a_phone(client: IntakeClient) -> None:
    family = with_phones(client, 1)
    me = client.signed_in(contact(1)["phone"])

    for who, more in ((HQ, BY_PHONE), (me, {})):
        renamed = {"contact": contact(1, name="Анна Петровна"), **more}
        client.do(who, f"/families/{family}/contact", renamed)
        (kept,) = client.get(HQ, f"/families/{family}").json["contacts"]
        assert kept["proof"] == "proven_by_code"


def test_what_the_staff_writes_down_was_said_to_it_and_what_a_family_types_proves_nothing(
    client: IntakeClient,
) -> None:
    """A spoken number is surely the family's for a notice of the family's own move alone."""
    family = with_phones(client, 1, 2)
    tokens = client.sign_in(contact(2)["phone"])
    me, refresh = (
        client.recognise(tokens["access_token"]),
        {"refresh_token": tokens["refresh_token"]},
    )

    client.do(me, f"/families/{family}/contact", {"contact": contact(3)})
    refresh = {"refresh_token": tokens["refresh_token"]}
    assert client.post(None, "/tokens/refresh", refresh).status == 200  # its own deed
    assert [each["notifies_former"] for each in client.published("FamilyContactChanged")] == [True]

    def proofs() -> list[str]:
        return [each["proof"] for each in client.get(HQ, f"/families/{family}").json["contacts"]]

    assert proofs() == ["unproved", "proven_by_code"]
    assert replace(client, family, contact(4)).status == 200
    assert proofs() == ["spoken", "proven_by_code"]
    assert replace(client, family, contact(5)).status == 200
    told = [each["notifies_former"] for each in client.published("FamilyContactChanged")]
    assert told == [True, False, False]
