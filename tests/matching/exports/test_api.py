"""Lists to take away through the API: whole, without people, one's own, and gone in time."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from services.matching.exports import reactions
from services.matching.exports.domain import Export
from services.matching.exports.repository import Exports
from services.matching.exports.values import ExportStatus
from services.matching.matches.repository import prefixes_of_months
from shared.dependencies import connected
from shared.errors import VersionConflict
from shared.events.intake import CareRequirementLifted
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_2,
    HQ_Y,
    NAME,
    OPERATOR,
    MatchingClient,
    family_of,
    of_case,
    pointer,
    rep,
)


def taken(client: MatchingClient, who: Any = HQ, **body: Any) -> tuple[str, list[dict[str, str]]]:
    """An export that was made, and its lines by column."""
    export = str(client.do(who, "/exports", {"region": "ZR"} | body)["id"])
    shown = client.get(who, f"/exports/{export}")
    assert shown["status"] == "ready", shown
    assert f"exports/{export}/list.csv" in shown["download_url"]
    content = client.world.files.objects[f"exports/{export}/list.csv"].decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
    assert (shown["count"], shown["rows"]) == (len(lines), len(lines))
    return export, lines


def test_the_register_of_a_region(client: MatchingClient) -> None:
    named = client.ready(title="=HYPERLINK(1)", district_ids=["D01", "D02"])
    client.assigned(legal_form="sole_proprietor_with_team", team_size=4, district_ids=[])
    client.ready("YY")
    client.applied()

    export, lines = taken(client, kind="guardians")

    lone, ready = sorted(lines, key=lambda line: line["Название"])
    assert (ready["Название"], ready["Районы"]) == (
        "'=HYPERLINK(1)",
        "Центральный район, Берёзовский район",
    )
    assert ready["Чем помогает"] == "Бытовая помощь, Ремонтные работы"
    assert (ready["Мест всего"], ready["Мест свободно"]) == ("2", "2")
    assert (lone["Название"], lone["ИНН"], lone["ОГРН"]) == ("", "", "")
    assert lone["Районы"] == "весь регион"
    shown = client.get(HQ, f"/guardians/{named}")
    assert (ready["Номер"], ready["ИНН"], ready["ОГРН"]) == (
        shown["number"], shown["inn"], f'="{shown["ogrn"]}"',  # else it is shown as 1E+12
    )  # fmt: skip
    assert (ready["Заявка от"], ready["Передан в регион"]) == ("01.09.2026 09:00",) * 2
    text = str(lines)
    assert NAME not in text and "7916000" not in text

    for other in (HQ_2, HQ_Y, FEDERAL, OPERATOR):
        assert client.api(other).get(f"/exports/{export}").status == 404
    assert len(taken(client, FEDERAL, kind="guardians")[1]) == 2
    audits = [row for row in client.world.rows("matching-audit") if export in str(row)]
    assert any("open_export" in str(row) and "HQ-1" in str(row) for row in audits)


def test_an_applicant_that_the_headquarters_talks_with_is_on_the_register_too(
    client: MatchingClient,
) -> None:
    guardian = client.applied()
    client.do(FEDERAL, f"/guardians/{guardian}/vetting")
    question = {"invited_role": "head", "question": "Кто будет приходить?"}
    client.do(FEDERAL, f"/guardians/{guardian}/clarification", question)

    _, (line,) = taken(client, kind="guardians")

    assert (line["Заявка от"], line["Передан в регион"]) == ("01.09.2026 09:00", "")


def test_every_match_of_the_months_whatever_the_pages(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "PAGE_LIMIT", 2)
    monkeypatch.setattr(reactions, "LINES_OF_STEP", 3)
    guardian = client.ready(capacity_families=9, title="Мастерская")
    cases = [client.waiting() for _ in range(7)]
    matches = [client.proposed(case, guardian) for case in cases[:6]]
    client.do(rep(guardian), f"/matches/{matches[0]}/decline", {"reason": "too_far"})
    client.closed(cases[1])
    client.hear(CareRequirementLifted(**of_case(cases[2]), reason="not_needed"))
    client.at("2026-10-02 12:00")
    active = client.active(cases[6], guardian)

    _, lines = taken(client, kind="matches", first="2026-09", last="2026-10")

    found = {line["Пара"]: line for line in lines}
    assert set(found) == {*matches, active}
    assert found[matches[0]]["Этап"] == "От предложения отказались"
    assert found[matches[0]]["Почему"] == "Слишком далеко"
    assert found[matches[1]]["Почему"] == "Семья отозвала заявку"
    assert found[matches[2]]["Почему"] == "Опекун не нужен"
    assert (found[active]["Опекун"], found[active]["Вовремя"]) == ("Мастерская", "да")
    assert found[active]["Заявка семьи"] == client.get(HQ, f"/matches/{active}")["number"]
    assert (found[matches[3]]["Вовремя"], found[matches[0]]["Вовремя"]) == ("нет", "")
    numbers = ("Номер опекуна", "Предложено", "Познакомились", "Помощь с", "Закончилось")
    number = client.get(HQ, f"/guardians/{guardian}")["number"]
    then = "02.10.2026 12:00"
    assert [found[active][each] for each in numbers] == [number, then, then, then[:10], ""]
    never_met = ["01.09.2026 09:00", "", "", then]
    assert [found[matches[3]][each] for each in numbers[1:]] == never_met
    assert family_of(cases[6]) not in str(lines)
    assert len(taken(client, kind="matches")[1]) < 7


def test_what_moves_while_a_list_is_written_is_on_it_and_once(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "LINES_OF_STEP", 1)
    # It is in both lists while it moves from one to the other.
    twice = [*prefixes_of_months(["2026-09"]), *prefixes_of_months(["2026-09"])]
    monkeypatch.setattr(reactions, "prefixes_of_months", lambda _: twice)
    guardian = client.ready(capacity_families=9)
    matches = [client.proposed(client.waiting(), guardian) for _ in range(3)]
    with monkeypatch.context() as held:
        held.setattr(client.world.queue, "send_message_batch", lambda **_: {"Failed": []})
        export = client.post(HQ, "/exports", {"region": "ZR", "kind": "matches"}).json["id"]

    work_on(client, export, steps=2)
    client.do(rep(guardian), f"/matches/{matches[2]}/decline", {"reason": "too_far"})
    client.do(rep(guardian), f"/matches/{matches[0]}/decline", {"reason": "too_far"})
    work_on(client, export, steps=3)

    assert client.get(HQ, f"/exports/{export}")["rows"] == 3
    content = client.world.files.objects[f"exports/{export}/list.csv"].decode()
    assert [content.count(match) for match in matches] == [1, 1, 1]


def test_lines_that_are_lost_are_noted_anew(client: MatchingClient) -> None:
    client.ready()
    with pytest.MonkeyPatch.context() as held:
        held.setattr(client.world.queue, "send_message_batch", lambda **_: {"Failed": []})
        export = client.post(HQ, "/exports", {"region": "ZR", "kind": "guardians"}).json["id"]
    work_on(client, export, steps=1)
    del client.world.files.objects[f"exports/{export}/ids.txt"]

    work_on(client, export, steps=3)

    shown = client.get(HQ, f"/exports/{export}")
    assert (shown["status"], shown["rows"]) == ("ready", 1)


def work_on(client: MatchingClient, export: str, *, steps: int) -> None:
    """Do some steps of the job."""
    step = reactions.JOBS["EXPORT"].step
    with client.world.service("matching"):
        for _ in range(steps):
            context = CommandContext(actor=system("jobs"), action="step", correlation_id="c")
            step(export, context, **connected(step))


def test_a_list_is_whole_though_the_commit_of_its_last_step_was_lost(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.ready()
    save, losses = Exports.save, [VersionConflict()]

    def lost_once(self: Exports, context: CommandContext, export: Export) -> Any:
        if export.status is ExportStatus.READY and losses:
            raise losses.pop()
        return save(self, context, export)

    monkeypatch.setattr(Exports, "save", lost_once)

    assert len(taken(client, kind="guardians")[1]) == 1
    assert not losses


def test_a_list_is_gone_in_time_and_asked_for_by_those_who_may(client: MatchingClient) -> None:
    client.ready()
    export, _ = taken(client, kind="guardians")
    client.at("2026-09-01 12:00")

    gone = client.get(HQ, f"/exports/{export}")
    assert (gone["status"], gone["download_url"]) == ("deleted", None)
    assert not [name for name in client.world.files.objects if name.startswith("exports/")]

    asked = {"region": "ZR", "kind": "matches"}
    assert client.post(FEDERAL, "/exports", asked).status == 403
    assert client.post(OPERATOR, "/exports", asked).status == 403
    assert client.post(HQ_Y, "/exports", asked).status == 404
    late = {"first": "2026-09", "last": "2026-08"}
    assert pointer(client.post(HQ, "/exports", asked | late)) == "/first"
    long = {"first": "2022-09", "last": "2026-08"}
    assert pointer(client.post(HQ, "/exports", asked | long)) == "/first"


def test_an_export_that_never_ends_says_so(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.world.queue, "send_message_batch", lambda **_: {"Failed": []})
    export = client.post(HQ, "/exports", {"region": "ZR", "kind": "guardians"}).json["id"]
    job = reactions.JOBS["EXPORT"]
    with client.world.service("matching"):
        context = CommandContext(actor=system("jobs"), action="give_up", correlation_id="c")
        job.give_up(export, context, **connected(job.give_up))
    for parts in ("there", "gone"):
        shown = client.get(HQ, f"/exports/{export}")
        assert shown["status"] == "failed", parts
        assert shown["failure"].startswith("Не получилось собрать")
        work_on(client, export, steps=1)


def test_a_step_that_comes_again_after_the_end_changes_nothing(client: MatchingClient) -> None:
    export, _ = taken(client, kind="guardians")
    client.world.advance(client.now() + timedelta(hours=2))
    gone = client.get(HQ, f"/exports/{export}")
    assert gone["status"] == "deleted"

    work_on(client, export, steps=1)
    assert client.get(HQ, f"/exports/{export}") == gone
