"""Lending through its API, its queue and its sweep."""

from tests.lending.api_client import CASE, HQ_Y, OPERATOR, close_case, lend, post, view
from tests.support.world import World, at


def test_a_loan_is_lent_viewed_and_returned(world: World) -> None:
    lent = lend(world)
    back = post(world, f"/v1/loans/{CASE}/return")
    world.settle()

    assert (lent.status, lent.headers["Location"]) == (201, f"/lending/v1/loans/{CASE}")
    assert (back.status, view(world)["status"]) == (200, "returned")
    (event,) = world.events("lending.EquipmentLent")
    assert event["data"]["due_on"] == "2026-10-12"


def test_who_may_not_lend_is_refused(world: World) -> None:
    assert lend(world, HQ_Y).status == 404
    assert lend(world, OPERATOR).status == 403
    assert lend(world, item="no_such_item").status == 422
    assert [lend(world).status, lend(world).code] == [201, "loan_is_lent"]


def test_a_case_that_closed_before_the_loan_changes_nothing(world: World) -> None:
    close_case(world)
    lend(world)
    assert view(world)["status"] == "lent"


def test_the_same_event_twice_recalls_once(world: World) -> None:
    lend(world)
    close_case(world, times=2)

    assert (view(world)["status"], view(world)["version"]) == ("recalled", 2)


def test_an_overdue_loan_is_published_once(world: World) -> None:
    lend(world)
    for moment in ("2026-10-13 00:00", "2026-10-13 00:01", "2026-10-14 09:00"):
        world.advance(at(moment))

    assert len(world.events("lending.LoanOverdue")) == 1
