"""A region simulated for weeks: what a policy, or a change of the rules, does to those who wait."""
