"""What a row of each kind of table becomes."""
