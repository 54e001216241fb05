"""The joint card programme of a region."""
