"""An undone merge lets each request go back to a case of its own family, by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.intake.families.domain import MOST_SENSITIVE
from services.intake.merges.reactions import MOST_LEAVING
from shared import clock
from tests.intake.api_client import HQ, OPERATOR, IntakeClient, request
from tests.intake.merges.builders import (
    CARE,
    EVIDENCE,
    MERGE,
    SECOND,
    THIRD,
    UNDO,
    merge,
    two,
    undo,
)
from tests.intake.rights.builders import audit

FIRST_PROGRAMME = {"programme": "service_member_care"}
FOOD, ANIMALS = {"category": "food_aid", "text": "Хлеб для Веры"}, {"category": "animal_care"}
ERASE = {"reason": "person_asked"} | EVIDENCE
SENSITIVE = {"family": {"groups_sensitive": ["parental_dependency"]}}


def crossed(client: IntakeClient) -> tuple[Any, Any, Any]:
    """Two records that are held for one family; the second one's request is in the first's case."""
    first, second = two(client)
    merge(client, first, second)
    return first, second, crosses(client, first, second)


def crosses(client: IntakeClient, first: Any, second: Any, **said: Any) -> Any:
    """The second family asks for something in the programme of the first one's case."""
    asked = client.asked(contact=SECOND, **FIRST_PROGRAMME, **({"needs": [FOOD]} | said))
    assert (asked["family_id"], asked["case_id"]) == (second["family_id"], first["case_id"])
    return asked


def undone(client: IntakeClient, first: Any, second: Any) -> None:
    """The merge is undone, and nothing has come of it yet."""
    path = f"/families/{first['family_id']}/merge/undo"
    assert client.post(HQ, path, UNDO | {"family_id": second["family_id"]}).status == 200


def shown(client: IntakeClient, asked: Any) -> Any:
    """A request as it is now."""
    return client.get(HQ, f"/requests/{asked['id']}").json


def about(client: IntakeClient, kind: str, asked: Any) -> list[Any]:
    """What was told of a request."""
    return [each for each in client.published(kind) if each["request_id"] == asked["id"]]


def needs(client: IntakeClient, asked: Any) -> dict[str, str]:
    """What is asked for in the case in which a request was at first."""
    found = client.view(asked["case_id"])["needs"]
    return {each["category"]: each["status"] for each in found}


def test_each_request_leaves_the_case_of_the_other_family_for_one_of_its_own(
    client: IntakeClient,
) -> None:
    first, second, there = crossed(client)
    back = client.asked(needs=[ANIMALS], **CARE)
    assert merge(client, first, client.asked(contact=THIRD, purpose="information")).status == 200
    assert (back["family_id"], back["case_id"]) == (first["family_id"], second["case_id"])

    assert undo(client, first, second).status == 200

    for asked, left in ((there, first), (back, second)):
        case = client.view(shown(client, asked)["case_id"])
        assert (case["status"], case["requests"]) == ("received", [asked["id"]])
        assert case["family"]["id"] == asked["family_id"]
        assert client.view(left["case_id"])["requests"] == [left["id"]]
        (told,) = about(client, "RequestLeftCase", asked)
        assert (told["case_id"], told["open"]) == (left["case_id"], True)
        assert told["family_id"] == asked["family_id"]
        assert told["programme"] == client.view(left["case_id"])["programme"]
        (joined,) = about(client, "RequestJoined", asked)[1:]
        assert (joined["opened"], joined["known"]) == (True, False)
    assert needs(client, first) == {
        "household_help": "open", "repair_work": "open", "food_aid": "dropped",
    }  # fmt: skip
    families = [f"/families/{each['family_id']}/export" for each in (first, second)]
    assert ["Веры" in str(client.get(HQ, each).json) for each in families] == [False, True]
    history = client.get(HQ, f"/cases/{first['case_id']}/history").json["items"]
    assert (history[-1]["what"], history[-1]["ref"]) == ("disowned", there["id"])
    why = audit(client, first["case_id"], "separate_requests")["reason"]
    assert client.published("FamilyMergeUndone")[0]["reason"] == why


