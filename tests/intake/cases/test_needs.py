"""The needs of a case: what is asked for, clarified, met and asked for again."""

import pytest

from services.intake.cases.decisions import became
from services.intake.cases.values import (
    MAX_KEPT_NEEDS,
    MAX_NEEDS,
    MAX_TEXTS,
    AskedNeed,
    NeedChanges,
    NeedStatus,
    Status,
)
from services.intake.codes.values import Urgency
from shared.errors import IllegalStep, Invalid
from tests.intake.api_client import HQ, OPERATOR, WORDS, IntakeClient, request, sealed
from tests.intake.cases import builders
from tests.intake.families.builders import stamp
from tests.intake.merges.builders import EVIDENCE, SECOND

LATER = stamp(500)


def asked(need_id: str, category: str, **facts: object) -> AskedNeed:
    """What somebody asked for in a later call."""
    return AskedNeed.model_validate({"need_id": need_id, "category": category} | facts)


def test_only_open_needs_change_and_each_once_per_call() -> None:
    case = builders.in_review().change_needs(
        stamp(60), NeedChanges(met=("ned_1",)), by_family=False
    )

    with pytest.raises(Invalid, match="need_not_open"):
        case.change_needs(LATER, NeedChanges(met=("ned_1",)), by_family=False)
    with pytest.raises(Invalid, match="need_not_open"):
        case.change_needs(LATER, NeedChanges(met=("ned_2",), confirmed=("ned_2",)), by_family=False)
    with pytest.raises(Invalid, match="need_not_open"):
        case.change_needs(LATER, NeedChanges(confirmed=("ned_7",)), by_family=False)


def test_what_is_said_twice_or_not_at_all_about_a_need_is_refused(client: IntakeClient) -> None:
    """Of two reasons, or two ways to put one need right, one was dropped without a word."""
    asked = client.asked()
    case = asked["case_id"]
    one, _ = client.needs(case)
    gone = [{"need_id": one, "reason": each} for each in ("mistake", "found_elsewhere")]
    edits = [{"need_id": one, "urgency": each} for each in ("urgent", "normal")]
    question = client.asked(contact=SECOND, purpose="information")["id"]
    (of_question, _) = client.get(HQ, f"/requests/{question}").json["needs"]
    about = [each | {"need_id": of_question["need_id"]} for each in edits]
    client.do(HQ, f"/cases/{case}/take")
    corrections = f"/cases/{case}/corrections"

    for who, path, body, refusal in (
        (HQ, f"/cases/{case}/needs", {"drop": gone}, ("need_not_open", "/drop/1")),
        (HQ, corrections, {"drop": gone} | EVIDENCE, ("need_not_open", "/drop/1")),
        (HQ, corrections, {"change": edits} | EVIDENCE, ("need_not_open", "/change/1")),
        (OPERATOR, f"/requests/{question}/mend", {"change": about}, ("need_not_open", "/change/1")),
        (
            HQ,
            f"/cases/{case}/needs",
            {"change": [{"need_id": one}]},
            ("nothing_to_change", "/change/0"),
        ),
    ):
        answer = client.post(who, path, body)
        (error,) = answer.json["errors"]
        assert (answer.status, (error["code"], error["pointer"])) == (422, refusal)
    assert client.needs(case)[0] == one


def test_other_help_is_described_in_words_whichever_way_it_is_asked_for(
    client: IntakeClient,
) -> None:
    """Who reads the case later would not know what was asked for."""
    case = client.received()
    client.do(HQ, f"/cases/{case}/take")
    one, two = client.needs(case)
    path, other = f"/cases/{case}/needs", {"category": "other"}
    changed = other | {"need_id": one}

    for who, where, body, pointer in (
        (OPERATOR, "/requests", request(needs=[other]), "/needs/0/text"),
        (HQ, path, {"add": [other]}, "/add/0/text"),
        (HQ, path, {"change": [changed]}, "/change/0/text"),
    ):
        refused = client.post(who, where, body)
        (error,) = refused.json["errors"]
        assert (refused.status, error["code"]) == (422, "describe_other_need")
        assert error["pointer"] == pointer

    client.do(HQ, path, {"change": [changed | {"text": "Коза"}], "met": [two]})
    need, met = client.view(case)["needs"]
    assert (need["category"], need["clarified"], met["status"]) == ("other", True, "met")


