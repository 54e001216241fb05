"""The texts that families consent to."""
