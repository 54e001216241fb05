"""What a killed session leaves never stands in the way of the next start."""

import json
from pathlib import Path

from infra.saved_state import ROWS_VERSION, SavedState, announcement, holds_other_rows


def _left(folder: Path, word: str) -> None:
    (folder / "aws" / "deep").mkdir(parents=True, exist_ok=True)
    (folder / "aws" / "deep" / "table.json").write_text(word)
    (folder / "clock").write_text(word)


def test_a_killed_session_is_undone_whole(tmp_path: Path) -> None:
    saved = SavedState(tmp_path)
    _left(tmp_path, "in order")
    saved.keep()
    _left(tmp_path, "half")
    (tmp_path / "aws" / "new.json").touch()
    (tmp_path / "region-loaded").touch()

    for _ in range(2):  # the next session may be killed as well
        assert saved.restore()
        assert (tmp_path / "aws" / "deep" / "table.json").read_text() == "in order"
        assert (tmp_path / "clock").read_text() == "in order"
        assert not (tmp_path / "aws" / "new.json").exists()
        assert not (tmp_path / "region-loaded").exists()


def test_a_copy_that_was_not_finished_does_not_count(tmp_path: Path) -> None:
    saved = SavedState(tmp_path)
    _left(tmp_path, "one")
    saved.keep()
    (tmp_path / "copy-under-way" / "aws").mkdir(parents=True)
    assert saved.restore()
    assert (tmp_path / "clock").read_text() == "one"
    saved.keep()
    assert not (tmp_path / "copy-under-way").exists()


def test_a_first_session_that_was_killed_leaves_nothing(tmp_path: Path) -> None:
    saved = SavedState(tmp_path)
    _left(tmp_path, "half")
    assert not saved.restore()
    assert not (tmp_path / "aws").exists()
    assert not (tmp_path / "clock").exists()


def test_a_state_with_rows_of_another_version_is_noticed(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    assert not holds_other_rows(ready)

    ready.write_text(announcement("http://127.0.0.1:1"))
    assert not holds_other_rows(ready)
    assert json.loads(ready.read_text())["url"] == "http://127.0.0.1:1"

    for other in ({"url": "x"}, {"url": "x", "rows_version": ROWS_VERSION - 1}):
        ready.write_text(json.dumps(other))
        assert holds_other_rows(ready)
