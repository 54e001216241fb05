"""`make demo`: a family's story from first call to last, on a throw-away platform of its own."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from demo import custom_family, region
from demo.client import NotQuiet, PlatformClient, Refused
from demo.data import Facts, texts
from demo.narrator import Narrator
from demo.simulation import command
from demo.stories import (
    BEGINNING,
    FAMILIES,
    OTHERS,
    SHOWN,
    UnknownStory,
    play_stories,
    steps_of_all,
)
from demo.story_run import UnexpectedOutcome, moment
from infra.deployment.stack_failures import DeployFailed
from infra.local_platform.emulator import CannotStart, heed_signals
from infra.local_platform.platform import LocalPlatform
from infra.packaging.reproducible_zip import CannotPackage
from infra.terminal import at_any_terminal

FORESEEN = (
    UnknownStory, custom_family.InvalidFamilyFile, CannotStart, CannotPackage, DeployFailed,
)  # fmt: skip


def say(text: str = "") -> None:
    """Tell whoever watches."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line; every foreseen failure is one sentence."""
    with at_any_terminal():
        if sys.argv[1:2] == ["simulate"]:
            command.main(sys.argv[2:])
        else:
            _tell()


def _tell() -> None:
    asked = _parser().parse_args()
    heed_signals()
    try:
        family = custom_family.read(asked.input) if asked.input else None
        stories = _stories(asked)
        steps_of_all(stories)
        show(family, stories)
    except FORESEEN as refusal:
        raise SystemExit(str(refusal)) from None
    except (UnexpectedOutcome, Refused, NotQuiet) as otherwise:
        raise SystemExit(texts()["show"]["went_otherwise"].format(what=otherwise)) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _stories(asked: argparse.Namespace) -> tuple[str, ...]:
    if asked.input:
        return (custom_family.STORY,)
    if asked.only:
        return tuple(chosen.strip() for chosen in asked.only.split(","))
    return (*FAMILIES, *OTHERS) if asked.all else SHOWN


def show(family: Facts | None, stories: tuple[str, ...]) -> None:
    """Start a platform nobody else uses, load the region, tell the story."""
    words, started = texts()["show"], time.monotonic()
    say(words["starting"])
    with (
        tempfile.TemporaryDirectory(prefix="ryadom-demo-") as state,
        LocalPlatform(
            Path(state), now=moment(BEGINNING), say=lambda text: say(f"  {text}")
        ) as place,
    ):
        say(words["loading"])
        cards = "none" if family else "first"
        client, narrator = PlatformClient(place), Narrator(say)
        run = region.load(client, say, cards=cards)
        place.time.waiting = lambda: narrator.waiting(client)
        run.narrator = narrator
        if family:
            run.families[custom_family.STORY] = family
        title = texts()["titles"].get(stories[0]) or words["family"].format(name=stories[0])
        say("\n" + words["begin"].format(name=title))
        play_stories(run, stories)
        say("\n" + words["end"])
        took = time.monotonic() - started
        told = {"messages": narrator.told, "refusals": narrator.refusals}
        say(words["summary"].format(**told, seconds=round(took)))


def _parser() -> argparse.ArgumentParser:
    more = "`python -m demo simulate` plays weeks of a region; see docs/how-to/try-a-rule.md"
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__, epilog=more)
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--input", type=Path, help="a family of your own; see demo/README.md")
    told.add_argument("--only", help="play only these stories, e.g. F-01,cards_life")
    told.add_argument("--all", action="store_true", help="play the whole autumn, all families")
    return parser


if __name__ == "__main__":
    main()
