"""The timeline of a family: what has happened, by date, kind and reference."""
