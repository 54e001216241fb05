"""Volunteers and their tasks, what is offered, a family that gives, a list to take away."""

from datetime import timedelta

from shared import clock
from shared.principal import Principal
from tests.journeys.transaction_sizes.extra_actions import EVIDENCE, ExtraActions, code_to

MATCHING = "/matching/v1"
CONTACT = {"name": "Олег", "channel": "sms", "phone": "+79210000001"}


def volunteers_help(extra: ExtraActions) -> None:
    """A volunteer joins, does a task, gives one back, is not needed for another, and leaves."""
    do, now = extra.do, extra.journey.now()
    extra.journey.people["V-1"] = Principal("V-1", "person", "volunteer", ("volunteer",), ("ZR",))
    wish = {
        "region": "ZR",
        "district_id": "D01",
        "kind": "family_member",
        "large_family": True,
        "skills": ["driving", "repairs", "children", "legal"],
        "availability": [{"day": "sat", "part": "morning"}],
        "contact": CONTACT,
        "consent_processing": True,
    }
    volunteer = f"{MATCHING}/volunteers/{do('VC-1', f'{MATCHING}/volunteers', wish)['id']}"
    do("VC-1", f"{volunteer}/approval", {"account": "V-2"})
    do("VC-1", f"{volunteer}/account", {"account": "V-1"})
    do(
        "VC-1",
        f"{volunteer}/correction",
        {name: wish[name] for name in ("kind", "large_family")} | {"sector": "citizens"},
    )
    moved = [
        {"contact": CONTACT | {"phone": f"+792100000{n}1"}, "consent_processing": True}
        for n in (2, 3)
    ]
    change = do("V-1", f"{volunteer}/contact-changes", moved[0])["id"]
    codes = {
        "old_code": code_to(extra, "+79210000001"), "new_code": code_to(extra, "+79210000021"),
    }  # fmt: skip
    do("V-1", f"{MATCHING}/contact-changes/{change}/confirm", codes)
    do("VC-1", f"{volunteer}/contact", moved[1] | {"evidence": "paper"})
    version = extra.run.get("V-1", volunteer)["version"]
    can = {name: wish[name] for name in ("district_id", "skills", "availability")}
    path = f"{volunteer}/availability"
    extra.journey.call("V-1", "PUT", path, can, if_match=version, must=True)
    task = {
        "category": "repair_work",
        "district_id": "D01",
        "starts_at": clock.iso(now + timedelta(hours=1)),
        "place": "Берёзовая, 5",
    }
    tasks = [
        f"{MATCHING}/volunteer-tasks/{do('VC-1', f'{volunteer}/tasks', task)['id']}"
        for _ in range(3)
    ]
    do("V-1", f"{tasks[0]}/acceptance")
    do("V-1", f"{tasks[1]}/decline", {"reason": "ill"})
    do("VC-1", f"{tasks[2]}/cancellation", {"reason": "not_needed"})
    extra.journey.advance(now + timedelta(hours=2))
    do("V-1", f"{tasks[0]}/done")
    do("V-1", f"{volunteer}/leaving", {"reason": "moved"})


def resources_are_promised(extra: ExtraActions) -> None:
    """Kits are offered, kept for families, given or not needed, and the rest taken back."""
    do = extra.do
    offer = {"region": "ZR", "category": "food_aid", "quantity": 40, "unit": "kit"}
    made = do("PR-03", f"{MATCHING}/resources", offer | {"sector": "business"})["id"]
    path = f"{MATCHING}/resources/{made}"
    kept = [do("CM-1", f"{path}/reservations", {"quantity": 15})["id"] for _ in range(2)]
    do("CM-1", f"{path}/reservations/{kept[0]}/giving")
    do("CM-1", f"{path}/reservations/{kept[1]}/release")
    do("PR-03", f"{path}/withdrawal")


def families_give(extra: ExtraActions) -> None:
    """A family whose case is over gives something, and takes it back."""
    do = extra.do
    case = extra.family("giver", 9)
    do("HQ-1", f"{case}/withdraw", {"reason": "found_help", **EVIDENCE})
    extra.journey.advance(extra.journey.now() + timedelta(days=1, hours=1))
    gift = {
        "kind": "money",
        "category": "material_aid",
        "quantity": 5000,
        "unit": "rouble",
        "on": "2026-12-01",
        "opted_in": True,
        "family_id": extra.families["giver"],
        "paper_ref": "L-1",
    }
    given = do("HQ-1", f"{MATCHING}/gifts", gift)["id"]
    do("HQ-1", f"{MATCHING}/gifts/{given}/withdrawal", {"paper_ref": "L-2"})


def lists_are_taken_away(extra: ExtraActions) -> None:
    """A coordinator takes the matches of the region away."""
    extra.do("HQ-1", f"{MATCHING}/exports", {"region": "ZR", "kind": "matches"})


ERRANDS = (lists_are_taken_away, volunteers_help, resources_are_promised, families_give)
