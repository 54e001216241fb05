"""Keys: derived, never stored, and unwrapped once."""

import hmac

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from shared import keyring
from shared.errors import Unavailable
from shared.keyring import Secrets, new_root_key, unwrap_root_key


def test_children_differ_by_name_and_service_and_stay_the_same() -> None:
    one, other = (Secrets(service, lambda: bytes(32)) for service in ("intake", "cards"))
    assert one.child("a") == Secrets("intake", lambda: bytes(32)).child("a")
    assert len({one.child("a"), one.child("b"), other.child("a")}) == 3


def test_the_derivation_is_rfc_5869() -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    expected = HKDF(SHA256(), 32, salt=None, info=b"ryadom|intake|name").derive(b"k" * 32)
    assert Secrets("intake", lambda: b"k" * 32).child("name") == expected


def test_the_root_key_is_unwrapped_once_and_not_before_it_is_needed() -> None:
    calls: list[int] = []

    def unwrap() -> bytes:
        calls.append(1)
        return bytes(32)

    keys = Secrets("intake", unwrap)
    assert not calls
    for name in "abc":
        keys.child(name)
    assert len(calls) == 1


def test_a_signature_is_of_one_message_under_one_name() -> None:
    keys = Secrets("intake", lambda: bytes(32))
    signature = keys.sign("address", b"message")
    assert signature == hmac.digest(keys.child("address"), b"message", "sha256")
    assert keys.sign("address", b"massage") != signature
    assert keys.sign("cursor", b"message") != signature


def test_a_mark_is_of_its_parts_as_they_are_cut() -> None:
    keys = Secrets("intake", lambda: bytes(32))

    marks = [keys.mark("key", *parts) for parts in (("a", "bc"), ("ab", "c"), ("abc",), ("a", "b"))]

    assert marks[0] == keys.mark("key", "a", "bc") != keys.mark("other", "a", "bc")
    assert len(set(marks)) == len(marks)


def test_each_of_several_texts_has_a_nonce_of_its_own() -> None:
    key, parts = bytes(32), [(b"same", b"row"), (b"same", b"row"), (b"other", b"row 2")]

    sealed = keyring.seal_each(key, parts)

    assert len({text[: keyring.NONCE] for text in sealed}) == len(parts)
    opened = [keyring.unseal(key, text, of) for text, (_, of) in zip(sealed, parts, strict=True)]
    assert opened == [plain for plain, _ in parts]


def test_what_is_stored_is_a_nonce_of_12_bytes_before_aes_256_gcm() -> None:
    """Rows of years are opened by it, so a release cannot change it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key, nonce = bytes(range(32)), bytes(range(12))
    stored = nonce + AESGCM(key).encrypt(nonce, b"words", b"family")
    assert keyring.unseal(key, stored, b"family") == b"words"

    made = keyring.seal(key, b"words", b"family")
    assert AESGCM(key).decrypt(made[:12], made[12:], b"family") == b"words"


@mock_aws
def test_kms_opens_the_root_key_of_the_service_it_was_made_for_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import boto3

    kms = boto3.client("kms", region_name="eu-central-1")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    root = new_root_key(kms, key_id, "intake")
    assert len(unwrap_root_key(kms, root, "intake")) == 32
    with pytest.raises(Unavailable):
        unwrap_root_key(kms, root, "cards")

    monkeypatch.setenv("SERVICE", "intake")
    monkeypatch.setenv("ROOT_KEY", root)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    from shared import aws

    monkeypatch.setattr(aws, "client", lambda service: kms)
    keyring.from_env.cache_clear()
    try:
        assert keyring.from_env().child("a") == keyring.from_env().child("a")
    finally:
        keyring.from_env.cache_clear()


def test_without_kms_there_is_no_key_to_fall_back_to() -> None:
    class Down:
        def decrypt(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="kms")

    with pytest.raises(Unavailable):
        unwrap_root_key(Down(), "AAAA", "intake")
