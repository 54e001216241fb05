"""The way of an organisation from its application to readiness, step by step."""

from datetime import datetime

from demo.data import REGION, Facts, home
from demo.story_run import StoryRun

STAGES = ("applied", "in_vetting", "approved", "assigned", "ready")


def application(facts: Facts) -> Facts:
    """The public form, filled in."""
    return {
        "title": facts["title"],
        **{key: facts[key] for key in ("host_title", "inn", "ogrn") if key in facts},
        "legal_form": facts["legal_form"],
        "team_kind": facts["team_kind"],
        "team_size": facts["team_size"],
        "region": facts.get("region", REGION),
        "capabilities": [{"category": each} for each in facts["offers"]],
        "district_ids": facts["district_ids"],
        "capacity_families": facts["families"],
        "contact": {
            "name": facts["person"],
            "channel": facts.get("channel", "sms"),
            **{key: facts[key] for key in ("phone", "address") if key in facts},
        },
        "contact_role": "responsible_representative",
        "consent_processing": True,
    }


def _reached(stage: str) -> int:
    return STAGES.index(stage) if stage in STAGES else 0


def headquarters_of(facts: Facts) -> str:
    """Who of its region works with the organisation."""
    return "HQ-Y" if facts.get("region") == "YY" else "HQ-1"


def applied_on(run: StoryRun, name: str, facts: Facts) -> str:
    """The day of its application in its region: the same on whatever day the load goes on."""
    shown = run.get("FH-1", f"/matching/v1/guardians/{run.ids[name]}")["applied_at"]
    return datetime.fromisoformat(shown).astimezone(home(region_of(facts)).zone).date().isoformat()


def region_of(facts: Facts) -> str:
    """Where the organisation wants to help."""
    region: str = facts.get("region", REGION)
    return region


def vet(run: StoryRun, name: str, facts: Facts) -> None:
    """The federal headquarters looks at it."""
    path = f"/matching/v1/guardians/{run.ids[name]}"
    run.do("FH-1", f"{path}/vetting", name=f"{name} vetting")


def approve(run: StoryRun, name: str, facts: Facts) -> None:
    """One colleague makes the checks of the legal form, another decides."""
    path = f"/matching/v1/guardians/{run.ids[name]}"
    for requirement in run.get("FH-1", path)["requirements"]:
        if (code := requirement["code"]) != "training":
            check = {
                "code": code,
                "passed": True,
                "checked_on": applied_on(run, name, facts),
                "evidence_ref": f"{name}-{code}",
            }
            run.do("FH-1", f"{path}/checks", check, name=f"{name} check {code}")
    run.do("FH-2", f"{path}/approval", name=f"{name} approval")


def assign(run: StoryRun, name: str, facts: Facts) -> None:
    """A region gets it."""
    path = f"/matching/v1/guardians/{run.ids[name]}/assignment"
    run.do("FH-1", path, {"region": facts.get("region", REGION)}, name=f"{name} assignment")


def prepare(run: StoryRun, name: str, facts: Facts) -> None:
    """Training, interview, briefing."""
    path, today = f"/matching/v1/guardians/{run.ids[name]}", applied_on(run, name, facts)
    trained = {
        "course": "basics",
        "completed_on": today,
        "certificate_ref": f"cert-{name}",
    }
    run.do(headquarters_of(facts), f"{path}/training", trained, name=f"{name} training")
    held = {"held_on": today, "result": "passed"}
    run.do(headquarters_of(facts), f"{path}/interview", held, name=f"{name} interview")
    run.do(headquarters_of(facts), f"{path}/briefing", {"held_on": today}, name=f"{name} briefing")


_STEPS = {"in_vetting": vet, "approved": approve, "assigned": assign, "ready": prepare}


def reach_stage(run: StoryRun, name: str, facts: Facts) -> None:
    """An organisation that has applied goes on to the stage where stories find it."""
    for stage in STAGES[1 : _reached(facts["stage"]) + 1]:
        _STEPS[stage](run, name, facts)
