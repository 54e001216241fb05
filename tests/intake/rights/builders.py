"""A family's bot, its usual wish, and what was written down of readings and deeds."""

from typing import Any

from tests.intake.api_client import BOT, IntakeClient

PETS: dict[str, Any] = {"add": [{"category": "animal_care", "text": "Две козы"}]}


def bot_for(client: IntakeClient, case: str) -> Any:
    """A bot that has proved the family of a case."""
    client.bind()
    return client.api(BOT).with_(Ryadom_On_Behalf_Of=client.family(case))


def readings(client: IntakeClient, case: str) -> list[Any]:
    """The audit entries of reading the data of a case's family."""
    rows, family = client.world.rows("intake-audit"), client.family(case)
    return [row for row in rows if row["pk"]["S"] == family and row["sk"]["S"].startswith("READ#")]


def audit(client: IntakeClient, case: str, action: str) -> Any:
    """The audit entry of one command on a case."""
    rows = client.world.rows("intake-audit")
    (found,) = [
        {name: value["S"] for name, value in row.items() if "S" in value}
        for row in rows
        if case in row["pk"]["S"] and row.get("action", {}).get("S") == action
    ]
    return found
