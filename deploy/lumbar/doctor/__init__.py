"""``lumbar doctor``: is everything here that the programs need, and if not, what to do."""
