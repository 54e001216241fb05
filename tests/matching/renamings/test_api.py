"""An organisation at work is called otherwise, by its entry in the registry; its families hear."""

from datetime import timedelta
from typing import Any

from services.matching.renamings.domain import Renaming
from services.matching.renamings.repository import Renamings
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.matching.api_client import (
    FEDERAL,
    FEDERAL_2,
    HQ,
    MatchingClient,
    application,
    lone,
    pointer,
    rep,
)
from tests.matching.introductions.test_late_records import lapsed

TITLE = "АО «Добрый мастер»"


def entry(client: MatchingClient, **changes: Any) -> dict[str, Any]:
    """A new title as the registry has it."""
    day = client.now().date()
    return {"title": TITLE, "checked_on": f"{day}", "evidence_ref": "ЕГРЮЛ-7"} | changes


def test_a_guardian_at_work_is_renamed_by_its_entry_in_the_registry(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    path, before = f"/guardians/{guardian}", client.get(FEDERAL, f"/guardians/{guardian}")
    client.world.advance(client.now() + timedelta(days=40))

    for other in (rep(guardian), HQ):
        assert client.post(other, f"{path}/title", entry(client)).status == 403
    tomorrow = f"{client.now().date() + timedelta(days=2)}"
    ago = f"{client.now().date() - timedelta(days=400)}"
    for changes, where in (
        ({"evidence_ref": ""}, "/evidence_ref"),
        ({"checked_on": tomorrow}, "/checked_on"),
        ({"checked_on": ago}, "/checked_on"),
        ({"title": application()["title"]}, "/title"),
    ):
        assert pointer(client.post(FEDERAL, f"{path}/title", entry(client, **changes))) == where
    client.do(FEDERAL, f"{path}/title", entry(client))

    after = client.get(HQ, path)
    assert (before["title"], after["title"]) == (application()["title"], TITLE)
    assert "rename" in client.get(FEDERAL, path)["next_steps"]
    assert "rename" not in after["next_steps"]
    assert client.get(FEDERAL, f"{path}/contact")["title"] == TITLE
    last = client.get(FEDERAL, f"{path}/evidence")["checks"][-1]
    assert (last["code"], last["recorded_by"]) == ("registry", FEDERAL.id)
    assert client.told("RequirementRenewed")[-1]["code"] == "registry"
    assert client.told("GuardianRenamed") == [
        {"region": "ZR", "programme": "service_member_care", "guardian_id": guardian}
    ]
    assert TITLE not in str(client.world.bus.log)


def test_open_matches_follow_and_the_families_that_have_met_it_hear_of_it(
    client: MatchingClient,
) -> None:
    guardian = client.ready(capacity_families=9)
    cases = [client.waiting() for _ in range(8)]
    declined = client.proposed(cases[7], guardian)
    client.do(rep(guardian), f"/matches/{declined}/decline", {"reason": "other"})
    met = [client.introduced(client.proposed(case, guardian)) for case in cases[:6]]
    proposed = client.proposed(cases[6], guardian)

    client.do(FEDERAL, f"/guardians/{guardian}/title", entry(client))
    client.world.advance(client.now() + timedelta(minutes=3))

    titles = {each: client.get(HQ, f"/matches/{each}")["guardian_title"] for each in met}
    assert set(titles.values()) == {TITLE}
    assert client.get(HQ, f"/matches/{proposed}")["guardian_title"] == TITLE
    assert client.get(HQ, f"/matches/{declined}")["guardian_title"] == application()["title"]
    assert [row["guardian_title"] for row in client.get(HQ, "/work")["items"]] == [TITLE] * 7
    told = [each["match_id"] for each in client.told("MatchGuardianRenamed")]
    assert sorted(told) == sorted(met)
    client.do(FEDERAL, f"/guardians/{guardian}/title", entry(client, title="ПАО «Мастер»"))
    client.world.advance(client.now() + timedelta(minutes=3))
    again = {row["guardian_title"] for row in client.get(HQ, "/work")["items"]}
    assert again == {"ПАО «Мастер»"}, "a second time, too"


def test_a_match_that_ends_before_its_turn_keeps_the_title_of_its_time(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    match = client.introduced(client.proposed(client.waiting(), guardian))
    client.do(rep(guardian), f"/matches/{match}/decline", {"reason": "other"})
    client.do(FEDERAL, f"/guardians/{guardian}/title", entry(client))
    with client.world.service("matching"):
        renamings = Renamings.connect()
        context = CommandContext(system("matching"), "rename_matches", "cor_1")
        renamings.save(context, Renaming(guardian_id=guardian, left=(match,)))
    client.world.advance(client.now() + timedelta(minutes=3))

    assert client.get(HQ, f"/matches/{match}")["guardian_title"] == application()["title"]
    assert not client.told("MatchGuardianRenamed")
    with client.world.service("matching"):
        assert Renamings.connect().get(guardian).left == ()


def test_a_second_name_leaves_no_match_behind() -> None:
    first = Renaming(guardian_id="gua_1", left=("mat_1", "mat_2"))

    second = first.begin(["mat_2", "mat_3"])

    assert second.go_on(2) == (Renaming(guardian_id="gua_1", left=("mat_3",)), ("mat_1", "mat_2"))


def test_a_match_that_goes_on_after_its_lapse_names_the_guardian_as_it_is_called_now(
    client: MatchingClient,
) -> None:
    match, _, guardian, met = lapsed(client)
    client.do(FEDERAL, f"/guardians/{guardian}/title", entry(client))

    goes_on = client.do(HQ, f"/matches/{match}/late-introduction", met)["id"]

    assert client.get(HQ, f"/matches/{goes_on}")["guardian_title"] == TITLE


def test_the_title_of_a_proprietor_stays_sealed(client: MatchingClient) -> None:
    guardian = client.ready(**lone(77), title="ИП Иванова")
    path = f"/guardians/{guardian}"
    match = client.introduced(client.proposed(client.waiting(), guardian))

    client.do(FEDERAL, f"{path}/title", entry(client, title="ИП Петрова"))

    assert client.get(FEDERAL, f"{path}/contact")["title"] == "ИП Петрова"
    assert client.get(FEDERAL, path)["title"] is None
    client.world.advance(client.now() + timedelta(minutes=3))
    assert [each["match_id"] for each in client.told("MatchGuardianRenamed")] == [match]
    log = str(client.world.bus.log) + str(client.world.rows("matching-audit"))
    assert not any(each in log for each in ("Иванова", "Петрова"))


def test_what_was_approved_is_not_renamed_in_a_talk(client: MatchingClient) -> None:
    guardian = client.assigned()
    question = {"invited_role": "head", "question": "Как вы теперь называетесь?"}
    client.do(FEDERAL, f"/guardians/{guardian}/clarification", question)
    path = f"/guardians/{guardian}/application"
    team = {"team_kind": "work_collective", "team_size": 7}
    etag = client.api(FEDERAL).get(f"/guardians/{guardian}").etag

    refused = client.api(FEDERAL_2).put(path, team | {"title": TITLE}, if_match=etag)
    assert (refused.status, refused.code) == (409, "title_is_approved")
    assert client.api(FEDERAL_2).put(path, team, if_match=etag).status == 200
    assert client.get(FEDERAL, f"/guardians/{guardian}")["title"] == application()["title"]


def test_a_group_keeps_the_organisation_that_answers_for_it(client: MatchingClient) -> None:
    group = {"team_kind": "volunteer_group", "host_title": "Фонд «Опора»"}
    guardian = client.approved(**group)
    path = f"/guardians/{guardian}/title"

    assert pointer(client.post(FEDERAL, path, entry(client))) == "/host_title"
    renamed = entry(client, title=application()["title"], host_title="АНО «Опора»")
    client.do(FEDERAL, path, renamed)
    assert client.get(FEDERAL, f"/guardians/{guardian}")["host_title"] == "АНО «Опора»"
