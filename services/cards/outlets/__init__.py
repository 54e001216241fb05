"""The shops of a partner, each with the keys of its tills; `stores` has what managers do there."""
