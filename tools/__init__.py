"""What people who work on Ryadom run; nothing here is deployed."""
