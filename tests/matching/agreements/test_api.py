"""Care agreements through the API: who signs, through which link."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import clock, ids
from shared.events.intake_rights import FamilySignedOut
from tests.matching.api_client import (
    HQ,
    HQ_2,
    MatchingClient,
    chat_of,
    draft,
    family_of,
    own_token,
    pointer,
    read_text,
    rep,
)
from tests.support.api import Answer


@pytest.mark.requirement("S4-12")
def test_no_care_agreement_without_a_participation_agreement(client: MatchingClient) -> None:
    guardian = client.ready(signed=False)
    match = client.introduced(client.proposed(client.waiting(), guardian))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    path = f"/matches/{match}/agreement/signatures"

    refused = client.post(rep(guardian), path, {})
    assert (refused.status, refused.code) == (409, "participation_agreement_missing")
    client.signed(guardian)

    assert client.do(rep(guardian), path, {})["status"] == "introduced"
    paper = {"by": "family", "evidence": "paper"}
    assert client.do(HQ, path, paper)["status"] == "agreed"
    assert client.told("CareAgreementSigned")[0]["need_ids"] == ["ned_1"]


def test_a_refused_signature_offers_only_what_that_side_may_do(client: MatchingClient) -> None:
    guardian = client.ready(signed=False)
    match = client.introduced(client.proposed(client.waiting(), guardian))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    path, paper = f"/matches/{match}/agreement/signatures", {"by": "family", "evidence": "paper"}

    def offered(answer: Answer) -> list[str]:
        assert answer.status == 409, answer.text
        return [step["action"] for step in answer.json["next_steps"]]

    sign = "sign_participation_agreement"
    assert offered(client.post(rep(guardian), path, {})) == [sign, "decline"]
    assert offered(client.post(HQ, path, paper)) == [sign, "decline", "cancel"]
    family = own_token(client.get(HQ, f"/matches/{match}")["case_id"])
    assert offered(client.post(family, path, {})) == ["decline"], "it signs nothing with a staff"
    client.do(rep(guardian), f"/guardians/{guardian}/participation-agreement", read_text())
    assert offered(client.post(rep(guardian), path, {})) == ["decline"], "it waits for the other"
    client.do(HQ, f"/guardians/{guardian}/participation-agreement", read_text())
    client.do(rep(guardian), path, {})
    assert "sign_agreement" not in offered(client.post(rep(guardian), path, {}))
    again = client.post(HQ, path, {"by": "guardian", "evidence": "paper"})
    assert (again.code, "sign_agreement" in offered(again)) == ("already_signed", True)


@pytest.mark.requirement("S4-12")
def test_an_agreement_names_the_programme_and_needs_of_the_family(client: MatchingClient) -> None:
    match = client.introduced(client.proposed(client.waiting(), client.ready()))
    path = f"/matches/{match}/agreement"

    assert pointer(client.post(HQ, path, draft("ned_1") | {"programme": "other"})) == "/programme"
    assert pointer(client.post(HQ, path, draft("ned_1", "ned_9"))) == "/need_ids/1"
    assert pointer(client.post(HQ, path, draft())) == "/need_ids"
    assert pointer(client.post(HQ, path, draft(*["ned_1"] * 31))) == "/need_ids"
    assert pointer(client.post(HQ, path, draft("ned_1") | {"frequency": "x"})) == "/frequency"
    early = client.post(HQ, path, draft("ned_1") | {"starts_on": "2026-08-31"})
    assert early.json["errors"][0]["code"] == "start_before_introduction"
    client.do(HQ, path, draft("ned_1", "ned_1") | {"programme": "service_member_care"})

    agreement = client.get(HQ, f"/matches/{match}")["agreement"]
    assert agreement["programme"] == "service_member_care"
    assert [need["need_id"] for need in agreement["needs"]] == ["ned_1"]


def test_help_may_begin_on_the_day_of_the_introduction_when_it_is_written_down_later(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    match = client.proposed(client.waiting(), guardian)
    path, text = f"/matches/{match}/agreement", {"agreement_id": ids.new("agr")}
    assert client.post(HQ, path, draft("ned_1")).code == "match_is_proposed"
    client.introduced(match)
    met_on = f"{client.now() + timedelta(hours=4):%Y-%m-%d}"
    assert client.post(rep(guardian), f"{path}/signatures", text).code == "agreement_not_drafted"
    client.world.set_time(client.now() + timedelta(days=2))

    client.do(HQ, path, draft("ned_1") | {"starts_on": met_on})

    assert client.get(HQ, f"/matches/{match}")["agreement"]["starts_on"] == met_on


@pytest.mark.requirement("S4-12")
def test_a_family_signs_through_its_link(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.introduced(client.proposed(client.waiting(), guardian))
    assert client.post(HQ, f"/matches/{match}/agreement/link").code == ("agreement_not_drafted")
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    link = client.do(HQ, f"/matches/{match}/agreement/link")["link"]
    client.do(rep(guardian), f"/matches/{match}/agreement/signatures", {})

    assert client.do(None, "/signatures", {"link": f" {link}."})["status"] == "agreed"

    for who, path, body in (
        (None, "/signatures", {"link": link}),
        (rep(guardian), f"/matches/{match}/agreement/signatures", {}),
        (HQ, f"/matches/{match}/agreement/link", None),
    ):
        assert client.post(who, path, body).code == "agreement_in_force"
    assert client.post(None, "/signatures", {"link": link[:-2]}).status == 422
    audit = [r for r in client.world.rows("matching-audit") if r["pk"]["S"] == match]
    assert max(audit, key=lambda row: row["sk"]["S"])["role"]["S"] == "family"


def test_a_link_signs_only_the_text_it_was_given_for(client: MatchingClient) -> None:
    match = client.introduced(client.proposed(client.waiting(), client.ready()))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    link = client.do(HQ, f"/matches/{match}/agreement/link")["link"]
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))

    refused = client.post(None, "/signatures", {"link": link})
    assert refused.code == "agreement_changed"
    assert [step["action"] for step in refused.json["next_steps"]] == ["ask_for_new_link"]


@pytest.mark.parametrize("signed_out", ["itself", "as a record", "another"])
def test_a_link_of_before_the_family_was_signed_out_signs_nothing(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch, signed_out: str
) -> None:
    case, earlier = client.waiting(), clock.wall() - timedelta(minutes=5)
    family, another = family_of(case), "fam_00000000000000000000000009"
    match = client.introduced(client.proposed(case, client.ready()))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    with monkeypatch.context() as patch:
        patch.setattr(clock, "wall", lambda: earlier)
        link = client.do(HQ, f"/matches/{match}/agreement/link")["link"]
    lost = {"family_id": family if signed_out == "itself" else another}
    if signed_out == "as a record":
        lost["record_id"] = family
    client.hear(FamilySignedOut(region="ZR", **lost, at=clock.wall()))
    client.hear(FamilySignedOut(region="ZR", **lost, at=earlier))  # heard of late

    answer = client.post(None, "/signatures", {"link": link})
    if signed_out == "another":
        assert answer.status == 200
        return
    assert (answer.status, answer.code) == (410, "link_expired")
    assert [step["action"] for step in answer.json["next_steps"]] == ["ask_for_new_link"]
    fresh = client.do(HQ, f"/matches/{match}/agreement/link")["link"]
    assert client.post(None, "/signatures", {"link": fresh}).status == 200


def test_a_link_that_is_too_old_says_so(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = client.introduced(client.proposed(client.waiting(), client.ready()))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    earlier = clock.wall() - timedelta(hours=73)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "wall", lambda: earlier)
        link = client.do(HQ, f"/matches/{match}/agreement/link")["link"]

    answer = client.post(None, "/signatures", {"link": link})
    assert (answer.status, answer.code) == (410, "link_expired")


def test_who_names_the_text_it_has_read_signs_no_other(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.introduced(client.proposed(client.waiting(), guardian))
    path, signatures = f"/matches/{match}/agreement", f"/matches/{match}/agreement/signatures"
    client.do(HQ, path, draft("ned_1"))

    client.just_before_the_next_commit(lambda: client.do(HQ_2, path, draft("ned_1")))
    read = client.get(rep(guardian), f"/matches/{match}")["agreement"]["agreement_id"]
    refused = client.post(rep(guardian), signatures, {"agreement_id": read})

    assert (refused.status, refused.code) == (409, "agreement_rewritten")
    now = client.get(rep(guardian), f"/matches/{match}")["agreement"]
    assert now["signed_guardian_at"] is None
    client.do(rep(guardian), signatures, {"agreement_id": now["agreement_id"]})


@pytest.mark.requirement("S4-12")
def test_the_headquarters_has_a_hand_in_one_signature_at_most(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.introduced(client.proposed(client.waiting(), guardian))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    path = f"/matches/{match}/agreement/signatures"
    spoken = client.post(HQ, path, {"by": "guardian", "evidence": "phone_call"})
    assert (pointer(spoken), spoken.json["errors"][0]["code"]) == (
        "/evidence",
        "signature_was_spoken",
    )
    client.do(HQ, path, {"by": "guardian", "evidence": "paper"})
    link = client.do(HQ, f"/matches/{match}/agreement/link")["link"]

    both = client.post(HQ, path, {"by": "family", "evidence": "paper"})
    as_family = client.post(None, "/signatures", {"link": link})

    assert (both.status, both.code) == (409, "other_side_signs_itself")
    assert (as_family.status, as_family.code) == (409, "other_side_signs_itself")
    made = [r for r in client.world.rows("matching-audit") if r["pk"]["S"] == match]
    assert "issue_signing_link" in {r["action"]["S"] for r in made}


@pytest.mark.requirement("S4-12")
def test_a_signed_agreement_is_widened_by_a_version_that_both_sign(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    case = client.waiting("D01", "household_help", "repair_work")
    match = client.introduced(client.proposed(case, guardian))
    path = f"/matches/{match}/agreement"
    paper = {"by": "family", "evidence": "paper"}
    client.do(HQ, path, draft("ned_1"))
    client.do(rep(guardian), f"{path}/signatures", {})
    client.do(HQ, f"{path}/signatures", paper)
    help_given = {"need_id": "ned_1", "given_at": client.moment()}
    client.do(rep(guardian), f"/matches/{match}/visits", help_given)
    wider = {"need_id": "ned_2", "given_at": client.moment()}

    client.do(rep(guardian), path, draft("ned_1", "ned_2"))
    client.do(rep(guardian), f"{path}/signatures", {})
    assert client.post(HQ, f"/matches/{match}/visits", wider).code == "need_not_in_agreement"
    client.do(HQ, f"{path}/signatures", paper)

    client.do(HQ, f"/matches/{match}/visits", wider)
    view = client.get(HQ, f"/matches/{match}")
    assert (view["status"], view["agreement"]["number"], view["next_agreement"]) == (
        "active",
        2,
        None,
    )
    assert [each["number"] for each in view["former_agreements"]] == [1]
    assert [each["number"] for each in client.told("CareAgreementSigned")] == [1, 2]


def test_either_side_can_stop_between_signature_and_first_help(client: MatchingClient) -> None:
    guardian, case = client.ready(capacity_families=1), client.waiting()
    match = client.agreed(client.introduced(client.proposed(case, guardian)))

    client.do(rep(guardian), f"/matches/{match}/decline", {"reason": "no_time"})

    (declined,) = client.told("MatchDeclined")
    assert (declined["by"], declined["met"]) == ("guardian", True)
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 1
    assert client.waiting_cases() == [case]


def test_a_side_s_own_word_needs_no_evidence_and_names_no_device(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.proposed(case, guardian)
    own = client.api(replace(chat_of(family_of(case)), evidence="device:dev_1"))
    path = f"/matches/{match}"
    for api in (own, client.api(rep(guardian))):
        said = api.post(f"{path}/acceptance", {"evidence": "paper"}, key="said")
        assert (said.status, pointer(said)) == (422, "/evidence"), "the headquarters alone knows by"
    assert own.post(f"{path}/acceptance", {}, key="yes").status == 200
    client.introduced(match)
    client.do(HQ, f"{path}/agreement", draft("ned_1"))

    assert own.post(f"{path}/agreement/signatures", {}, key="mine").status == 200
    agreement = client.get(rep(guardian), path)["agreement"]
    assert (agreement["family_evidence"], agreement["signed_family_at"] is not None) == (None, True)
    client.do(HQ, f"{path}/agreement", draft("ned_1"))
    link = client.do(HQ, f"{path}/agreement/link")["link"]
    assert client.post(None, "/signatures", {"link": link}).status == 200
    assert client.get(HQ, path)["agreement"]["family_evidence"] is None


def test_one_person_with_two_roles_does_not_sign_for_both_sides(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.introduced(client.proposed(client.waiting(), guardian))
    path = f"/matches/{match}/agreement"
    paper = {"by": "family", "evidence": "paper"}
    both = replace(rep(guardian), id=HQ.id)
    client.do(HQ, path, draft("ned_1"))
    client.do(both, f"{path}/signatures", {})

    refused = client.post(HQ, f"{path}/signatures", paper)

    assert (refused.status, refused.code) == (409, "other_side_signs_itself")
    assert client.post(both, f"{path}/signatures", {}).code == "already_signed"
    assert client.do(HQ_2, f"{path}/signatures", paper)["status"] == "agreed"
    client.do(HQ, path, draft("ned_1"))
    client.do(HQ, f"{path}/signatures", paper)
    assert client.post(both, f"{path}/signatures", {}).code == "other_side_signs_itself"
    client.do(rep(guardian), f"{path}/signatures", {})
    assert client.get(HQ, f"/matches/{match}")["agreement"]["number"] == 2


def test_agreed_help_is_promised_within_the_limit_of_its_kind(client: MatchingClient) -> None:
    limited: dict[str, Any] = {"category": "household_help", "max_families": 1}
    free = {"category": "food_aid"}
    guardian = client.ready(capabilities=[limited, free], capacity_families=5)
    kinds = ("household_help", "food_aid")
    client.proposed(client.waiting("D01", *kinds), guardian)
    without = {"reason": "partial", "uncovered": ["household_help"]}
    second = client.introduced(client.proposed(client.waiting("D01", *kinds), guardian, **without))
    path = f"/matches/{second}/agreement"

    refused = client.post(HQ, path, draft("ned_1", "ned_2"))
    assert (refused.status, refused.code) == (409, "help_not_free")
    assert "(Бытовая помощь)" in refused.json["detail"]
    named = [each["action"] for each in refused.json["next_steps"]]
    assert named == client.get(HQ, f"/guardians/{guardian}")["next_steps"]
    client.do(HQ, path, draft("ned_2"))

    def possible(*offers: dict[str, Any]) -> Answer:
        version = client.get(HQ, f"/guardians/{guardian}")["version"]
        body = {"capabilities": [*offers], "district_ids": ["D01"], "capacity_families": 5}
        api = client.api(rep(guardian))
        return api.put(f"/guardians/{guardian}/possibilities", body, if_match=version)

    assert possible(limited | {"max_families": 2}, free).status == 200
    client.do(HQ, path, draft("ned_1", "ned_2"))
    client.agreed(second)
    kept = possible(limited, free)
    assert kept.code == "help_promised", "what was agreed on is kept"
    assert "Помощь «Бытовая помощь» обещана" in kept.json["detail"]
    client.do(HQ, path, draft("ned_2"))
    assert possible(limited, free).code == "help_promised", "it is not signed yet"
    client.do(rep(guardian), f"{path}/signatures", {})
    client.do(HQ, f"{path}/signatures", {"by": "family", "evidence": "paper"})
    assert possible(limited, free).status == 200, "the next version has left it out"