def case_is_over(client: IntakeClient, first: Any, second: Any) -> None:
    """What was decided in the case of the other family was decided for that one."""
    client.do(HQ, f"/cases/{first['case_id']}/withdraw", EVIDENCE)
    undone(client, first, second)


def family_has_a_case(client: IntakeClient, first: Any, second: Any) -> None:
    """The family asks again, and its case is there first."""
    undone(client, first, second)
    client.asked(contact=SECOND, **FIRST_PROGRAMME)


def other_is_forgotten(client: IntakeClient, first: Any, second: Any) -> None:
    """The case of the other family is closed, since that one is forgotten."""
    undone(client, first, second)
    client.post(HQ, f"/families/{first['family_id']}/erase", ERASE)


def one_again_and_two(client: IntakeClient, first: Any, second: Any) -> None:
    """Headquarters changes its mind twice."""
    undone(client, first, second)
    merge(client, first, second)
    undone(client, first, second)


@pytest.mark.parametrize(
    ("meanwhile", "opens"),
    [(case_is_over, True), (family_has_a_case, False), (other_is_forgotten, True),
     (one_again_and_two, True)],
)  # fmt: skip
def test_whatever_happens_meanwhile_it_ends_in_a_case_of_its_own(
    client: IntakeClient, meanwhile: Callable[..., None], opens: bool
) -> None:
    first, second, there = crossed(client)

    meanwhile(client, first, second)
    client.world.settle()

    case = client.view(shown(client, there)["case_id"])
    assert (case["family"]["id"], case["status"]) == (second["family_id"], "received")
    assert there["id"] in case["requests"]
    assert client.view(first["case_id"])["requests"] == [first["id"]]
    (told,) = about(client, "RequestLeftCase", there)
    assert told["open"] is (meanwhile not in (case_is_over, other_is_forgotten))
    joined = about(client, "RequestJoined", there)[-1]
    assert (joined["opened"], joined["known"]) == (opens, False)


def test_who_is_one_family_again_by_then_keeps_its_case(client: IntakeClient) -> None:
    first, second, there = crossed(client)
    undone(client, first, second)
    client.post(
        HQ, f"/families/{first['family_id']}/merge", MERGE | {"family_id": second["family_id"]}
    )
    client.world.settle()

    assert shown(client, there)["case_id"] == first["case_id"]
    assert client.published("RequestLeftCase") == []


def close(client: IntakeClient, asked: Any, reason: str) -> None:
    """A taken case is closed without help."""
    closing = {"decision": "decline", "reason": reason}
    client.do(HQ, f"/cases/{asked['case_id']}/triage", closing)


@pytest.mark.parametrize("asks_again", [False, True])
def test_a_case_that_was_closed_for_the_other_familys_goes_on(
    client: IntakeClient, asks_again: bool
) -> None:
    first, second = two(client, **FIRST_PROGRAMME, needs=[FOOD])
    for each in (first, second):
        client.do(HQ, f"/cases/{each['case_id']}/take")
    close(client, second, "duplicate")
    assert merge(client, first, second).status == 200
    there = crosses(client, first, second, needs=[ANIMALS]) if asks_again else None
    assert client.view(second["case_id"])["status"] == "closed"

    client.world.copies = 2
    undo(client, first, second)

    assert client.view(first["case_id"])["status"] == "in_review"
    again = client.view(second["case_id"])
    assert (again["status"], again["taken_by"]) == ("in_review", "HQ-1")
    (told,) = client.published("CaseReopened")
    assert (told["case_id"], told["reason"]) == (second["case_id"], "closed_by_mistake")
    asked = {"food_aid"} | ({"animal_care"} if asks_again else set())
    assert {each["category"] for each in again["needs"]} == asked
    assert there is None or shown(client, there)["case_id"] == second["case_id"]


