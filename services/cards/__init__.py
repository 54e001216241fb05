"""The foster-parent card: who holds one, which partners honour it, and the check at the till."""
