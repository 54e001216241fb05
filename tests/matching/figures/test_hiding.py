"""No number about few families is shown, and none follows from what is shown."""

import numpy
from hypothesis import example, given
from hypothesis import strategies as st

from services.matching.figures.hiding import ALL, hidden_of
from shared.privacy.small_numbers import FEW

PARTS = ("a", "b", "c")
Table = dict[str, dict[str, int]]


def with_total(rows: list[list[int]]) -> Table:
    """Regions with their parts, and all of them together."""
    codes = PARTS[: len(rows[0])]
    table = {f"R{n}": dict(zip(codes, row, strict=True)) for n, row in enumerate(rows)}
    return table | {ALL: {code: sum(row[code] for row in table.values()) for code in codes}}


def derivable(table: Table) -> set[tuple[str, str]]:
    """Solve what an outsider can write down: the hidden cells that have one possible value."""
    hidden, codes = hidden_of(table), tuple(table[ALL])
    cells = [(row, code) for row in table for code in codes if row in hidden.parts]
    cells += [(row, "sum") for row in table if row in hidden.sums]
    place = {cell: n for n, cell in enumerate(cells)}
    sums = [[*((row, code, 1) for code in codes), (row, "sum", -1)] for row in table]
    for column in (*codes, "sum"):
        regions = [(row, column, 1) for row in table if row != ALL]
        sums.append([*regions, (ALL, column, -1)])
    lines = numpy.zeros((len(sums), len(cells)))
    for line, terms in enumerate(sums):
        for row, code, factor in terms:
            if (row, code) in place:
                lines[line, place[row, code]] += factor
    rank = numpy.linalg.matrix_rank(lines) if cells else 0
    # A cell is known when an equation for it alone adds nothing to those that there are.
    return {
        cell
        for cell, n in place.items()
        if numpy.linalg.matrix_rank(numpy.vstack([lines, numpy.eye(len(cells))[n]])) == rank
    }


ROWS = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=6
    )
)


@given(ROWS)
@example([[3], [20], [7]])  # one region alone: the total would say it
@example([[1], [1], [9]])  # two whose sum says each
@example([[2, 9], [8, 8], [0, 0]])  # a part beside a sum that may be shown
@example([[1, 0, 0]])  # a programme of one region
def test_a_small_number_is_neither_shown_nor_derivable(rows: list[list[int]]) -> None:
    table = with_total(rows)
    hidden = hidden_of(table)

    for row, parts in table.items():
        small = any(0 < number < FEW for number in parts.values())
        assert not small or row in hidden.parts
        assert not 0 < sum(parts.values()) < FEW or row in hidden.sums
    assert hidden.sums <= hidden.parts
    assert derivable(table) == set()
    unseen = hidden.sums - {ALL}
    if unseen and ALL not in hidden.sums:
        assert sum(sum(table[row].values()) for row in unseen) >= FEW


def test_no_more_is_hidden_than_must_be() -> None:
    large = with_total([[10, 20], [5, 0], [0, 0]])
    assert hidden_of(large) == (frozenset(), frozenset())

    together_five = hidden_of(with_total([[2], [3], [9], [7]]))
    assert together_five.sums == {"R0", "R1"}
    with_the_smallest = hidden_of(with_total([[1], [9], [7], [7], [0]]))
    assert with_the_smallest.sums == {"R0", "R2"}
    one = hidden_of(with_total([[3, 20], [9, 30], [50, 60], [0, 0]]))
    assert one.sums == frozenset()
    assert one.parts == {"R0", "R1"}
