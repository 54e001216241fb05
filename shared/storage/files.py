"""Files of people, in and out by links that expire; a service reads and writes them in pieces.

Guarantees
* A file is had only by a signed link to this one object, good for minutes.
* A file is read by ranges and written by parts, so memory does not grow with it.
* What was uploaded is frozen by a copy of exactly the version that was found: a link that still
  works changes the upload, never the copy.
* What does not answer is Unavailable; what is not there is None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, settings
from shared.errors import Unavailable, VersionConflict

UPLOAD_FOR = timedelta(minutes=15)
DOWNLOAD_FOR = timedelta(minutes=5)
DELETED_AT_ONCE = 1000
# What lies behind a file's end, as in an empty one, is refused as a range; here it is just absent.
_ABSENT = {"404", "NoSuchKey", "NotFound", "InvalidRange"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is there: its size, and the tag of exactly this content."""

    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where a file is posted, and the fields that come before it."""

    url: str
    fields: dict[str, str]


class Files:
    """The file store of one service."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def connect(cls) -> Self:
        """Return the file store of this container's service."""
        return cls(aws.client("s3"), settings.files_bucket())

    def upload_link(self, key: str) -> str:
        """Where one file may be put, by PUT, for a quarter of an hour."""
        return self._link("put_object", UPLOAD_FOR, Key=key)

    def upload_form(self, key: str, content_type: str, most_bytes: int) -> UploadForm:
        """Where one file of a type and of at most a size may be posted, for a quarter of an hour.

        The store itself refuses what is larger or calls itself something else.
        """
        asked = {"Content-Type": content_type}
        form = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields=dict(asked),
            Conditions=[asked, ["content-length-range", 1, most_bytes]],
            ExpiresIn=int(UPLOAD_FOR.total_seconds()),
        )
        return UploadForm(str(form["url"]), dict(form["fields"]))

    def download_link(self, key: str, filename: str) -> str:
        """Where one file may be fetched under that name, for five minutes."""
        shown = f'attachment; filename="{filename}"'
        return self._link("get_object", DOWNLOAD_FOR, Key=key, ResponseContentDisposition=shown)

    def find(self, key: str) -> StoredFile | None:
        """Return how large a file is, and its tag; None when it is not there."""
        found = self._call("head_object", Key=key)
        return found and StoredFile(int(found["ContentLength"]), str(found["ETag"]).strip('"'))

    def freeze(self, key: str, etag: str, copy: str) -> None:
        """Copy the version that was found; raises VersionConflict when it is not there any more."""
        source = {"Bucket": self._bucket, "Key": key}
        tag = f'"{etag}"'
        if not self._call("copy_object", CopySource=source, CopySourceIfMatch=tag, Key=copy):
            raise VersionConflict

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return a piece of a file; None when it is not there, or the file ends before it."""
        last = "" if length is None else start + length - 1
        span = f"bytes={start}-{last}"
        found: bytes | None = self._call("get_object", _body, Key=key, Range=span)
        return found

    def write(self, key: str, content: bytes) -> None:
        """Put a file, or the same one again."""
        self._call("put_object", Key=key, Body=content)

    def delete(self, keys: Sequence[str]) -> None:
        """Delete files; one that is not there is deleted already."""
        for start in range(0, len(keys), DELETED_AT_ONCE):
            named = [{"Key": key} for key in keys[start : start + DELETED_AT_ONCE]]
            answer = self._call("delete_objects", Delete={"Objects": named, "Quiet": True})
            if answer.get("Errors"):
                raise Unavailable

    def delete_folder(self, prefix: str) -> None:
        """Delete every file whose key begins so."""
        while found := self._call("list_objects_v2", _keys, Prefix=prefix):
            self.delete(found)

    def _link(self, operation: str, lifetime: timedelta, **what: str) -> str:
        return str(
            self._client.generate_presigned_url(
                operation,
                Params={"Bucket": self._bucket, **what},
                ExpiresIn=int(lifetime.total_seconds()),
            )
        )

    def _call(
        self, method: str, of: Callable[[Any], Any] = lambda answer: answer, **request: Any
    ) -> Any:
        try:
            return of(getattr(self._client, method)(Bucket=self._bucket, **request))
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            if error.response["Error"]["Code"] == "PreconditionFailed":
                raise VersionConflict from None
            raise Unavailable from error
        except BotoCoreError as error:
            raise Unavailable from error


def _keys(answer: Any) -> list[str]:
    return [str(each["Key"]) for each in answer.get("Contents", [])]


def _body(answer: Any) -> bytes:
    return bytes(answer["Body"].read())
