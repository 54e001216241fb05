"""Who asks for help, in numbers."""

import time
from datetime import timedelta
from typing import Any

import pytest

from services.intake.codes.values import Programme
from services.intake.figures.domain import CountedFamily, YearCounts, recounted
from services.intake.figures.views import ProgrammeFigures
from shared.events.intake import FamilyCorrected, RequestReceived
from shared.principal import Principal
from tests.intake.api_client import HQ, HQ_Y, OPERATOR, IntakeClient, request, staff
from tests.support.world import at

FEDERAL = staff("FH-1", "federal_hq", "*")
EARLY, LATE = at("2026-09-14 10:00"), at("2026-09-14 11:00")


def figures(client: IntakeClient, programme: str, who: Principal = HQ, **query: str) -> Any:
    """The figures of a programme."""
    answer = client.get(who, "/figures", region="ZR", **query).json
    return next((one for one in answer["programmes"] if one["programme"] == programme), None)


def markers(client: IntakeClient) -> list[Any]:
    """The rows that say which families are counted."""
    rows = client.world.rows("intake-data")
    return [row for row in rows if row["sk"]["S"] == "COUNTED_FAMILY"]


def phone(number: int) -> dict[str, str]:
    """The contact of another family."""
    return {"name": "Анна", "channel": "sms", "phone": f"+791612345{number:02d}"}


@pytest.mark.requirement("S3-05")
def test_the_share_of_those_who_had_the_idea_themselves(client: IntakeClient) -> None:
    missing = client.post(OPERATOR, "/requests", request(initiated_by=None))
    assert (missing.status, missing.json["errors"][0]["pointer"]) == (422, "/initiated_by")

    for number in range(10):
        initiated_by = "self" if number < 8 else "agency"
        client.asked(initiated_by=initiated_by, contact=phone(number))
    spam = {"region": "ZR", "reason": "spam", "initiated_by": "agency"}
    client.do(OPERATOR, "/ended-requests", spam)

    found = figures(client, "service_member_care")
    assert found["requests"] == 10
    assert found["by_initiator"] == {"self": 8, "agency": 2}
    assert found["self_initiated_share"] == 80.0

    for number in range(11, 14):
        whose = {"programme": "family_care", "initiated_by": "agency"}
        client.asked(contact=phone(number), **whose)
        assert figures(client, "family_care")["self_initiated_share"] == 0
    client.asked(contact=phone(14), programme="family_care")
    client.asked(contact=phone(15), programme="family_care")
    client.asked(contact=phone(16), **whose)
    assert figures(client, "family_care")["self_initiated_share"] == 33.3


@pytest.mark.requirement("S2-08", "S2-07")
def test_a_family_is_counted_once_and_once_in_each_group(client: IntakeClient) -> None:
    tagged = {"kind": "birth", "groups": ["large", "single_parent"]}
    case = client.received(programme="family_care", family=tagged, contact=phone(1))
    assert client.view(case)["family"]["kind"] == "birth"
    # Asks again and says more of itself; another family says less.
    more = {"kind": "birth", "groups": ["large", "low_income"]}
    client.asked(programme="family_care", family=more, contact=phone(1))
    client.asked(programme="family_care", family={"groups": ["large"]}, contact=phone(2))

    found = figures(client, "family_care")
    assert (found["requests"], found["families"]) == (3, 2)
    assert found["by_group"] == {"large": 2, "single_parent": 1, "low_income": 1}
    assert figures(client, "service_member_care") is None
    # The counts outlive the family.
    by_hand = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"{client.of_family(case)}/erase", by_hand)
    assert figures(client, "family_care") == found
    assert "fam_" not in str(found)
    for marker in markers(client):
        left = timedelta(seconds=int(marker["expires_at"]["N"]) - time.time())
        assert round(left / timedelta(days=1)) == 731


def test_a_call_that_was_written_down_for_the_wrong_family_counts_once(
    client: IntakeClient,
) -> None:
    client.asked(contact=phone(1))
    client.world.set_time(at("2026-12-31 23:50"))
    wrong = client.asked(contact=phone(1), initiated_by="agency", purpose="preventive")
    assert figures(client, "service_member_care", year="2026")["requests"] == 2
    client.world.set_time(at("2027-01-01 00:05"))

    client.do(OPERATOR, f"/requests/{wrong['id']}/disown")
    client.asked(contact=phone(2), initiated_by="agency", purpose="preventive")

    before = figures(client, "service_member_care", year="2026")
    assert (before["requests"], before["by_initiator"]) == (1, {"self": 1})
    assert before["by_purpose"] == {"hardship": 1}
    (now,) = client.get(HQ, "/figures").json["programmes"]
    assert (now["requests"], now["by_purpose"]) == (1, {"preventive": 1})
    question = client.asked(purpose="information", contact=phone(2))
    client.do(HQ, f"/requests/{question['id']}/end", {"reason": "information_given"})
    assert figures(client, "service_member_care")["requests"] == 2  # it was asked, and answered


