"""A family gets all that is kept of it, and is forgotten for good."""

import pytest

from tests.intake.api_client import (
    HQ,
    OPERATOR,
    PHONE,
    WORDS,
    IntakeClient,
    request,
    sealed,
)
from tests.intake.rights.builders import audit


@pytest.mark.requirement("X-13")
def test_a_person_gets_everything_and_can_be_forgotten_for_good(client: IntakeClient) -> None:
    case = client.in_care()
    family = client.of_family(case)
    exported = client.get(HQ, f"{family}/export").json
    assert [each["phone"] for each in exported["contacts"]] == [PHONE]
    assert [each["text"] for each in exported["requests"]] == ["Муж далеко, одной тяжело"]
    (kept,) = exported["cases"]
    assert kept["needs"][0]["text"] == WORDS
    assert len(kept["history"]) > 5
    assert exported["timeline"][0]["kind"] == "request"
    vault = [row for row in client.world.rows("intake-data") if row["pk"]["S"].startswith("VAULT")]
    assert vault

    wish = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"{family}/erase", wish)

    assert client.get(HQ, f"/cases/{case}/contact").json["contact"] is None
    (key,) = client.world.rows("intake-keys")
    assert "wrapped" not in key
    left = [row["pk"]["S"] for row in client.world.rows("intake-data")]
    assert not [key for key in left if key.startswith("CONTACT#")]
    view = client.view(case)
    assert view["status"] == "closed"
    assert [need["category"] for need in view["needs"]] == ["household_help", "repair_work"]
    assert [event["reason"] for event in client.published("CaseClosed")] == ["erased"]
    assert [event["family_id"] for event in client.published("FamilyErased")] == [
        family.removeprefix("/families/")
    ]
    again = client.post(HQ, f"{family}/erase", wish)
    assert (again.status, again.json["status"]) == (200, "erased")
    reopened = client.post(
        HQ, f"/cases/{case}/reopen", {"reason": "new_request", "evidence": "written"}
    )
    assert (reopened.status, reopened.code) == (409, "person_was_erased")
    assert client.post(HQ, f"/cases/{case}/links").code == "person_was_erased"
    assert client.post(HQ, f"/cases/{case}/take").json["next_steps"] == []
    silent = request(family_id=client.family(case), contact=None, text=None, needs=[])
    named = client.post(OPERATOR, "/requests", silent)
    assert (named.status, named.code) == (409, "person_was_erased")
    assert client.received() != case
    assert len(client.published("FamilyErased")) == 1


@pytest.mark.requirement("X-13")
def test_a_person_is_forgotten_everywhere_also_long_after_the_case_was_closed(
    client: IntakeClient,
) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    client.do(
        HQ, f"{client.of_family(case)}/erase", {"reason": "person_asked", "evidence": "written"}
    )

    assert len(client.published("CaseClosed")) == 1
    (forgotten,) = client.published("FamilyErased")
    assert set(forgotten) == {"region", "programme", "family_id"}


@pytest.mark.requirement("X-13")
def test_processing_taken_back_forgets_the_person(client: IntakeClient) -> None:
    case = client.received()

    wish = {"purpose": "processing", "given": False, "link": client.link(case)}
    client.do(None, "/own-case/consents", wish)

    assert client.post(None, "/own-case", {"link": wish["link"]}).code == "link_already_used"
    kept = audit(client, client.family(case), "change_own_consent")
    assert kept["reason"] == "consent_withdrawn"
    assert client.get(HQ, f"/cases/{case}/contact").json["contact"] is None
    assert client.published("CaseClosed")[0]["reason"] == "consent_withdrawn"


@pytest.mark.requirement("X-13")
def test_the_audit_keeps_why_a_person_was_forgotten(client: IntakeClient) -> None:
    asked, withdrawn = client.received(), client.received(contact=None)

    for case, reason in ((asked, "person_asked"), (withdrawn, "consent_withdrawn")):
        client.do(HQ, f"{client.of_family(case)}/erase", {"reason": reason, "evidence": "written"})
        assert audit(client, client.family(case), "erase_person")["reason"] == reason

    reasons = [event["reason"] for event in client.published("CaseClosed")]
    assert reasons == ["erased", "erased"]


def test_words_that_are_replaced_go_at_once(client: IntakeClient) -> None:
    """What nothing leads to is in no export, so it must not be kept either."""
    case = client.in_review(family={"groups_sensitive": ["parental_dependency"]})
    first, second = client.needs(case)
    (said,) = sealed(client, "req").values()
    assert said == {"text", "groups", second}

    both = [{"need_id": each, "text": "Сначала так"} for each in (first, second)]
    client.do(HQ, f"/cases/{case}/needs", {"change": both})
    (old,) = sealed(client, "txt")
    client.do(HQ, f"/cases/{case}/needs", {"change": [{"need_id": first, "text": "Теперь так"}]})
    assert sealed(client, "txt")[old] == {second}
    wish = {"change": [{"need_id": second, "text": "Нет, так"}], "evidence": "written"}
    client.do(HQ, f"/cases/{case}/corrections", wish)

    assert sorted(sealed(client, "txt").values(), key=str) == sorted([{first}, {second}], key=str)
    family = client.get(HQ, client.of_family(case)).json
    right = {"groups_sensitive": [], "reason": "written_down_wrong"}
    path = f"{client.of_family(case)}/corrections"
    assert client.post(HQ, path, right, if_match=family["version"]).status == 200
    assert list(sealed(client, "req").values()) == [{"text", second}]
