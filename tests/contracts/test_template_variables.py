"""What owners let out for a message is what its texts name; `make docs` writes it down."""

from services.notifications.templates.domain import Template
from services.notifications.templates.values import Audience
from shared.messaging.template_variables import PATH, declared
from tools import message_variables


def test_a_text_that_names_more_makes_the_file_stale() -> None:
    template = Template(
        event_type="intake.RequestReceived",
        audience=Audience.FAMILY,
        reference="case_id",
        subject="Новость",
        text="{{ number }}",
    )
    staff = template.model_copy(update={"audience": Audience.HQ})

    written = message_variables.text([template, staff])

    line = 'request_received_family = ["first_name", "number"]\n'
    assert written == f"{message_variables.HEAD}\n[intake]\n{line}"
    assert line in PATH.read_text(encoding="utf-8")
    other = template.model_copy(update={"text": "{{ number }} {{ day }}"})
    assert message_variables.text([other]) != written


def test_owners_read_what_was_written() -> None:
    assert declared("intake")["request_received_family"] == {"first_name", "number"}
