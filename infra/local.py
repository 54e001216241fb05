"""The commands for the platform on this machine: run, token, call, clock, logs.

`python -m infra.local run` starts everything and prints what to open; Ctrl-C ends it and keeps the
state. The other commands speak to the platform that runs.
"""

import argparse
import importlib.util
import json
import re
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from infra.deployment.stack_failures import DeployFailed
from infra.local_platform import users
from infra.local_platform.emulator import CannotStart, heed_signals
from infra.local_platform.platform import LocalPlatform
from infra.local_platform.platform_client import attach, follow
from infra.local_platform.saved_state import STATE
from infra.packaging.reproducible_zip import CannotPackage
from infra.terminal import at_any_terminal, is_gone, say

PORT = 8700
STDOUT = 1
_AFRESH = "`.venv/bin/python -m infra.local run --fresh` starts with an empty state."


def run(asked: argparse.Namespace) -> None:
    """Start, load the demo region once, and stay until Ctrl-C."""
    heed_signals()
    with LocalPlatform(asked.state, asked.port, fresh=asked.fresh, say=say) as platform:
        with platform.blaming_the_emulator():
            _load_region(platform)
        say(_welcome(platform))
        _stay(platform)
    if platform.is_lost:
        raise SystemExit(1)


def _stay(platform: LocalPlatform) -> None:
    try:
        while not is_gone(STDOUT):
            platform.emulator.check(patience=1)
    except KeyboardInterrupt:
        say("\nStopping: what is under way ends first; the state is kept …")


def _load_region(platform: LocalPlatform) -> None:
    """Load districts, guardians, partners and cards through the API, unless that is done."""
    done = platform.state / "region-loaded"
    if done.exists() or importlib.util.find_spec("demo.region") is None:
        return
    say("Loading the demo region …")
    importlib.import_module("demo.region").load(platform)
    platform.settle()
    done.touch()


def _welcome(platform: LocalPlatform) -> str:
    apis = "\n".join(f"    {platform.url}/{name}/v1" for name in sorted(platform.proxy.apis))
    return f"""
  Ryadom runs. Open {platform.url}

    {platform.url}/outbox   every message that people would have received
    {platform.url}/docs     what each API can do
{apis}

  make token USER=HQ-1       a token and a request to try (people: demo/users.toml)
  make logs ID=…             follow one X-Correlation-Id (`curl -i` shows it) through all services
  make clock HOURS=48        move time on: reminders and overdue calls come at their moments
  Ctrl-C                     stop; the next `make run` goes on from here
"""


# What a person may look at first: the staff's work, or what it was sent itself, or the lists.
FIRST_LOOKS = ("/notifications/v1/inbox", "/notifications/v1/own-messages")
FOR_ALL = "/notifications/v1/reference"


def token(asked: argparse.Namespace) -> None:
    """Print a fresh token and a request that works with it."""
    platform = attach(asked.state)
    made = platform.token(asked.user)
    role = users.load()[asked.user].roles[0]
    path = asked.path or next(
        (
            path
            for path in FIRST_LOOKS
            if platform.call(asked.user, "GET", path, role=role).status == 200
        ),
        FOR_ALL,
    )
    say(made)
    say(
        f"\ncurl -s {platform.url}{path} -H 'Authorization: Bearer {made}' -H 'Ryadom-Role: {role}'"
    )


def call(asked: argparse.Namespace) -> None:
    """One request as a person, for a look at the API without curl."""
    platform = attach(asked.state)
    reply = platform.call(
        asked.user, asked.method, asked.path, asked.body, role=asked.role, key=asked.key
    )
    say(f"{reply.status}\n{json.dumps(reply.body, ensure_ascii=False, indent=1)}")


def clock(asked: argparse.Namespace) -> None:
    """Move business time on and wait until everything that it caused has happened."""
    platform = attach(asked.state)
    body: dict[str, Any] = {"advance_hours": asked.hours}
    if asked.to:
        body = {"to": asked.to.isoformat()}
    # It may take many minutes: everything due on the way is worked.
    reply = platform.call(None, "POST", "/_local/clock", body, seconds=None)
    if reply.status != 200:
        raise SystemExit(reply.body["detail"])
    say(json.dumps(reply.body))


