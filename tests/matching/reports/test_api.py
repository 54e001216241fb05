"""Guardians' reports through the API."""

from tests.matching.api_client import (
    HQ,
    MatchingClient,
    rep,
)


def test_a_guardian_out_of_strength_is_paused_and_warned_about(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    report = {"period": "2026-09", "done": "Помогали с бытом", "resources_ok": False}

    client.do(rep(guardian), f"/matches/{match}/reports", report)

    assert client.told("GuardianReported")[0]["resources_ok"] is False
    (suspended,) = client.told("GuardianSuspended")
    assert suspended["reason"] == "guardian_resources_exhausted"
    assert suspended["reported"] is True, "its headquarters hears of it by the report"
    assert client.get(HQ, f"/guardians/{guardian}")["status"] == "paused"
    body = {"case_id": client.waiting(), "guardian_id": guardian}
    assert client.post(HQ, "/matches", body).code == "candidate_paused"
    client.world.settle()
    assert not client.told("MatchGuardianSuspended"), "its own region knows"
    words = client.get(HQ, f"/matches/{match}/reports")["items"][0]
    assert words["done"] == "Помогали с бытом"

    client.at("2026-09-20 12:00")
    client.do(rep(guardian), f"/matches/{match}/reports", report | {"done": "Чинили кран"})
    first = client.get(HQ, f"/matches/{match}/reports", limit="1")
    rest = client.get(HQ, f"/matches/{match}/reports", limit="1", cursor=first["next_cursor"])
    assert [each["done"] for each in (*first["items"], *rest["items"])] == [
        "Чинили кран",
        "Помогали с бытом",
    ]


def test_a_report_on_a_forgotten_family_counts_without_its_words(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    client.proposed(client.waiting(), guardian)
    client.erased(case)
    report = {"period": "2026-09", "done": "Помогали с бытом", "resources_ok": False}

    client.do(rep(guardian), f"/matches/{match}/reports", report)

    assert client.get(HQ, f"/guardians/{guardian}")["status"] == "paused"
    (suspended,) = client.told("GuardianSuspended")
    assert suspended["reported"] is False, "the report does not speak of its other family"
    assert client.get(HQ, f"/matches/{match}/reports")["items"][0]["done"] == ""
    photo = {"content_type": "image/jpeg"}
    assert client.post(rep(guardian), f"/matches/{match}/media", photo).code == "subject_erased"


def test_who_reports_before_the_care_hears_what_comes_first(client: MatchingClient) -> None:
    """Nothing is said to be missing that its guardian has before its eyes."""
    guardian = client.ready()
    match = client.proposed(client.waiting(), guardian)
    report = {"period": "2026-09", "done": "Помогали", "resources_ok": True}

    early = client.post(rep(guardian), f"/matches/{match}/reports", report)
    assert (early.status, early.json["title"]) == (404, "Соглашения с семьёй ещё нет")
    refused = [
        client.post(rep(guardian), f"/matches/{match}/stories", {"text": "Помогли"}),
        client.post(rep(guardian), f"/matches/{match}/media", {"content_type": "image/jpeg"}),
    ]
    assert [answer.code for answer in refused] == ["match_is_proposed"] * 2
    stranger = rep("gua_00000000000000000000000000")
    foreign = client.post(stranger, f"/matches/{match}/reports", report)
    assert (foreign.status, foreign.json["title"]) == (404, "Не найдено")
