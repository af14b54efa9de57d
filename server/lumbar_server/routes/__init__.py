"""The routes of the API: thin, one file for each thing that can be asked for."""
