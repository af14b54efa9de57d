"""A simulated wearer, the sensor's firmware, and a virtual radio."""
