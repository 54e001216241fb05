"""The sealed place of a task, gone when the task is settled."""

RECORD = FIELD = "place"
