"""A file that is written a part at a time: whole at its end, and nothing of it is left behind."""

import pytest

from shared.storage.files import Files
from shared.storage.office_tables import lines
from shared.storage.office_tables.lines import FileInParts
from tests.support.memory_s3 import MemoryS3


class CountingS3(MemoryS3):
    """Files in memory that count what is read."""

    reads = 0

    def get_object(self, **request: str) -> dict[str, object]:
        """Return a file, and count."""
        self.reads += 1
        return super().get_object(**request)


@pytest.fixture(autouse=True)
def _of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "GATHERED", 3)


@pytest.mark.parametrize("parts", [0, 1, 2, 3, 7, 9])
def test_it_has_the_lines_of_every_step_in_their_order(parts: int) -> None:
    s3 = CountingS3()
    written = FileInParts(Files(s3, "files"), "jobs/1")
    for place in range(parts):
        written.add(place, [[f"line {place}"]])
        written.add(place, [[f"line {place}"]])  # its commit was lost
    s3.reads = 0

    written.join(parts, ["Head"], "whole.csv")

    assert s3.reads == sum(divmod(parts, 3))
    whole = s3.objects["jobs/1/whole.csv"].decode("utf-8-sig").split()
    assert whole == " ".join(["Head", *(f"line {place}" for place in range(parts))]).split()
    Files(s3, "files").delete(written.keys(parts))
    assert [*s3.objects] == ["jobs/1/whole.csv"]


def test_a_job_that_began_without_bundles_loses_nothing() -> None:
    s3 = CountingS3()
    written = FileInParts(Files(s3, "files"), "jobs/1")
    for place in range(4):
        written.add(place, [[f"line {place}"]])
    del s3.objects["jobs/1/bundle-0.csv"]

    written.join(4, ["Head"], "whole.csv")

    assert s3.objects["jobs/1/whole.csv"].count(b"line") == 4


def test_a_part_that_was_written_and_never_counted_is_deleted_too() -> None:
    s3 = CountingS3()
    written = FileInParts(Files(s3, "files"), "jobs/1")
    for place in range(3):
        written.add(place, [[f"line {place}"]])

    Files(s3, "files").delete(written.keys(2))

    assert not s3.objects