def test_a_case_that_is_a_duplicate_after_all_is_not_opened_by_the_second_look(
    client: IntakeClient,
) -> None:
    first, second = two(client, **FIRST_PROGRAMME)
    for each in (first, second):
        client.do(HQ, f"/cases/{each['case_id']}/take")
    close(client, second, "duplicate")
    assert merge(client, first, second).status == 200
    undone(client, first, second)
    client.world.settle()
    assert client.view(second["case_id"])["status"] == "in_review"

    close(client, second, "duplicate")
    client.wait(1 / 24)

    assert client.view(second["case_id"])["status"] == "closed"


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_duplicate_stays_closed_of_who_has_asked_anew_or_is_forgotten_by_then(
    client: IntakeClient, forgotten: bool
) -> None:
    first, second = two(client, **FIRST_PROGRAMME)
    client.do(HQ, f"/cases/{second['case_id']}/take")
    close(client, second, "duplicate")
    assert merge(client, first, second).status == 200
    undone(client, first, second)

    if forgotten:
        client.post(HQ, f"/families/{second['family_id']}/erase", ERASE)
    else:
        client.post(OPERATOR, "/requests", request(contact=SECOND, **FIRST_PROGRAMME))
    client.world.settle()

    assert client.view(second["case_id"])["status"] == "closed"


