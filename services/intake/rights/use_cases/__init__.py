"""What a family decides about itself: by bot or with evidence, and through its own link."""
