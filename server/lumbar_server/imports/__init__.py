"""The way back in: ``lumbar.record/1`` out of a file into a database that may have some of it."""
