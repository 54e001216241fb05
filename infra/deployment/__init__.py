"""The stacks into an account: plans, change sets, checks of account and stage."""
