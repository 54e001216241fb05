"""What a stage says in files: regions, lists of codes, tokens of machines."""
