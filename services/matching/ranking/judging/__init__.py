"""How one guardian is judged for one family: facts, hard rules, and the order of the suitable."""
