"""What a family that is forgotten leaves behind, erased by jobs."""

PLUGS = ()
