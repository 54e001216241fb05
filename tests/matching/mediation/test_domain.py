"""What is kept of a mediation: since when it is open, its numbers, and each side's concerns."""

from datetime import datetime, timedelta

from services.matching.mediation.domain import Mediation
from services.matching.mediation.values import MediationResult, RaisedConcern
from tests.matching import builders
from tests.matching.builders import START


def concern(at: datetime, by: str = "family") -> RaisedConcern:
    """What worries a side at that moment."""
    return RaisedConcern(concern="late_help", by=by, at=at)


def settled(at: datetime) -> MediationResult:
    """What came of the talks."""
    return MediationResult(result="agreed", by="HQ-1", at=at)


def test_a_mediation_is_open_since_the_first_concern_after_the_last_result() -> None:
    hour = timedelta(hours=1)
    begun = Mediation.of(builders.match(START)).raise_concern(concern(START))
    more = begun.raise_concern(concern(START + hour))
    assert (more.opened_at, more.raised, more.ended) == (START, 2, 0)

    again = more.end(settled(START + 2 * hour)).raise_concern(concern(START + 3 * hour))

    assert (again.status, again.opened_at) == ("open", START + 3 * hour)
    assert (again.raised, again.ended) == (3, 1)
    twice = again.end(settled(START + 4 * hour))
    assert (twice.status, twice.ended) == ("ended", 2), "its words are sealed under that number"


def test_the_last_twenty_concerns_of_a_side_are_kept_and_the_last_twenty_results() -> None:
    found = Mediation.of(builders.match(START)).raise_concern(concern(START, "guardian"))
    moments = [START + timedelta(minutes=number) for number in range(1, 23)]
    for at in moments:
        found = found.raise_concern(concern(at)).end(settled(at))

    assert [each.at for each in found.concerns] == [START, *moments[-20:]]
    assert [each.at for each in found.results] == moments[-20:]
    assert (found.raised, found.ended) == (23, 22)


def test_it_knows_of_a_call_while_it_is_open_for_what_was_said_there() -> None:
    begun = Mediation.of(builders.match(START)).raise_concern(concern(START))
    assert not begun.knows_of(None), "of what was said elsewhere each is a concern"
    told = begun.raise_concern(concern(START)._with(call="two_weeks"))
    assert (told.knows_of("two_weeks"), told.knows_of("one_month")) == (True, False)
    assert not told.end(settled(START)).knows_of("two_weeks")


def test_it_rests_on_a_call_while_it_is_open_for_what_was_said_there_alone() -> None:
    hour = timedelta(hours=1)
    new, said = Mediation.of(builders.match(START)), concern(START)._with(call="two_weeks")
    begun = new.raise_concern(said)
    assert begun.rests_on("two_weeks") and not begun.rests_on("one_month")
    for at in (START + hour, START - hour):  # the second one was heard of late
        assert not begun.raise_concern(concern(at)).rests_on("two_weeks")
    over = begun.end(settled(START + 2 * hour))
    assert not over.rests_on("two_weeks")
    # What was settled before is no reason for the one that is open now.
    again = said._with(at=START + 3 * hour)
    assert over.raise_concern(again).rests_on("two_weeks")
    assert not over.raise_concern(again._with(call=None)).rests_on("two_weeks")
    assert not new.rests_on("two_weeks")
