"""Arrays in, events out: what one accelerometer at the lower back can see of an exercise."""
