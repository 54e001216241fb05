"""Files in memory: the few calls of S3 that `shared.storage.files` makes."""

import io
from typing import Any

from botocore.exceptions import ClientError


class MemoryS3:
    """A low-level client over one dictionary of objects."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        return {"ContentLength": len(self._found(Key))}

    def get_object(self, *, Bucket: str, Key: str, Range: str) -> dict[str, Any]:
        first, _, last = Range.removeprefix("bytes=").partition("-")
        end = int(last) + 1 if last else None
        found = self._found(Key)
        if int(first) >= len(found):  # also of an empty file, as S3 does
            raise ClientError({"Error": {"Code": "InvalidRange", "Message": ""}}, "GetObject")
        return {"Body": io.BytesIO(found[int(first) : end])}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: str) -> None:
        self.objects[Key] = Body

    def generate_presigned_url(self, operation: str, *, Params: Any, ExpiresIn: int) -> str:
        return f"https://files.invalid/{Params['Key']}?{operation}&{ExpiresIn}"

    def _found(self, key: str) -> bytes:
        if key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
        return self.objects[key]
