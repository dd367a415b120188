"""The client of the live contract: what is sent, what each answer, or none, is taken to mean, and the whole story."""
