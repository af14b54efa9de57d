"""Copies of the record for elsewhere: one file for each form, and the way back in."""
