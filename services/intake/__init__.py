"""The hotline and the cases: what a family asks for, what is decided, and how far it has come."""
