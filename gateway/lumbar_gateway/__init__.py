"""From the radio to the broker; owns both wire formats (GATT profile and MQTT messages)."""
