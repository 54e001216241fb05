"""A newer text on taking part asks guardian and headquarters for their consent again."""

import hashlib

import pytest

from services.matching.participation import values
from services.matching.participation.values import ParticipationText
from tests.matching.api_client import HQ, HQ_2, MatchingClient, draft, read_text, rep

NEWER = "Соглашение об участии, новое"


def published(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of the text is in force."""
    known = dict(values.texts())
    digest = hashlib.sha256(NEWER.encode()).hexdigest()
    newer = ParticipationText(template_version="2027-1", text=NEWER, text_hash=digest)
    monkeypatch.setattr(values, "texts", lambda: known | {"2027-1": newer})


def test_a_newer_text_asks_both_sides_again_and_the_former_consents_stay(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian = client.ready(capacity_families=2)
    running = client.active(client.waiting(), guardian)
    match = client.introduced(client.proposed(client.waiting(), guardian))
    (need,) = (each["need_id"] for each in client.get(HQ, f"/matches/{match}")["needs"])
    client.do(HQ, f"/matches/{match}/agreement", draft(need))
    before = read_text()
    path = f"/guardians/{guardian}/participation-agreement"
    published(monkeypatch)

    view = client.get(rep(guardian), f"/guardians/{guardian}")
    assert not view["participation_agreement_signed"]
    assert "sign_participation_agreement" in view["next_steps"]
    signing = f"/matches/{match}/agreement/signatures"
    assert client.post(rep(guardian), signing, {}).code == "participation_agreement_missing"
    assert client.get(HQ, f"/matches/{running}")["status"] == "active"
    assert client.post(HQ, path, before).status == 422

    for side in (rep(guardian), HQ_2):
        client.do(side, path, read_text())
    client.do(rep(guardian), signing, {})
    evidence = client.get(HQ, f"/guardians/{guardian}/evidence")
    assert evidence["participation_agreement"]["template_version"] == "2027-1"
    (former,) = evidence["former_participation_agreements"]
    assert (former["text_hash"], former["headquarters"]["by"]) == (before["text_hash"], "HQ-1")
    old = client.get(None, "/participation-agreement", version=before["template_version"])
    assert old["text_hash"] == before["text_hash"]
    assert client.get(None, "/participation-agreement")["text"] == NEWER
    assert client.api(None).get("/participation-agreement", query={"version": "1"}).status == 404
