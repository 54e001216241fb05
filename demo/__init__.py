"""The demo region: its people and organisations as data, and the stories that they live through."""
