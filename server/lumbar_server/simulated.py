"""Which sensors are none."""


def is_simulated(sensor_id: str) -> bool:
    """Tell whether a sensor is one of the simulator's, which names them so."""
    return sensor_id.startswith("SIM-")