@pytest.mark.requirement("S2-30")
def test_a_preventive_request_is_helped_and_is_no_hardship(client: IntakeClient) -> None:
    family = {"kind": "birth", "groups": []}
    case = client.in_review(programme="family_care", purpose="preventive", family=family)
    client.asked(programme="family_care", purpose="hardship", contact=phone(3))

    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})

    assert client.view(case)["status"] == "one_time_help"
    aid = {"category": "food_aid", "persons": 4, "legal_basis": "programme", "last": True}
    client.do(HQ, f"/cases/{case}/aids", aid)
    found = figures(client, "family_care")
    assert found["by_purpose"] == {"preventive": 1, "hardship": 1}
    assert found["aids_by_basis"] == {"programme": 1}


def test_a_year_is_that_of_the_region_and_numbers_below_five_stay_in_it(
    client: IntakeClient,
) -> None:
    client.asked(contact=phone(1), initiated_by="agency")
    client.world.set_time(at("2026-12-31 23:30"))
    for number in range(2, 7):
        client.asked(contact=phone(number))
    client.world.set_time(at("2027-01-01 00:30"))
    client.asked(contact=phone(1))

    assert figures(client, "service_member_care", year="2026")["families"] == 6
    (now,) = client.get(HQ, "/figures").json["programmes"]
    assert (now["requests"], now["families"]) == (1, 1)
    hidden = figures(client, "service_member_care", FEDERAL, year="2026")
    # 6 less the 5 who came themselves would say the one who did not, and so would their share.
    assert hidden["by_initiator"] == {"self": None, "agency": None}
    assert (hidden["requests"], hidden["by_purpose"]) == (6, {"hardship": 6})
    assert (hidden["families"], hidden["self_initiated_share"]) == (6, None)
    assert client.get(HQ_Y, "/figures", region="ZR").status == 404
    assert client.get(OPERATOR, "/figures").status == 403


def test_no_number_of_requests_or_families_below_five_leaves_the_region() -> None:
    counts = YearCounts(
        id="c", region="ZR", programme="family_care", year=2026,
        requests=9, by_initiator={"self": 9}, by_purpose={"hardship": 4, "preventive": 5},
        families=4, by_group={"large": 4, "low_income": 5},
    )  # fmt: skip
    few = counts.model_copy(update={"requests": 4, "by_initiator": {"self": 4}, "by_purpose": {}})
    lone = {"by_initiator": {"agency": 5, "self": 6}, "by_purpose": {"hardship": 4}}
    alone = counts.model_copy(update={"requests": 11, **lone})

    seen = ProgrammeFigures.of_counts(counts, hides_few=True)
    hidden = ProgrammeFigures.of_counts(few, hides_few=True)

    assert (seen.requests, seen.by_purpose) == (9, {"hardship": None, "preventive": None})
    assert (seen.families, seen.by_group) == (None, {"large": None, "low_income": 5})
    assert (seen.by_initiator, seen.self_initiated_share) == ({"self": 9}, 100.0)
    assert (hidden.requests, hidden.by_initiator) == (None, {"self": None})
    assert hidden.self_initiated_share is None
    # Of who came themselves the share would say the total, which is hidden.
    said = ProgrammeFigures.of_counts(alone, hides_few=True)
    assert (said.requests, said.by_initiator) == (None, {"agency": None, "self": 6})
    assert said.self_initiated_share is None


@pytest.mark.parametrize(
    ("by_basis", "by_project"),
    [
        ({"law": 10, "programme": 4}, {"food": 14}),  # 14 less 10 is the 4
        ({"law": 11}, {"food": 10, "clothes": 1}),  # 11 less 10 is the 1
        ({"law": 14}, {"food": 10, "clothes": 4}),
        ({"law": 11}, {"food": 10}),  # and the one that no project paid
    ],
)
def test_aids_say_no_small_number_by_their_other_division(
    by_basis: dict[str, int], by_project: dict[str, int]
) -> None:
    counts = YearCounts(
        id="c", region="ZR", programme="family_care", year=2026,
        aids_by_basis=by_basis, aids_by_project=by_project, persons_by_project=by_project,
    )  # fmt: skip

    seen = ProgrammeFigures.of_counts(counts, hides_few=True)

    lone = by_basis if len(by_basis) > 1 else by_project
    shown = seen.aids_by_basis if lone is by_basis else seen.aids_by_project
    assert shown == dict.fromkeys(lone)
    # Each aid helps somebody: the persons of a hidden number are at least as many.
    assert seen.persons_by_project == seen.aids_by_project


