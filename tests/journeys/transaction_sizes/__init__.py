"""What the people of the demo do beside its stories: every command, at its largest."""
