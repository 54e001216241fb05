"""Guardians and families: who is ready to help for long, who suits whom, and what they promise."""
