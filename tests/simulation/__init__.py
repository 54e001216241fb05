"""The kernel under seeded faults: everything is real but clock, randomness and connections."""
