"""From the broker to the database, the HTTP API and the pages."""
