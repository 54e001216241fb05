"""The machine's own cloud: emulator, origin, clock, fake carriers, kept state."""
