"""Legal forms of organisations: what each needs before it may care for families."""
