"""Why a guardian was proposed: what was judged then, kept so that it can be judged again."""

import json
from hashlib import sha256
from typing import Self

from pydantic import TypeAdapter

from services.matching.ranking.domain import judge
from services.matching.ranking.judging.facts import Facts
from services.matching.ranking.judging.rules import RULE_VERSION
from services.matching.ranking.values import Candidate, Unsuitable
from shared.domain import Aggregate

FACTS = TypeAdapter(Facts)


class Decision(Aggregate):
    """The snapshot behind a proposal; `standby_id` is the next in line, who holds no place."""

    match_id: str
    rule_version: str
    facts: Facts
    facts_hash: str
    judged: Candidate
    override_reason: str | None = None
    standby_id: str | None = None

    @classmethod
    def of(cls, match_id: str, facts: Facts, judged: Candidate, **more: str | None) -> Self:
        """Return the snapshot of a judgement that is acted on."""
        return cls.model_validate(
            {
                "match_id": match_id,
                "rule_version": RULE_VERSION,
                "facts": facts,
                "facts_hash": hash_of(facts),
                "judged": judged,
                **more,
            }
        )

    @property
    def intact(self) -> bool:
        """Whether the facts are still those that were judged."""
        return hash_of(self.facts) == self.facts_hash

    def replay(self) -> Candidate | Unsuitable:
        """Judge the same facts again by the rules of today."""
        return judge(self.facts)


def hash_of(facts: Facts) -> str:
    """Return the fingerprint of facts: equal while they are."""
    text = json.dumps(FACTS.dump_python(facts, mode="json"), sort_keys=True)
    return sha256(text.encode()).hexdigest()
