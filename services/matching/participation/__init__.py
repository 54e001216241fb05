"""The texts on taking part in the programme, by version."""
