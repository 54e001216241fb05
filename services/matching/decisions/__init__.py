"""Why a guardian was proposed, kept with the facts that were judged."""

PLUGS = ()