def test_a_corrected_group_counts_at_once_and_a_merged_family_once(client: IntakeClient) -> None:
    def counted() -> tuple[int, dict[str, int]]:
        found = figures(client, "service_member_care")
        return found["families"], found["by_group"]

    def correct(family: str, groups: list[str]) -> None:
        seen = client.get(HQ, family)
        client.do(
            HQ, f"{family}/corrections", {"groups": groups, "reason": "written_down_wrong"},
            if_match=seen.headers["ETag"],
        )  # fmt: skip

    kept = client.asked(family={"groups": ["large"]}, contact=phone(1))["family_id"]
    other = client.asked(family={"groups": ["large", "low_income"]}, contact=phone(2))
    client.asked(purpose="information", family={"groups": ["large"]}, contact=phone(1))
    assert counted() == (2, {"large": 2, "low_income": 1})
    correct(f"/families/{kept}", ["single_parent"])
    assert counted() == (2, {"large": 1, "low_income": 1, "single_parent": 1})

    client.do(HQ, f"/cases/{other['case_id']}/withdraw", {"evidence": "spoken_by_phone"})
    both = {"family_id": other["family_id"], "reason": "same_people"}
    client.do(HQ, f"/families/{kept}/merge", both)
    once = (1, {"large": 1, "low_income": 1, "single_parent": 1})
    assert counted() == once
    client.asked(contact=phone(2))
    assert counted() == once
    client.do(HQ, f"/families/{kept}/merge/undo", both | {"reason": "different_people"})
    assert counted() == (2, {"large": 1, "low_income": 1, "single_parent": 1})


def test_records_that_were_merged_in_an_earlier_year_count_as_one_family(
    client: IntakeClient,
) -> None:
    kept, other = (client.asked(contact=phone(n), programme=p) for n, p in enumerate(Programme, 1))
    both = {"family_id": other["family_id"], "reason": "same_people"}
    client.do(HQ, f"/families/{kept['family_id']}/merge", both)
    client.world.set_time(at("2027-02-01 10:00"))

    for number in (2, 1):
        client.asked(contact=phone(number))

    assert figures(client, "service_member_care", year="2027")["families"] == 1


@pytest.mark.parametrize("programme", ["service_member_care", "family_care"])
@pytest.mark.parametrize("year", ["2026", "2027"])
def test_what_a_merged_record_asks_is_its_own_once_the_merge_is_undone(
    client: IntakeClient, programme: str, year: str
) -> None:
    kept = client.asked(contact=phone(1), programme="family_care", family={"groups": ["large"]})
    other = client.asked(contact=phone(2), family={"groups": ["large"]})
    both = {"family_id": other["family_id"], "reason": "same_people"}
    path = f"/families/{kept['family_id']}/merge"
    client.do(HQ, path, both)
    client.world.set_time(at(f"{year}-10-01 10:00"))

    client.asked(contact=phone(2), programme=programme, family={"groups": ["low_income"]})
    if year == "2026":
        assert figures(client, programme)["families"] == 1
    client.do(HQ, f"{path}/undo", both | {"reason": "different_people"})

    found = figures(client, programme, year=year)
    two = (programme, year) == ("family_care", "2026")
    expected = (2, {"large": 2, "low_income": 1}) if two else (1, {"large": 1})
    assert (found["families"], found["by_group"]) == expected
    client.asked(contact=phone(2), programme=programme)
    assert figures(client, programme, year=year)["families"] == expected[0]


def test_a_family_that_counts_by_a_merged_record_alone_counts_no_more_without_it() -> None:
    part, whole = CountedFamily(id="b", groups=("large",)), CountedFamily(id="a", counted=False)
    counts = YearCounts(id="c", region="ZR", programme="family_care", year=2026, families=1)

    lent, both = part.lend("a", whole)
    assert recounted(counts, [part, whole], [lent, both]).families == 1
    assert (both.groups, both.only_lent) == (("large",), True)
    assert lent.take_back(both) == (part, whole)
    _, asked = lent.take_back(both.ask(("low_income",), at("2026-09-14 10:00")))
    assert (asked.counted, asked.groups) == (True, ("low_income",))
    other, all_three = CountedFamily(id="c", groups=("low_income",)).lend("a", both)
    _, left = lent.take_back(all_three)
    assert (left.counted, left.groups) == (True, ("low_income",)), "it counts by the other still"
    assert other.take_back(left)[1] == whole
    own = other.lend("d", lent.lend("d", CountedFamily(id="d"))[1])[1]
    assert other.take_back(lent.take_back(own)[1])[1] == CountedFamily(id="d")
    silent, alone = CountedFamily(id="b", counted=False).lend("a", whole)
    assert (silent.with_family, alone) == ("a", whole)
    # A request that is heard of before the merge, or first of all, lends what the merge would.
    for before in (part, silent, CountedFamily(id="b", counted=False)):
        heard = before.ask_merged(("large",), (), LATE, "a", whole)
        assert heard == (lent, both) == heard[0].lend("a", heard[1])


