"""Who calls and what they may do: staff, machines, signed links; Cedar policies and partitions."""
