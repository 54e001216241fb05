"""Closed lists of bots."""

from shared.domain import CodeEnum


class BotState(CodeEnum, of="bot_state"):
    """Whether a messenger sends us updates; `absent`: the stage has no bot of this name."""

    ASKED = "asked"
    RECEIVING = "receiving"
    LOST = "lost"
    ABSENT = "absent"