def test_a_duplicate_of_who_is_forgotten_while_others_go_on_stays_closed(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two(client, **FIRST_PROGRAMME)
    third = client.asked(**CARE)  # of the first family
    for each in (second, third):
        client.do(HQ, f"/cases/{each['case_id']}/take")
        close(client, each, "duplicate")
    assert merge(client, first, second).status == 200
    undone(client, first, second)

    write = client.world.dynamodb.transact_write_items

    def interrupted(**asked: Any) -> Any:
        if third["case_id"] in str(asked):
            monkeypatch.undo()
            client.post(HQ, f"/families/{second['family_id']}/erase", ERASE)
        return write(**asked)

    monkeypatch.setattr(client.world.dynamodb, "transact_write_items", interrupted)
    client.world.settle()

    assert client.view(third["case_id"])["status"] == "in_review"
    assert client.view(second["case_id"])["status"] == "closed"


def test_a_duplicate_stays_closed_where_the_other_case_has_ended_since(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    third = client.asked(contact=THIRD, **FIRST_PROGRAMME, needs=[FOOD])
    for each in (first, third):
        client.do(HQ, f"/cases/{each['case_id']}/take")
    close(client, third, "duplicate")
    assert merge(client, first, third).status == 200
    close(client, first, "unreachable")
    assert merge(client, first, second).status == 200

    assert undo(client, first, second).status == 200

    assert [client.view(each["case_id"])["status"] for each in (first, third)] == ["closed"] * 2


def test_a_request_that_has_not_joined_yet_joins_a_case_of_its_own(client: IntakeClient) -> None:
    first, second = two(client)
    merge(client, first, second)
    said = request(contact=SECOND, **FIRST_PROGRAMME)
    there = client.post(OPERATOR, "/requests", said).json
    assert there["case_id"] == first["case_id"]

    assert undo(client, first, second).status == 200

    assert client.view(shown(client, there)["case_id"])["requests"] == [there["id"]]
    assert client.published("RequestLeftCase") == []


def test_what_a_family_asked_that_is_forgotten_by_then_ends(client: IntakeClient) -> None:
    first, second, there = crossed(client)
    undone(client, first, second)
    client.do(HQ, f"/families/{second['family_id']}/erase", ERASE)

    seen = shown(client, there)
    assert (seen["status"], seen["end_reason"]) == ("ended", "family_erased")
    assert client.view(first["case_id"])["requests"] == [first["id"]]


def test_a_request_that_no_list_shows_yet_leaves_ten_minutes_later(client: IntakeClient) -> None:
    first, second = two(client)
    merge(client, first, second)
    with client.world.dynamodb.lagging_indexes():
        there = crosses(client, first, second)
        undo(client, first, second)
        assert shown(client, there)["case_id"] == first["case_id"]
    client.world.advance(clock.now() + timedelta(minutes=12))

    assert client.view(shown(client, there)["case_id"])["requests"] == [there["id"]]


def test_very_many_requests_leave_with_all_that_they_alone_asked_for(client: IntakeClient) -> None:
    first, second, there = crossed(client)
    more = [crosses(client, first, second) for _ in range(MOST_LEAVING + 1)]

    undo(client, first, second)

    case = client.view(shown(client, there)["case_id"])
    assert {*case["requests"]} == {each["id"] for each in (there, *more)}
    assert client.view(first["case_id"])["requests"] == [first["id"]]
    assert needs(client, first)["food_aid"] == "dropped"
    assert len(client.published("RequestLeftCase")) == len(case["requests"])


def test_a_guardian_is_searched_for_what_is_left_or_until_headquarters_has_looked(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    merge(client, first, second)
    crosses(client, first, second, needs=[FOOD | {"urgency": "urgent"}])
    case = f"/cases/{first['case_id']}"
    client.do(HQ, f"{case}/take")
    clarified = {"confirm": client.needs(first["case_id"]), "urgency": "normal"}
    client.do(HQ, f"{case}/needs", clarified)
    client.do(HQ, f"{case}/care-requirement", {"long_term_need": True, "reason": "illness"})
    own = [
        n["need_id"] for n in client.view(first["case_id"])["needs"] if n["category"] != "food_aid"
    ]
    client.do(HQ, f"{case}/needs", {"met": own})

    undo(client, first, second)

    assert client.view(first["case_id"])["status"] == "care_required"
    assert needs(client, first)["food_aid"] == "open"
    told = client.published("NeedsChanged")[-1]
    assert (told["case_id"], told["categories"]) == (first["case_id"], ["food_aid"])
    told = client.published("CareDetailsChanged")[-1]
    assert (told["case_id"], told["urgent"]) == (first["case_id"], False)
    assert "Веры" not in str(client.get(HQ, f"{case}/contact").json)


def groups(client: IntakeClient, *records: Any) -> list[list[str]]:
    """What the team alone may see of some records, as they export it."""
    exported = [f"/families/{each['family_id']}/export" for each in records]
    return [client.get(HQ, each).json["family"]["groups_sensitive"] for each in exported]


def test_what_only_the_team_may_see_goes_with_the_record_that_said_it(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    merge(client, first, second)
    own = {"family": {"groups_sensitive": ["on_prevention_register"]}}
    client.asked(**FIRST_PROGRAMME, **own)
    for _ in range(MOST_SENSITIVE - 1):
        crosses(client, first, second, **SENSITIVE)
    assert groups(client, first, second) == [["on_prevention_register", "parental_dependency"]] * 2

    undo(client, first, second)

    assert groups(client, first, second) == [["on_prevention_register"], ["parental_dependency"]]
    client.asked(**FIRST_PROGRAMME, **own)  # there is room again


def test_what_a_merged_record_said_is_corrected_with_the_familys(client: IntakeClient) -> None:
    first, second = two(client)
    merge(client, first, second)
    crosses(client, first, second, **SENSITIVE)
    client.do(HQ, f"/cases/{first['case_id']}/take")
    family = f"/families/{first['family_id']}"
    version = client.get(HQ, family).json["version"]

    wrong = {"groups_sensitive": [], "reason": "written_down_wrong"}
    client.do(HQ, f"{family}/corrections", wrong, if_match=version)

    assert groups(client, first) == [[]]
    assert not any("f_groups" in row for row in client.world.rows("intake-data"))
