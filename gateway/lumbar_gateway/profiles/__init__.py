"""Sensor profiles: how each kind of sensor is recognised, started and decoded."""
