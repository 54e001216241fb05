"""The figures in words: rows of a table, the aims and whether they are reached, and the page."""

import json
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from demo.data import table
from demo.simulation.figures import Figures
from demo.simulation.scenario import Scenario

SHARES = ("in_time", "helped_in_time")
IN_TIME, MORE_COVERED, LONGEST = 0.99, 1.18, 1.5


@cache
def words() -> dict[str, Any]:
    """What the simulation says."""
    return table("simulation/words")


class Aim(NamedTuple):
    """What the region's assignment should reach, what it reaches, and whether that is enough."""

    text: str
    value: str
    reached: bool


def rows(found: dict[str, Figures]) -> Iterator[tuple[str, ...]]:
    """Return the table: a figure, and its value under each policy."""
    for name, title in words()["figures"].items():
        yield title, *(shown(name, getattr(each, name)) for each in found.values())


def shown(name: str, value: float) -> str:
    """Return a figure as it is read."""
    if name in SHARES:
        return f"{100 * value:.1f} %".replace(".", ",")
    return str(value) if isinstance(value, int) else f"{value:.2f}".replace(".", ",")


def aims(found: dict[str, Figures]) -> list[Aim]:
    """Return the aims, and what the whole region's assignment reaches of them."""
    ours, first = found["ours"], found["first_come"]
    more = ours.need_covered / (first.need_covered or 1)
    goals = words()["goals"]
    return [
        Aim(goals["in_time"], shown("in_time", ours.in_time), ours.in_time >= IN_TIME),
        Aim(goals["need_covered"], f"{100 * (more - 1):+.0f} %", more >= MORE_COVERED),
        Aim(
            goals["worst_district"],
            shown("worst_district", ours.worst_district),
            ours.worst_district <= LONGEST,
        ),
    ]


def heading(scenario: Scenario, seeds: int) -> str:
    """Return what was simulated."""
    region = scenario.region
    title: str = words()["title"]
    return title.format(region=region.code, days=region.days, seeds=seeds)


def page(found: dict[str, Figures], scenario: Scenario, seeds: int, pictures: list[Path]) -> str:
    """Return the page: table, aims, pictures, and what was supposed."""
    said, title = words(), escape(heading(scenario, seeds))
    names = [said["policies"][name] for name in found]
    head = "".join(f"<th>{escape(name)}</th>" for name in (said["what"], *names))
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows(found)
    )
    goals = "".join(
        f"<li>{escape(aim.text)}: {escape(aim.value)}, "
        f"{escape(said['reached'] if aim.reached else said['missed'])}</li>"
        for aim in aims(found)
    )
    images = "".join(f'<p><img src="{escape(each.name)}" alt=""></p>' for each in pictures)
    note = escape(said["note"].format(warm_up=scenario.region.warm_up_days))
    supposed = escape(json.dumps(scenario.model_dump(mode="json"), indent=1, ensure_ascii=False))
    return f"""<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em }}
td, th {{ padding: .3em .8em; text-align: right; border-bottom: 1px solid #ccc }}
td:first-child, th:first-child {{ text-align: left }}
img {{ max-width: 100% }}
</style></head><body>
<h1>{title}</h1><p>{note}</p>
<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>
<h2>{escape(said["aims"])}</h2><ul>{goals}</ul>
{images}
<details><summary>{escape(said["supposed"])}</summary><pre>{supposed}</pre></details>
</body></html>
"""
