"""What to do today, and why: plain values and pure functions over the record and the data."""
