"""Ratios measured in one run, interleaved, with a control beside each: `make bench`."""