def test_a_record_that_never_asked_takes_nothing_along_when_it_goes() -> None:
    whole = CountedFamily(id="a", counted=False)
    _, both = CountedFamily(id="b", groups=("large",)).lend("a", whole)
    silent, both = CountedFamily(id="c", counted=False).lend("a", both)

    back, left = silent.take_back(both)

    assert (back.with_family, left) == (None, both)


@pytest.mark.parametrize("first", [0, 1])
def test_a_group_that_two_merged_records_lend_stays_until_both_are_separated(first: int) -> None:
    own = CountedFamily(id="a", groups=("foster",))
    one, whole = CountedFamily(id="b", groups=("foster", "large")).lend("a", own)
    two, whole = CountedFamily(id="c", groups=("large",)).lend("a", whole)
    parts = [one, two]

    _, left = parts.pop(first).take_back(whole)
    assert left.groups == ("foster", "large")
    _, alone = parts.pop().take_back(left)
    assert alone == own

    # What the family has said itself meanwhile is no longer lent; what a merged record has, is.
    itself = whole.ask(("large",), LATE)
    assert two.take_back(one.take_back(itself)[1])[1].groups == ("foster", "large")
    again, asked = one.ask_merged((), ("large", "low_income"), LATE, "a", whole)
    assert (again, asked.groups) == (one, ("foster", "large", "low_income"))
    assert two.take_back(one.take_back(asked)[1])[1].groups == ("foster", "low_income")
    # A correction decides for all of them, until the family says another thing itself.
    corrected = whole.correct(("foster",), LATE)
    for asked, groups in (
        (corrected, ("foster",)),
        (corrected.ask(("large",), LATE), ("foster", "large")),
    ):
        assert two.take_back(one.take_back(asked)[1])[1].groups == groups
    same = whole.correct(("foster", "large"), LATE)
    assert two.take_back(one.take_back(same)[1])[1].groups == ("foster",)
    _, late = one.ask_merged((), ("large",), EARLY, "a", corrected)
    assert late.groups == ("foster",), "what was said before the correction brings no group back"
    again, said = one.ask_merged((), ("large",), LATE, "a", corrected)
    assert two.take_back(again.take_back(said)[1])[1].groups == ("foster", "large")


def test_a_group_that_was_given_back_is_lent_anew() -> None:
    part, own = CountedFamily(id="b", groups=("large",)), CountedFamily(id="a")
    _, whole = CountedFamily(id="c", groups=("foster",)).lend("a", own)
    lent, both = part.lend("a", whole)

    again, all_three = part.lend("a", lent.take_back(both)[1])

    assert all_three.groups == ("foster", "large")
    assert again.take_back(all_three)[1].groups == ("foster",)


def test_a_request_of_before_a_correction_that_is_heard_late_brings_no_group_back() -> None:
    known = CountedFamily(id="f", counted=False).ask(["large"], EARLY).correct(["foster"], LATE)

    assert known.ask(["large"], EARLY).groups == ("foster",)
    assert known.ask(["large"], LATE).groups == ("foster", "large")
    assert known.correct(["large"], EARLY) == known
    lent = CountedFamily(id="g", only_lent=True, corrected_at=LATE)
    assert not lent.ask([], EARLY).only_lent


def test_a_first_request_that_is_heard_after_a_correction_counts_in_the_groups_of_now(
    client: IntakeClient,
) -> None:
    known = client.asked(family={"groups": ["large"]})
    of_family = {"region": "ZR", "family_id": known["family_id"], "district_id": "D01"}
    client.hear(
        FamilyCorrected(
            **of_family, groups=("single_parent",), kind="birth", size_band="one_or_two"
        ),
        time=LATE,
    )
    assert figures(client, "family_care") is None

    asked = RequestReceived(
        **of_family, groups=("large",), programme="family_care", request_id=known["id"],
        channel="hotline", initiated_by="self", purpose="hardship", confidentiality="confidential",
    )  # fmt: skip
    client.hear(asked, time=EARLY)

    found = figures(client, "family_care")
    assert (found["families"], found["by_group"]) == (1, {"single_parent": 1})


def test_an_aid_counts_for_the_project_that_paid_and_one_without_for_none() -> None:
    counts = YearCounts(id="c", region="ZR", programme="family_care", year=2026)

    paid = counts.plus_aid("law", "food", 3).plus_aid("programme", None, 2).plus_aid(None, None, 1)

    assert paid.aids_by_basis == {"law": 1, "programme": 1}
    assert (paid.aids_by_project, paid.persons_by_project) == ({"food": 1}, {"food": 3})
