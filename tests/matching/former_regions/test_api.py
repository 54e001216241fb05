"""A guardian that moved rests, or fails a check: where its cares run hears of it, too."""

from tests.matching.api_client import FEDERAL, HQ, HQ_Y, NAME, MatchingClient, checked, rep


def test_a_guardian_of_another_region_now_rests_there_and_its_headquarters_hears_of_it(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "YY"})
    assert client.api(HQ).get(f"/guardians/{guardian}/contact").status == 404
    assert client.get(HQ, f"/matches/{match}/guardian-contact")["name"] == NAME
    report = {"period": "2026-09", "done": "Помогали с бытом", "resources_ok": False}
    client.do(rep(guardian), f"/matches/{match}/reports", report)
    assert not client.told("GuardianSuspended")
    today = f"{client.now().date()}"
    held = {"held_on": today, "result": "passed"}
    client.do(HQ_Y, f"/guardians/{guardian}/interview", held)
    client.do(HQ_Y, f"/guardians/{guardian}/briefing", {"held_on": today})
    assert client.get(HQ_Y, f"/guardians/{guardian}")["status"] == "paused"

    client.do(HQ_Y, f"/guardians/{guardian}/resumption")
    client.do(rep(guardian), f"/matches/{match}/reports", report)

    client.world.settle()
    former = {(each["region"], each["match_id"]) for each in client.told("MatchGuardianSuspended")}
    assert former == {("ZR", match)}, "where its care still runs hears of the pause, too"
    told = [(each["region"], each["reported"]) for each in client.told("GuardianSuspended")]
    assert told == [("YY", False), ("YY", False)]
    resumed = len(client.told("MatchGuardianResumed"))
    client.do(HQ_Y, f"/guardians/{guardian}/resumption")
    client.world.settle()
    assert [each["match_id"] for each in client.told("MatchGuardianResumed")[resumed:]] == [match]


def test_a_check_that_a_guardian_fails_is_told_where_its_cares_run(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)

    def fails() -> None:
        failed = checked("registry", client.now().date(), passed=False)
        client.do(FEDERAL, f"/guardians/{guardian}/checks", failed)
        client.world.settle()

    fails()
    assert client.told("MatchGuardianFailedCheck") == [], "its own region knows"
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "YY"})
    client.world.settle()
    moved = len(client.told("MatchGuardianFailedCheck"))
    fails()
    (told,) = client.told("MatchGuardianFailedCheck")[moved:]
    assert (told["region"], told["match_id"], told["code"]) == ("ZR", match, "registry")
    client.do(FEDERAL, f"/guardians/{guardian}/checks", checked("registry", client.now().date()))
    client.world.settle()
    (told,) = client.told("MatchRequirementRenewed")
    assert (told["region"], told["match_id"], told["code"]) == ("ZR", match, "registry")


def test_a_region_that_gets_a_guardian_hears_of_the_check_it_has_failed(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    match, today = client.active(client.waiting(), guardian), client.now().date()
    checks, move = f"/guardians/{guardian}/checks", f"/guardians/{guardian}/assignment"
    client.do(FEDERAL, checks, checked("licence", today, passed=False))
    client.do(FEDERAL, checks, checked("licence", today))
    client.do(FEDERAL, checks, checked("registry", today, passed=False))
    before = len(client.told("CheckFailed"))

    client.do(FEDERAL, move, {"region": "YY"})
    client.do(FEDERAL, move, {"region": "YY", "district_ids": []})

    client.world.settle()
    told = [(e["region"], e["code"], e["known"]) for e in client.told("CheckFailed")[before:]]
    assert told == [("YY", "registry", True)]
    (told_care,) = client.told("MatchGuardianFailedCheck")
    assert (told_care["region"], told_care["match_id"]) == ("ZR", match)


def test_what_a_region_hears_of_its_own_guardian_is_not_said_of_each_care(
    client: MatchingClient,
) -> None:
    guardian = client.ready(capacity_families=2)
    path = f"/guardians/{guardian}"

    def rests_and_resumes() -> int:
        client.do(HQ, f"{path}/pause", {"reason": "holidays", "keep_families": True})
        return int(client.do(HQ, f"{path}/resumption")["version"])

    version = rests_and_resumes()
    assert client.get(HQ, path)["version"] == version, "without cares nothing is told"
    match = client.active(client.waiting(), guardian)
    client.proposed(client.waiting(), guardian)
    rests_and_resumes()

    assert client.told("MatchGuardianSuspended") == []
    resumed = [each["match_id"] for each in client.told("MatchGuardianResumed")]
    assert resumed == [match], "what the guardian has reported of that care is over"
