"""Cases: their routes, reactions and deadlines."""
