"""Two records of one family, merged in intake, are one family for matching too."""

from shared.principal import Principal
from tests.cross_service.region import EVIDENCE, HQ, RegionClient


def signed_in(record: str) -> Principal:
    return Principal(record, "person", "family", ("family",), audience="intake")


def test_a_merged_family_has_one_match_its_exclusions_and_is_erased_as_a_whole(
    client: RegionClient,
) -> None:
    guardian, other = client.ready(), client.ready()
    first = client.waiting()
    match = client.in_care(first, guardian)
    client.do(HQ, f"/intake/cases/{first}/withdraw", EVIDENCE)
    second = client.waiting()
    families = [client.family(case) for case in (second, first)]
    merged = {"family_id": families[1], "reason": "same_people"}
    client.do(HQ, f"/intake/families/{families[0]}/merge", merged)
    proposal = {"case_id": second, "guardian_id": other}

    refused = client.post(HQ, "/matching/matches", proposal)

    assert (refused.status, refused.code) == (409, "family_has_open_match")
    client.at("2027-03-01 12:00")
    for side in ("family", "guardian"):
        heard = {"side": side, "result": "heard"}
        client.do(HQ, f"/matching/matches/{match}/hearings", heard)
    client.do(HQ, f"/matching/matches/{match}/ending", {"reason": "conflict"})
    again = client.post(HQ, "/matching/matches", proposal | {"guardian_id": guardian})
    assert (again.status, again.code) == (409, "candidate_excluded_by_conflict")
    client.do(HQ, f"/matching/matches/{match}/exclusion/lift", {"reason": "reconciled"})
    ranking = client.get(HQ, f"/matching/families/{second}/candidates")
    assert guardian not in [each["guardian_id"] for each in ranking["unsuitable"]]
    proposed = client.do(HQ, "/matching/matches", proposal)["id"]

    erasure = {"reason": "person_asked", **EVIDENCE}
    client.do(HQ, f"/intake/families/{families[1]}/erase", erasure)

    assert client.get(HQ, f"/matching/matches/{proposed}")["status"] == "cancelled"
    assert client.get(HQ, f"/intake/cases/{second}")["status"] == "closed"
    erased = {event["data"]["family_id"] for event in client.world.events("intake.FamilyErased")}
    assert erased == set(families)
    for service in ("intake", "matching"):
        keys = client.world.rows(f"{service}-keys")
        of_family = [row for row in keys if row["pk"]["S"].partition("#")[2] in families]
        assert of_family
        assert not any("wrapped" in row for row in of_family)


def test_a_merged_family_finds_all_that_is_its_own_by_either_record_until_it_is_separated(
    client: RegionClient,
) -> None:
    first = client.registered()
    client.do(HQ, f"/intake/cases/{first}/withdraw", EVIDENCE)
    second, guardian = client.waiting(), client.ready()
    match = client.proposed(second, guardian)
    whole, part = client.family(first), client.family(second)
    path, own = f"/matching/matches/{match}", "/notifications/own-messages"
    sent = {each: client.get(signed_in(each), own)["items"] for each in (whole, part)}
    client.do(HQ, f"/intake/families/{whole}/merge", {"family_id": part, "reason": "same_people"})

    # Since then its phone signs it in as the record that speaks for it.
    both = {each["message_id"]: each for items in sent.values() for each in items}
    for record in (whole, part):
        family = signed_in(record)
        (listed,) = client.get(family, "/matching/matches", region="ZR")["items"]
        assert listed == client.get(family, path)
        assert {"accept", "decline"} <= {*listed["next_steps"]}
        page = client.get(family, own, limit=1)
        rest = client.get(family, own, cursor=page["next_cursor"])["items"]
        assert {each["message_id"]: each for each in page["items"] + rest} == both
        assert page["items"][0]["created_at"] == max(e["created_at"] for e in both.values())
    client.do(signed_in(whole), f"{path}/acceptance", {})

    client.do(
        HQ,
        f"/intake/families/{whole}/merge/undo",
        {"family_id": part, "reason": "different_people"},
    )
    assert client.get(signed_in(whole), "/matching/matches", region="ZR")["items"] == []
    assert client.api("matching", signed_in(whole)).get(f"/matches/{match}").status == 404
    assert client.get(signed_in(part), path)["answers"]
