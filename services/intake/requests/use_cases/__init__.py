"""A request is registered with its family and case, joins an open case, or ends."""
