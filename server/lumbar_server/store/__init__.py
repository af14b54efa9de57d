"""All queries. Functions take a connection and never commit: the transaction is the caller's."""
