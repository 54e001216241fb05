"""One function per act on a case: registration, headquarters' review, the family's wishes."""
