"""Who is next in line for a family while one guardian is proposed to it."""

PLUGS = ()
