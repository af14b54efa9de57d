"""UUIDs and advertisement marks of our own sensor."""

# Our own base UUID; the two bytes after the first say which attribute it is.
SERVICE_UUID = "4c420000-1b5e-4a7c-9d3f-6c756d626172"
STREAM_UUID = "4c420001-1b5e-4a7c-9d3f-6c756d626172"  # read
SAMPLES_UUID = "4c420002-1b5e-4a7c-9d3f-6c756d626172"  # notify
CONTROL_UUID = "4c420003-1b5e-4a7c-9d3f-6c756d626172"  # write, indicate; encrypted
LOG_UUID = "4c420004-1b5e-4a7c-9d3f-6c756d626172"  # notify; encrypted
STATUS_UUID = "4c420005-1b5e-4a7c-9d3f-6c756d626172"  # read, notify
CLOCK_UUID = "4c420006-1b5e-4a7c-9d3f-6c756d626172"  # read

# Standard services (Bluetooth SIG assigned numbers).
BATTERY_SERVICE_UUID = "0000180f-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL_UUID = "00002a19-0000-1000-8000-00805f9b34fb"
SERIAL_NUMBER_UUID = "00002a25-0000-1000-8000-00805f9b34fb"
CURRENT_TIME_UUID = "00002a2b-0000-1000-8000-00805f9b34fb"

COMPANY_ID = 0xFFFF  # the SIG's id for companies without one; the magic below tells us apart
ADVERTISEMENT_MAGIC = b"LB"
