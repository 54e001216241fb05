"""Files: pieces of what is there, nothing of what is not, links that are good for one object."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from shared import aws
from shared.errors import Unavailable, VersionConflict
from shared.storage.files import UPLOAD_FOR, Files
from tests.support.memory_s3 import MemoryS3

BUCKET = "ryadom-files"
REGION = "eu-central-1"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The container's own client, in front of moto."""
    for name, value in {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    aws.client.cache_clear()
    aws.session.cache_clear()
    with mock_aws():
        client = aws.client("s3")
        where = {"LocationConstraint": REGION}
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        yield client
    aws.client.cache_clear()
    aws.session.cache_clear()


def test_a_file_is_read_in_pieces(s3: Any) -> None:
    files = Files(s3, BUCKET)
    files.write("a/b.csv", b"0123456789")

    found = files.find("a/b.csv")
    assert found is not None and found.size == 10
    assert files.read("a/b.csv") == b"0123456789"
    assert files.read("a/b.csv", 2, 3) == b"234"
    assert files.read("a/b.csv", 8, 50) == b"89"


def test_what_is_not_there_is_none(s3: Any) -> None:
    files = Files(s3, BUCKET)
    files.write("empty", b"")

    assert files.find("missing") is None
    assert files.read("missing") is None
    assert files.read("empty") is None
    assert files.read("empty", 10, 10) is None


def test_a_frozen_file_is_the_one_that_was_found_or_none() -> None:
    files = Files(MemoryS3(), BUCKET)  # moto does not know the condition
    files.write("upload", b"first")
    found = files.find("upload")
    assert found is not None
    files.freeze("upload", found.etag, "input")
    files.write("upload", b"second")

    for gone in ("upload", "missing"):
        with pytest.raises(VersionConflict):
            files.freeze(gone, found.etag, "other")
    assert files.read("input") == b"first"
    assert files.find("other") is None


def test_deleted_files_are_gone_and_may_be_deleted_again(s3: Any) -> None:
    files = Files(s3, BUCKET)
    for name in ("a", "b", "c"):
        files.write(name, b"x")

    for _ in range(2):
        files.delete(["a", "b"])

    assert [files.find(name) is None for name in ("a", "b", "c")] == [True, True, False]
    files.delete([])


def test_of_many_files_as_many_are_deleted_at_once_as_a_call_takes() -> None:
    files = Files(MemoryS3(), BUCKET)
    names = [f"part-{number}" for number in range(2001)]
    for name in names:
        files.write(name, b"x")

    files.delete(names)

    assert not any(map(files.find, names))


def test_a_bucket_that_refuses_is_unavailable(s3: Any) -> None:
    with pytest.raises(Unavailable):
        Files(s3, "somebody-elses").read("a")


@pytest.mark.parametrize("kind", ["upload", "download"])
def test_a_link_names_one_object_in_its_own_region_for_minutes(s3: Any, kind: str) -> None:
    files = Files(s3, BUCKET)
    link = files.upload_link("a/b") if kind == "upload" else files.download_link("a/b", "b.csv")

    assert link.startswith(f"https://{BUCKET}.s3.{REGION}.amazonaws.com/a/b?")
    # Encrypted objects refuse the older signature.
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert f"X-Amz-Expires={900 if kind == 'upload' else 300}" in link
    saved_as = "response-content-disposition=attachment%3B%20filename%3D%22b.csv%22"
    assert (saved_as in link) is (kind == "download")


def test_a_form_takes_one_type_of_a_size_into_one_place(s3: Any) -> None:
    form = Files(s3, BUCKET).upload_form("a/b", "image/png", 1000)

    assert form.url == f"https://{BUCKET}.s3.{REGION}.amazonaws.com/"
    assert (form.fields["key"], form.fields["Content-Type"]) == ("a/b", "image/png")
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    left = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= UPLOAD_FOR
    conditions = policy["conditions"]
    assert ["content-length-range", 1, 1000] in conditions
    assert {"Content-Type": "image/png"} in conditions
    assert {"key": "a/b"} in conditions


def test_a_folder_is_deleted_with_all_of_its_pages(s3: Any) -> None:
    files = Files(s3, BUCKET)
    for name in ("a/1", "a/2", "ab/3"):
        files.write(name, b"x")
    in_memory = Files(MemoryS3(), BUCKET)
    for number in range(1001):
        in_memory.write(f"a/{number}", b"x")

    for each in (files, in_memory):
        each.delete_folder("a/")
        each.delete_folder("a/")

    assert [files.find(name) is None for name in ("a/1", "a/2", "ab/3")] == [True, True, False]
    assert in_memory.find("a/1000") is None


def test_a_file_that_breaks_off_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def read(self) -> bytes:
            raise ReadTimeoutError(endpoint_url="x")

    held = MemoryS3()
    monkeypatch.setattr(held, "get_object", lambda **_: {"Body": Broken()})

    with pytest.raises(Unavailable):
        Files(held, "bucket").read("a")


def test_a_file_that_could_not_be_deleted_is_not_taken_for_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = MemoryS3()
    refused = {"Key": "a", "Code": "InternalError"}
    monkeypatch.setattr(held, "delete_objects", lambda **_: {"Errors": [refused]})

    with pytest.raises(Unavailable):
        Files(held, "bucket").delete(["a", "b"])
