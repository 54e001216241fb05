"""What an operator adds to a request, and what is put right about one."""
