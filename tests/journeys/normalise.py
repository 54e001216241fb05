"""Brings two runs of one story into the same words, so that they can be compared row by row.

Two runs of one story differ in what is random: ids, commit ids, request numbers, link texts,
digests made from ids, and ciphertexts. Their meaning lies only in where the same one occurs again.
So every random token is renamed by its surroundings, as one tells the nodes of a graph apart:

* At first all tokens of a kind have one name. In each round a token's new name is the digest of all
  places it occurs in (its whole row with every token under its present name, and its position in
  it). After a few rounds a token's name says what it is ("the case whose first match was …").
* Ciphertexts and digests of secrets say nothing by themselves; of a ciphertext its length is kept,
  which still shows whether the same thing was sealed.

* The last digits of a card and the deadline shard of a row are drawn from random ids too: left out.
* Work may be heard of before or after what ends it: what is open and what is done is the same, but
  not in how many commits, nor which of the events of one commit has ended it.
* Lists of guardians follow the latest of their events that is heard: which one made a row is
  left out.
* Of guardians that suit alike the next in line is first by its id, which chance has made: who is
  next is left out.
* A message that waits for an earlier one to the same person goes some half minutes later: moments
  are told to ten minutes, and of the audit of messages nothing is kept.
* The first message of a person's day says where to change what comes; which one is the first hangs
  on chance: that line is left out.
* What a person got on a day is kept for some days: until when hangs on when it was counted last.
* Sums of messages and answers are the same, whichever of the independent events was counted first.
* Counters of cards lie in the shard that a random id draws, and independent events may be counted
  in any order: shards are added up, and of their audit only what was done is kept, once a commit,
  as a store key may be in the shard of its check or in another. So are those of messages and
  answers.
* Openings that one commit changes stand in the order of their ids, which chance has made: the place
  of what is told of one among the events of its commit is left out.

Left out: the outbox table and the rows of inbox and idempotency, because how often a message came
is exactly what may differ. Parked reactions are compared: none may be left behind.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from services.notifications.templates.repository import Templates
from shared.storage.transaction import SEQUENCES_PER_VERSION
from tests.support.world import World

ROUNDS = 6
COUNTERS = ("COHORT", "USE")
WORK = ("WORK_ITEM", "WORK_SUBJECT")
MESSAGE = "MESSAGE"
PACE = "PACE"
SUMS = ("DAY_SUMS", "FEEDBACK_COUNTS", "ASKED_FAMILY", PACE)
MOMENT = re.compile(r"(T[0-9]{2}:[0-9])[0-9]:[0-9]{2}(?:\.[0-9]+)?Z")
REACH = ("LISTING", "REACH")
LEFT_OUT = ("INBOX#", "IDEMPOTENCY#")
TABLES = ("data", "audit", "keys")
TOKEN = re.compile(
    r"ryl_[A-Za-z0-9_.-]*[A-Za-z0-9_-]"  # a signed link
    r"|(?<![A-Za-z0-9])[a-z]{2,5}_[0-9A-HJKMNP-TV-Z]{26}(?![A-Za-z0-9])"  # an id
    r"|(?<![A-Za-z0-9])(?:lnk_)?[0-9a-f]{16,64}(?![A-Za-z0-9])"  # a digest, the id of a link
    r"|(?<![A-Za-z0-9_-])(?!f_)(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{20,}"  # a digest in base64
    r"|\b[0-9]{8}\b"  # a number to read aloud
)
EACH = re.compile(f"({TOKEN.pattern})")
# Lists of ids that stand in the order of the ids themselves, which chance has made.
RUN = re.compile(rf"(?:{TOKEN.pattern})(?:,(?:{TOKEN.pattern}))*")
NAMES = re.compile(r"<[^<>]+>(?:,<[^<>]+>)+")
PLACE = re.compile(r'(?<="sequence": )([0-9]+)(?=, "source": "opn_)')
DRAWN = re.compile(r'(?<="last4": ")[0-9]{4}(?=")|(?<="DUE#)[0-9](?=")')


def rows_of(world: World) -> Iterable[str]:
    """Every row of every table that must not depend on how messages are delivered."""
    counters: list[tuple[str, Any]] = []
    shards: list[Any] = []
    answers: list[Any] = []
    for service in world.apps:
        for table in TABLES:
            for row in world.rows(f"{service}-{table}"):
                kind = row.get("type", {}).get("S")
                if kind in COUNTERS:
                    counters.append((table, row))
                elif kind == "DAY_SUMS" and table == "data" and _shard_of(row) is not None:
                    shards.append(row)
                elif kind == "FEEDBACK_COUNTS" and table == "data":
                    answers.append(row)
                elif kind in (*WORK, *REACH, *SUMS, MESSAGE):
                    if table == "data":
                        yield f"{service}-{table} {_plain(_without_commits(row))}"
                elif kind == "MATCH" and table == "data":
                    yield f"{service}-{table} {_plain(_without(row, 'next_in_line'))}"
                elif not row["pk"]["S"].startswith(LEFT_OUT):
                    yield f"{service}-{table} {_plain(row)}"
    yield from _counted(counters)
    yield from _messages_counted(shards)
    yield from _answers_counted(answers)


def _without_commits(row: Any) -> Any:
    """A row without which commits and which of their events made it, and since when a pace is."""
    made = ("version", "commit_id", *(["expires_at"] if row["type"]["S"] == PACE else []))
    left = {name: value for name, value in row.items() if name not in made}
    return _without(left, "ended_by")


def _without(row: Any, field: str) -> Any:
    """A row without one field of its document."""
    doc = json.loads(row["doc"]["S"])
    return row | {"doc": {"S": json.dumps({k: v for k, v in doc.items() if k != field})}}


def _counted(rows: list[tuple[str, Any]]) -> Iterable[str]:
    """The counters added up, and in how many commits each was changed."""
    of_audit = [row for table, row in rows if table == "audit"]
    commits = {(row["type"]["S"], row["action"]["S"], row["commit_id"]["S"]) for row in of_audit}
    sums = Counter(f"{kind} {action}" for kind, action, _ in commits)
    for table, row in rows:
        if table == "audit":
            continue
        doc = json.loads(row["doc"]["S"])
        for name, number in doc["counts"].items():
            sums[f"{row['type']['S']} {doc['region']} {doc['month']} {name}"] += number
    yield from (f"COUNTER {name} {number}" for name, number in sums.items())


def _shard_of(row: Any) -> int | None:
    """In which shard of a day a row counts messages: by the event's random id."""
    shard: int | None = json.loads(row["doc"]["S"]).get("shard")
    return shard


