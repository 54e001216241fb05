"""Whatever is sent to a documented operation, the answer is a documented one."""
