"""Templates, packaging, the local platform and the deployment."""
