"""One module per thing that becomes of a request: registered, joined to a case, ended."""
