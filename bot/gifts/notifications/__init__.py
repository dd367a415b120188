"""Who is told what, and the outbox that sends each message once."""
