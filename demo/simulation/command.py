"""`python -m demo simulate`: the same people under three policies; a table, pictures and a page."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from demo.simulation.figures import NoFamilies, figures
from demo.simulation.pictures import draw
from demo.simulation.policies import POLICIES
from demo.simulation.report import aims, heading, page, rows, words
from demo.simulation.run import play_all
from demo.simulation.scenario import InvalidScenario, Scenario, read

FOLDER = Path("build/simulation")


def main(arguments: list[str]) -> None:
    """Read the command line, simulate, and say what came of it."""
    asked = _parser().parse_args(arguments)
    console = Console()
    try:
        scenario = read(asked.rules)
        simulate(scenario, asked.seeds, asked.out, console)
    except InvalidScenario as refusal:
        raise SystemExit(str(refusal)) from None
    except NoFamilies:
        days = scenario.region.warm_up_days
        raise SystemExit(words()["too_few"].format(days=days)) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def simulate(scenario: Scenario, seeds: int, folder: Path, console: Console) -> None:
    """Play all policies, print the table and the aims, and write page and pictures."""
    said = words()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        days = len(POLICIES) * seeds * scenario.region.days
        task = progress.add_task(said["progress"], total=days)
        runs = play_all(scenario, POLICIES, range(1, seeds + 1), lambda: progress.advance(task))
    found = {name: figures(each, scenario) for name, each in runs.items()}
    grid = Table(said["what"], title=heading(scenario, seeds))
    for name in found:
        grid.add_column(said["policies"][name], justify="right")
    for row in rows(found):
        grid.add_row(*row)
    console.print(grid)
    for aim in aims(found):
        reached = said["reached"] if aim.reached else said["missed"]
        console.print(f"{said['aim']}: {aim.text}: {aim.value}, {reached}", highlight=False)
    folder.mkdir(parents=True, exist_ok=True)
    pictures = draw(found, folder)
    written = folder / "index.html"
    written.write_text(page(found, scenario, seeds, pictures), "utf-8")
    if not pictures:
        console.print(said["no_pictures"], highlight=False)
    console.print(said["written"].format(folder=written), highlight=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo simulate", description=__doc__)
    parser.add_argument(
        "--rules", type=Path, help="what is different: a file like demo/simulation/scenario.toml"
    )
    parser.add_argument("--seeds", type=_seeds, default=3, help="how many runs of each policy")
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder of the page")
    return parser


def _seeds(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("from 1 to 1000")
    return int(text)