def logs(asked: argparse.Namespace) -> None:
    """Print the lines of one correlation id as they come."""
    platform = attach(asked.state)
    if asked.once:
        found = platform.logs(asked.id)
    else:
        sys.stderr.write("Each line as it comes; Ctrl-C ends.\n")
        found = follow(platform, asked.id)
    for event in found:
        at = datetime.fromtimestamp(event["timestamp"] / 1000).strftime("%H:%M:%S.%f")[:-3]
        say(f"{at}  {event['group'].removeprefix('/aws/lambda/')}  {event['message'].strip()}")


def main() -> None:
    """Read the command line; every foreseen failure is one sentence."""
    asked = _parser().parse_args()
    commands: dict[str, Callable[[argparse.Namespace], None]] = {
        "run": run, "token": token, "call": call, "clock": clock, "logs": logs,
    }  # fmt: skip
    try:
        with at_any_terminal():
            commands[asked.command](asked)
    except DeployFailed as refusal:
        kept = "Mend that and run this again: what was there is kept."
        raise SystemExit(f"{refusal}\n{kept} {_AFRESH}") from None
    except (CannotStart, CannotPackage, users.UnknownUser) as refusal:
        raise SystemExit(str(refusal)) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (HTTPError, BotoCoreError, ClientError) as silence:
        if asked.command == "run":
            _unforeseen(asked.state)
        raise SystemExit(
            f"The platform does not answer ({type(silence).__name__}): "
            "look at the window of `make run`, or run it."
        ) from None
    except Exception as error:
        # Code that does not load is no fault of a state.
        if asked.command != "run" or isinstance(error, ImportError | SyntaxError):
            raise
        _unforeseen(asked.state)


def _unforeseen(state: Path) -> NoReturn:
    traceback.print_exc()
    raise SystemExit(f"Should the state in {state} be to blame: {_AFRESH}") from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError("a moment is like 2026-09-14T09:00+04:00") from None


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65535):
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65534")
    return int(text)


def _hours(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]{1,9}([.,][0-9]+)?", text):
        raise argparse.ArgumentTypeError("hours are a number like 48 or 1.5")
    return float(text.replace(",", "."))


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise argparse.ArgumentTypeError("a path is like /intake/v1/requests")
    return text


def _method(text: str) -> str:
    if not (text.isascii() and text.isalpha()):
        raise argparse.ArgumentTypeError("a method is like GET or POST")
    return text.upper()


def _header(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise argparse.ArgumentTypeError("a header is of Latin letters, digits and signs")
    return text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(f"this is no JSON: {wrong}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--state", type=Path, default=STATE, help="folder that keeps everything")
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="start everything and stay until Ctrl-C")
    running.add_argument("--port", type=_port, default=PORT, help="it and the next are used")
    running.add_argument("--fresh", action="store_true", help="throw the kept state away")
    person = commands.add_parser("token", help="a token of a person of demo/users.toml")
    person.add_argument("user")
    person.add_argument("--path", type=_path, help="what the printed curl line asks for")
    one = commands.add_parser("call", help="one request as a person")
    one.add_argument("user")
    one.add_argument("method", type=_method)
    one.add_argument("path", type=_path)
    one.add_argument("body", nargs="?", type=_json, help="JSON")
    one.add_argument("--role", type=_header)
    one.add_argument("--key", type=_header)
    moved = commands.add_parser("clock", help="move business time on")
    moved.add_argument("--to", type=_moment, help="an ISO 8601 moment; without a zone, of here")
    moved.add_argument("--hours", type=_hours, default=0)
    lines = commands.add_parser("logs", help="follow one correlation id")
    lines.add_argument("id")
    lines.add_argument("--once", action="store_true", help="print what there is and end")
    return parser


if __name__ == "__main__":
    main()
