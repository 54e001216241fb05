"""What a match offers to each caller is what that caller can do: every legal step is tried."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from services.matching.matches.domain import Match
from services.matching.matches.values import MatchStatus
from tests.matching.api_client import (
    HQ,
    HQ_2,
    MatchingClient,
    draft,
    introduction,
    needs,
    person,
    rep,
)
from tests.matching.mediation.test_api import low_score
from tests.support.api import Api

TIRED = {"reason": "guardian_resources_exhausted"}
SIDES = tuple({"by": side, "evidence": "paper"} for side in ("family", "guardian"))
DRAFT = draft("ned_1") | {"starts_on": "2026-12-01"}
# What comes after the address of the match, and what is said; "+" is said for each side.
STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "accept": ("+/acceptance", {}),
    "explain_delay": ("/delay", {"reason": "illness"}),
    "decline": ("+/decline", {"reason": "other"}),
    "cancel": ("/cancellation", {"reason": "mistake"}),
    "draft_agreement": ("/agreement", DRAFT),
    "sign_agreement": ("+/agreement/signatures", {}),
    "report": ("/reports", {"period": "2026-09", "done": "Помыли окна", "resources_ok": True}),
    "submit_story": ("/stories", {"text": "Рады помогать"}),
    "notify_termination": ("+/notices", TIRED),
    "withdraw_notice": ("+/notices/withdrawal", {}),
    "raise_concern": ("+/concerns", {"concern": "other"}),
    "hear_side": ("/hearings", {"side": "family", "result": "heard"}),
    "end": ("/ending", TIRED),
    "lift_exclusion": ("/exclusion/lift", {"reason": "reconciled"}),
}


OF_MATCH = {step for steps in Match.STEPS.values() for step in steps}


class Trial:
    """One match, tried by each caller; nothing that is tried stays."""

    def __init__(self, client: MatchingClient, signed: bool = True) -> None:
        self.client = client
        self.guardian, self.case = client.ready(signed=signed), client.waiting()
        self.match = client.proposed(self.case, self.guardian)
        self.path = f"/matches/{self.match}"
        self.family = client.as_family(self.case)
        self.instead = dict[str, set[str]]()
        self.callers = {
            "hq": client.api(HQ),
            "hq_colleague": client.api(HQ_2),
            # Somebody who works for both, and signs for one side only.
            "hq_of_guardian": client.api(person(f"rep-{self.guardian}", "regional_hq", "ZR")),
            "guardian": client.api(rep(self.guardian)),
            "family": self.family,
        }

    def check(self) -> None:
        """Compare what is offered with what succeeds, of all that the state allows."""
        view = self.client.get(HQ, self.path)
        legal = Match.STEPS[MatchStatus(view["status"])]
        for role, api in self.callers.items():
            offered = api.get(self.path).json["next_steps"]
            done = [step for step in legal if self._succeeds(api, role, step, view)]
            assert offered == done, (role, view["status"])
            query = {"status": view["status"]} | ({"region": "ZR"} if role != "guardian" else {})
            (row,) = api.get("/matches", query=query).json["items"]
            assert row["next_steps"] == offered, (role, view["status"])
            wrong = {code: steps - {*done} for code, steps in self.instead.items()}
            assert not any(wrong.values()), (role, view["status"], wrong)
            self.instead.clear()

    def _succeeds(self, api: Api, role: str, step: str, view: Any) -> bool:
        return any([self._tried(api, *said) for said in self._said(role, step, view)])

    def _said(self, role: str, step: str, view: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        now = self.client.moment()
        met = introduction(view["proposed_at"]) | {"evidence": "paper"}
        dated: dict[str, tuple[str, list[dict[str, Any]]]] = {
            "hold_introduction": ("/introduction", [met]),
            "record_late_introduction": ("/late-introduction", [met]),
            "record_help": ("/visits", [{"need_id": "ned_1", "given_at": now}]),
            "correct_call": (
                "/calls/two_weeks/correction",
                [{"reason": "wrong_result", "result": "fine"}],
            ),
            "record_call": (
                "/calls",
                [{"kind": kind, "result": "fine"} for kind in ("two_weeks", "one_month")],
            ),
        }
        if step == "correct_help":
            (visit,) = self.client.get(HQ, f"{self.path}/visits")["items"]
            yield (
                f"/visits/{visit['visit_id']}/correction",
                {
                    "reason": "wrong_day",
                    "given_at": now,
                },
            )
        elif step in dated:
            path, bodies = dated[step]
            yield from ((self.path + path, body) for body in bodies)
        else:
            path, body = STEPS[step]
            for side in SIDES if role.startswith("hq") and path.startswith("+") else ({},):
                yield self.path + path.removeprefix("+"), body | side

    def _tried(self, api: Api, path: str, body: dict[str, Any]) -> bool:
        kept = self.client.world.dynamodb.snapshot()
        self.client.keys += 1
        answer = api.post(path, body, key=f"try-{self.client.keys}")
        self.client.world.dynamodb.restore(kept)
        if answer.status == 409:
            # What a refusal names of this match is what the same caller can do of it.
            named = {each["action"] for each in answer.json["next_steps"]} & OF_MATCH
            self.instead.setdefault(answer.code, set()).update(named)
        return answer.status in (200, 201)


def test_before_the_care_each_caller_is_offered_what_succeeds(client: MatchingClient) -> None:
    trial = Trial(client)
    trial.check()
    assert trial.family.post(f"{trial.path}/acceptance", {}, key="yes").status == 200
    trial.check()
    client.introduced(trial.match)
    trial.check()
    client.do(HQ, f"{trial.path}/agreement", DRAFT)
    trial.check()
    client.do(rep(trial.guardian), f"{trial.path}/agreement/signatures", {})
    trial.check()
    client.do(HQ, f"{trial.path}/agreement", DRAFT)
    client.do(HQ, f"{trial.path}/agreement/signatures", SIDES[0])
    trial.check()
    client.do(rep(trial.guardian), f"{trial.path}/agreement/signatures", {})
    trial.check()


def test_in_care_each_caller_is_offered_what_succeeds(client: MatchingClient) -> None:
    trial = Trial(client)
    client.agreed(client.introduced(trial.match))
    client.do(HQ, f"{trial.path}/visits", {"need_id": "ned_1", "given_at": client.moment()})
    client.world.advance(client.now() + timedelta(days=1))
    trial.check()
    client.world.advance(client.now() + timedelta(days=14))
    client.do(rep(trial.guardian), f"{trial.path}/agreement", DRAFT)
    trial.check()
    client.do(HQ, f"{trial.path}/calls", {"kind": "two_weeks", "result": "fine"})
    client.do(rep(trial.guardian), f"{trial.path}/notices", TIRED)
    trial.check()
    assert trial.family.post(f"{trial.path}/notices", TIRED, key="no").status == 200
    trial.check()
    assert trial.family.post(f"{trial.path}/notices/withdrawal", {}, key="yes").status == 200
    client.world.advance(client.now() + timedelta(hours=73))
    trial.check()
    client.do(HQ, f"{trial.path}/ending", TIRED)
    trial.check()


def test_of_a_family_that_is_forgotten_nothing_is_told_any_more(client: MatchingClient) -> None:
    trial = Trial(client)
    client.agreed(client.introduced(trial.match))
    client.do(HQ, f"{trial.path}/visits", {"need_id": "ned_1", "given_at": client.moment()})
    client.world.advance(client.now() + timedelta(days=1))
    client.closed(trial.case)
    client.erased(trial.case)
    trial.check()
    for step in ("submit_story", "raise_concern"):
        path, said = STEPS[step]
        refused = client.post(rep(trial.guardian), trial.path + path.removeprefix("+"), said)
        assert (refused.status, refused.code) == (409, "subject_erased")
    low_score(client, trial.match, trial.case, trial.guardian)
    assert client.told("ConcernRaised") == []


def test_no_agreement_is_offered_on_needs_that_are_all_crossed_out(client: MatchingClient) -> None:
    trial = Trial(client)
    client.introduced(trial.match)
    (need,) = needs("household_help")
    dropped = need.model_copy(update={"status": "dropped"})
    client.changes(trial.case, trial.match, dropped)
    trial.check()


def test_what_the_guardian_refuses_offers_the_callers_own_steps_with_it(
    client: MatchingClient,
) -> None:
    trial = Trial(client)
    client.agreed(client.introduced(trial.match))
    guardian = f"/guardians/{trial.guardian}"
    client.do(HQ, f"{guardian}/pause", {"reason": "holidays", "keep_families": True})
    first = {"need_id": "ned_1", "given_at": client.moment()}
    for who in (HQ, rep(trial.guardian)):
        refused = client.post(who, f"{trial.path}/visits", first)
        assert refused.code == "guardian_is_paused"
        named = [each["action"] for each in refused.json["next_steps"]]
        assert named == client.get(who, guardian)["next_steps"] != []
    trial.check()
    client.do(HQ, f"{guardian}/resumption")
    trial.check()


def test_what_waits_for_the_participation_agreement_is_offered_once_it_is_signed(
    client: MatchingClient,
) -> None:
    trial = Trial(client, signed=False)
    client.introduced(trial.match)
    client.do(HQ, f"{trial.path}/agreement", DRAFT)
    trial.check()
    client.signed(trial.guardian)
    trial.check()


def test_what_time_changes_is_offered_while_it_succeeds(client: MatchingClient) -> None:
    trial = Trial(client)
    client.world.advance(client.now() + timedelta(hours=73))
    trial.check()
    client.world.advance(client.now() + timedelta(days=5))
    trial.check()
    client.world.advance(client.now() + timedelta(days=31))
    trial.check()
