"""Files in memory: the few calls of S3 that `shared.storage.files` makes."""

import hashlib
import io
import json
from typing import Any

from botocore.exceptions import ClientError


class MemoryS3:
    """A low-level client over one dictionary of objects."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        found = self._found(Key)
        return {"ContentLength": len(found), "ETag": f'"{hashlib.md5(found).hexdigest()}"'}

    def get_object(self, *, Bucket: str, Key: str, Range: str) -> dict[str, Any]:
        first, _, last = Range.removeprefix("bytes=").partition("-")
        end = int(last) + 1 if last else None
        found = self._found(Key)
        if int(first) >= len(found):  # also of an empty file, as S3 does
            raise ClientError({"Error": {"Code": "InvalidRange", "Message": ""}}, "GetObject")
        return {"Body": io.BytesIO(found[int(first) : end])}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: str) -> None:
        self.objects[Key] = Body

    def copy_object(
        self, *, Bucket: str, Key: str, CopySource: dict[str, str], CopySourceIfMatch: str
    ) -> dict[str, Any]:
        source = CopySource["Key"]
        if self.head_object(Bucket=Bucket, Key=source)["ETag"] != CopySourceIfMatch:
            raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": ""}}, "Copy")
        self.objects[Key] = self.objects[source]
        return {"CopyObjectResult": {}}

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        assert len(Delete["Objects"]) <= 1000
        for named in Delete["Objects"]:
            self.objects.pop(named["Key"], None)
        return {}

    def list_objects_v2(self, *, Bucket: str, Prefix: str) -> dict[str, Any]:
        found = [key for key in self.objects if key.startswith(Prefix)][:1000]
        return {"Contents": [{"Key": key} for key in found]} if found else {}

    def generate_presigned_post(
        self, Bucket: str, Key: str, *, Fields: Any, Conditions: Any, ExpiresIn: int
    ) -> dict[str, Any]:
        limits = json.dumps({"conditions": Conditions, "for": ExpiresIn})
        return {"url": "https://files.invalid/", "fields": {**Fields, "key": Key, "policy": limits}}

    def generate_presigned_url(self, operation: str, *, Params: Any, ExpiresIn: int) -> str:
        return f"https://files.invalid/{Params['Key']}?{operation}&{ExpiresIn}"

    def _found(self, key: str) -> bytes:
        if key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
        return self.objects[key]
