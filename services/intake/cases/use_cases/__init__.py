"""One function per thing that people do with a case, grouped by who does it."""
