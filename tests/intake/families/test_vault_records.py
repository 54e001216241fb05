"""How a contact is found without being known."""

from services.intake.families.vault_records import contact_index, contact_key, indexes_as_written
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault
from shared.storage.store import Store
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.store_fixtures import TABLES, fixed_secrets

VAULT = Vault(Store(MemoryDynamoDB(), TABLES), fixed_secrets())


def test_a_mail_is_the_same_in_small_letters_and_the_name_of_a_chat_is_not() -> None:
    assert contact_key("email", "Anna@Example.org", VAULT) == contact_key(
        "email", "anna@example.org", VAULT
    )
    assert contact_key("bot", "Ab1", VAULT) != contact_key("bot", "ab1", VAULT)
    assert contact_key("bot", "ab1", VAULT) != contact_key("email", "ab1", VAULT)


def test_a_contact_is_found_by_its_phone_however_it_is_written_else_by_its_address() -> None:
    phone = Contact(name="Анна", channel="email", address="a@example.org", phone="89161234567")
    assert contact_index(phone, VAULT) in indexes_as_written("+7 (916) 123-45-67", VAULT)
    mail = Contact(name="Анна", channel="email", address="A@example.org")
    assert contact_index(mail, VAULT) in indexes_as_written("a@EXAMPLE.org", VAULT)
    chat = Contact(name="Анна", channel="bot", address="chat-7")
    assert contact_index(chat, VAULT) in indexes_as_written("chat-7", VAULT)
    assert contact_index(chat, VAULT) not in indexes_as_written("chat-8", VAULT)