def test_words_of_headquarters_replace_each_other_and_never_those_of_the_call(
    client: IntakeClient,
) -> None:
    asked = client.asked()
    path = f"/cases/{asked['case_id']}"
    client.do(HQ, f"{path}/take")
    roof = client.needs(asked["case_id"])[1]

    for words in ("Крыша сарая", "Крыша дома"):
        client.do(HQ, f"{path}/needs", {"change": [{"need_id": roof, "text": words}]})

    said = client.get(HQ, f"/requests/{asked['id']}/words").json
    assert WORDS in str(said["needs"])
    shown = str(client.get(HQ, f"{path}/contact").json["needs"])
    assert "Крыша дома" in shown and "Крыша сарая" not in shown
    assert len(sealed(client, "txt")) == 1


def test_a_case_has_a_bounded_number_of_needs() -> None:
    many = tuple(builders.need(f"ned_{place}") for place in range(MAX_NEEDS + 1))

    with pytest.raises(Invalid, match="too_many_needs"):
        builders.in_review(needs=()).change_needs(LATER, NeedChanges(added=many), by_family=False)


def test_needs_that_were_met_make_room_for_new_ones() -> None:
    full = tuple(builders.need(f"ned_{place}", f"kind_{place}") for place in range(MAX_NEEDS))
    met = NeedChanges(met=tuple(need.need_id for need in full))
    case = builders.in_review(needs=full).change_needs(LATER, met, by_family=False)

    again = case.join(LATER, "req_2", (asked("ned_x", "kind_1"),), urgent=False, heard=True)
    added = again.change_needs(LATER, NeedChanges(added=full[:-1]), by_family=False)

    assert [need.need_id for need in again.open_needs] == ["ned_x"]
    assert (len(added.open_needs), len(added.needs)) == (MAX_NEEDS, MAX_KEPT_NEEDS)
    with pytest.raises(Invalid, match="too_many_needs"):
        added.change_needs(LATER, NeedChanges(added=full[-1:]), by_family=False)
    left = added.change_needs(LATER, NeedChanges(met=("ned_x",)), by_family=False)
    over = left.join(LATER, "req_3", (asked("ned_y", "kind_x"),), urgent=False, heard=True)
    assert over.needs == left.needs


@pytest.mark.parametrize("status", [Status.CARE_REQUIRED, Status.MATCHED])
def test_a_waiting_family_keeps_at_least_one_open_need(status: Status) -> None:
    case, all_met = builders.IN_STATUS[status](), NeedChanges(met=("ned_1", "ned_2"))

    with pytest.raises(IllegalStep) as refused:
        case.change_needs(LATER, all_met, by_family=False)
    with pytest.raises(IllegalStep) as to_family:
        case.shown_to(lambda step: step == "withdraw").change_needs(LATER, all_met, by_family=True)

    waits = status is Status.CARE_REQUIRED
    assert refused.value.code == ("last_open_need" if waits else "last_need_of_match")
    lifted = ("lift_care",) if waits else ()
    assert set(refused.value.next_steps) == {*lifted, "withdraw"}
    assert to_family.value.next_steps == ("withdraw",)


def test_what_a_family_adds_counts_at_once_but_is_not_yet_clarified() -> None:
    pets = builders.need("ned_3", "animal_care")
    case = builders.in_care().change_needs(LATER, NeedChanges(added=(pets,)), by_family=True)

    assert [need.category for need in case.open_needs][-1] == "animal_care"
    assert not case.needs[-1].clarified
    assert case.history[-1].what == "needs_corrected"


def test_a_wish_that_is_sent_twice_is_one_need_and_other_help_is_several() -> None:
    wish = builders.need("ned_8", "animal_care", text_refs=("txt_1#ned_8",))
    case = builders.received().change_needs(LATER, NeedChanges(added=(wish,)), by_family=True)
    again = builders.need("ned_9", "animal_care", urgency="urgent", text_refs=("txt_2#ned_9",))
    other = tuple(builders.need(f"ned_o{n}", "other") for n in range(2))

    bare = builders.need("ned_7", "animal_care")
    assert case.change_needs(LATER, NeedChanges(added=(bare,)), by_family=True).needs == case.needs
    twice = case.change_needs(LATER, NeedChanges(added=(again, *other)), by_family=True)

    added = {need.need_id: need for need in twice.needs if need not in builders.received().needs}
    assert list(added) == ["ned_8", "ned_o0", "ned_o1"]
    assert added["ned_8"].text_refs == ("txt_1#ned_8", "txt_2#ned_9")
    assert added["ned_8"].urgency == "urgent"
    reviewed = builders.in_review()
    split = builders.need("ned_7", reviewed.needs[0].category)
    told = reviewed.change_needs(LATER, NeedChanges(added=(split,)), by_family=False)
    assert told.needs[-1].need_id == "ned_7"


