"""Simulated wearers in families: four factors, each for development or for reporting."""
