"""The ``lumbar`` command: puts the pieces together; trace files and reports."""
