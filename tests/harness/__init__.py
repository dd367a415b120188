"""What the stories are told with: an office, its gift card services, and time that a test turns."""
