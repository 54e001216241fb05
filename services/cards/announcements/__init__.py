"""What holders are told of partners while they can still plan with it."""
