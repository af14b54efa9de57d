"""Three simulated months of three simulated people, lived through the real API, told as stories."""
