"""What the headquarters does next about each open match, and by when."""

PLUGS = ()
