"""What proves that an organisation may care for families, and until when."""
