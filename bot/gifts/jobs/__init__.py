"""The worker of the durable job queue, and the recurring jobs."""
