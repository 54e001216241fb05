"""From the tree to zips and templates in `build/`."""
