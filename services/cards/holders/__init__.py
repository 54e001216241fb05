"""The people who hold cards: the offices' numbers of a person, and the phone that proves her."""
