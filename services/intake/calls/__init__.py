"""What an operator does during a call: who calls, what was asked before, what is put right."""

PLUGS = ("routes",)
