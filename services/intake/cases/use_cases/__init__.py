"""What headquarters does with a case, and how people's words change its needs."""