def _messages_counted(rows: list[Any]) -> Iterable[str]:
    """The messages of each day, added up over its shards."""
    sums = Counter[str]()
    for row in rows:
        doc = json.loads(row["doc"]["S"])
        for channel, numbers in doc["sums"].items():
            for outcome, number in numbers.items():
                sums[f"{doc['region']} {doc['day']} {channel} {outcome}"] += number
    yield from (f"DAY_SUMS {name} {number}" for name, number in sums.items())


def _answers_counted(rows: list[Any]) -> Iterable[str]:
    """The families asked and their answers of each period, added up over its shards."""
    sums = Counter[str]()
    for row in rows:
        doc = json.loads(row["doc"]["S"])
        period = doc.pop("id").rpartition(".")[0]  # the shard is that of a random id
        for name, number in doc.items():
            sums[f"{period} {name}"] += number
    yield from (f"FEEDBACK_COUNTS {name} {number}" for name, number in sums.items())


def _plain(value: Any) -> str:
    return _text(_opened(value))


def _text(value: Any) -> str:
    """A value as text, its fields in an order that random names have no part in."""
    if isinstance(value, dict):
        parts = [f'"{key}": {_text(each)}' for key, each in value.items()]
        by = _nameless if any(map(TOKEN.search, value)) else None
        return "{" + ", ".join(sorted(parts, key=by)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _opened(value: Any) -> Any:
    """Ciphertexts as their length, documents as what they hold."""
    if isinstance(value, bytes):
        return f"sealed:{len(value)}"
    if isinstance(value, dict):
        return {key: _opened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_opened(each) for each in value]
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return _opened(json.loads(value))
        except ValueError:
            return value
    return value


def _without_place(line: str) -> str:
    return PLACE.sub(lambda found: str(int(found[0]) // SEQUENCES_PER_VERSION), line)


def without_way_out(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message without the last lines that only the first of a day has."""
    text = message["text"]
    for said in Templates.connect().phrases.ways_out.values():
        text = text.partition("\n" + said.partition("{link}")[0])[0]
    return message | {"text": text}


def normalise(lines: Iterable[str]) -> Counter[str]:
    """The lines with every token under a name that does not depend on chance."""
    texts = [_Text(MOMENT.sub(r"\1", DRAWN.sub("·", _without_place(line)))) for line in lines]
    names: dict[str, str] = {}
    told_apart = 0
    for _ in range(ROUNDS):
        names = _renamed(texts, names)
        if told_apart == (told_apart := len({*names.values()})):
            break
    return Counter(sorted(text.under(names) for text in texts))


class _Text:
    """A line, taken apart at its tokens once; `places` tells which runs of tokens they stand in."""

    def __init__(self, line: str) -> None:
        self.parts = EACH.split(line)
        self.places = [
            (found[0], at)
            for at, run in enumerate(RUN.finditer(line))
            for found in TOKEN.finditer(run[0])
        ]

    def under(self, names: dict[str, str]) -> str:
        """The line with its tokens under those names, else under their kinds."""
        parts = self.parts.copy()
        parts[1::2] = [names.get(token) or f"<{_kind(token)}>" for token in parts[1::2]]
        renamed = "".join(parts)
        if ">,<" not in renamed:
            return renamed
        return NAMES.sub(lambda run: ",".join(sorted(run[0].split(","))), renamed)


def _renamed(texts: list[_Text], names: dict[str, str]) -> dict[str, str]:
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts:
        digest = hashlib.sha256(text.under(names).encode()).hexdigest()[:16]
        for token, place in text.places:
            seen[token].append(f"{digest}@{place}")
    return {
        token: f"<{_kind(token)} {hashlib.sha256('|'.join(sorted(p)).encode()).hexdigest()[:12]}>"
        for token, p in seen.items()
    }


def _nameless(text: str) -> str:
    return _Text(text).under({})


def _kind(token: str) -> str:
    prefix, mark, _ = token.partition("_")
    return prefix if mark and prefix.isalpha() and len(prefix) <= 5 else "token"
