"""The sealed contact of a volunteer."""

CONTACT = "contact"
SHOWN = ("name", "channel", "phone", "address")