def test_only_help_of_its_kind_given_since_it_was_asked_for_meets_a_need() -> None:
    early, late = builders.aid(at=stamp(10).at), builders.aid(at=stamp(30).at)
    asked = builders.need("ned_1", builders.aid().category, changed_at=stamp(20).at)
    other = builders.need("ned_2", "legal_help", changed_at=stamp(20).at)

    assert became(asked, [early]) is NeedStatus.ENDED
    assert became(asked, [early, late]) is NeedStatus.MET
    assert became(asked, [builders.aid(at=asked.changed_at)]) is NeedStatus.MET
    assert became(other, [late]) is NeedStatus.ENDED
    dropped = asked.model_copy(update={"status": NeedStatus.DROPPED})
    assert became(dropped, [late]) is NeedStatus.DROPPED


# the family asks again -----------------------------------------------------------------------


def test_a_later_request_adds_needs_words_and_urgency_to_the_open_case() -> None:
    again = (
        asked("ned_8", "household_help", urgency="urgent", text_ref="req_2#ned_8"),
        asked("ned_9", "animal_care"),
    )

    case = builders.received().join(LATER, "req_2", again, urgent=True, heard=True)

    assert (case.history[0].what, case.history[0].ref) == ("received", "req_1")
    known, _, new = case.needs
    assert (known.need_id, known.urgency) == ("ned_1", Urgency.URGENT)
    assert known.text_refs == ("req_2#ned_8",)
    assert (new.need_id, new.category, new.clarified) == ("ned_9", "animal_care", False)
    assert case.urgent
    assert case.requests == ("req_1", "req_2")
    assert (case.history[-1].what, case.history[-1].ref) == ("asked_again", "req_2")


def test_a_case_stays_urgent_and_to_be_checked_whatever_a_later_request_says() -> None:
    case = builders.received(urgent=True, needs_check=True)

    again = case.join(LATER, "req_2", (), urgent=False, heard=True)

    assert (again.urgent, again.needs_check) == (True, True)


def test_a_need_never_becomes_less_urgent_by_a_later_request() -> None:
    urgent = builders.received(needs=(builders.need("ned_1", urgency="urgent"),))

    case = urgent.join(
        LATER, "req_2", (asked("ned_8", "household_help"),), urgent=False, heard=True
    )

    assert case.needs == urgent.needs


def test_a_need_that_is_met_is_a_new_one_when_it_is_asked_for_again() -> None:
    met = builders.in_care().change_needs(LATER, NeedChanges(met=("ned_1",)), by_family=False)

    case = met.join(LATER, "req_2", (asked("ned_8", "household_help"),), urgent=False, heard=True)

    assert [need.need_id for need in case.open_needs] == ["ned_2", "ned_8"]


def test_what_a_request_took_along_comes_back_with_it_once() -> None:
    dropped = NeedChanges(dropped={"ned_1": "mistake"})
    left = builders.in_care().change_needs(LATER, dropped, by_family=False)

    case = left.join(LATER, "req_2", (asked("ned_1", "household_help"),), urgent=False, heard=True)

    assert [(need.need_id, need.open) for need in case.needs] == [("ned_2", True), ("ned_1", True)]


@pytest.mark.parametrize(
    ("status", "added"),
    [
        (Status.RECEIVED, True),
        (Status.IN_REVIEW, True),
        (Status.ONE_TIME_HELP, False),
        (Status.CARE_REQUIRED, False),
        (Status.MATCHED, False),
        (Status.IN_CARE, False),
    ],
)
def test_what_nobody_has_heard_changes_no_needs_that_others_work_on(
    status: Status, added: bool
) -> None:
    case = builders.IN_STATUS[status]()
    again = (asked("ned_8", "animal_care"),)

    unheard = case.join(LATER, "req_2", again, urgent=False, heard=False)
    heard = case.join(LATER, "req_2", again, urgent=False, heard=True)

    assert (len(unheard.needs) > len(case.needs)) is added
    assert len(heard.needs) > len(case.needs)
    assert unheard.requests == heard.requests == ("req_1", "req_2")


def test_fifty_calls_are_kept_and_leave_a_bounded_case() -> None:
    case = builders.received()
    for number in range(2, 52):
        again = (
            asked(f"ned_{number}0", "household_help", text_ref=f"req_{number}#x"),
            asked(f"ned_{number}1", f"kind_{number}"),
        )
        case = case.join(LATER, f"req_{number}", again, urgent=False, heard=True)

    assert len(case.requests) == 51
    assert len(case.needs) == MAX_NEEDS
    # The first words of it may be those that headquarters has written.
    assert case.needs[0].text_refs == tuple(f"req_{each}#x" for each in (2, 48, 49, 50, 51))
    assert len(case.needs[0].text_refs) == MAX_TEXTS
