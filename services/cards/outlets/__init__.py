"""The stores that honour the card: their offers, outlets and store keys."""
