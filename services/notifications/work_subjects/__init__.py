"""Subjects of work: which items are open about one case, match, card …, and what ended them."""
