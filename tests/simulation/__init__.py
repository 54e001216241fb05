"""The kernel under a seeded storm: everything real but the clock, the dice and the wires."""
