"""The card on paper: one for a purse, or a sheet to cut."""
