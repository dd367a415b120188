"""From a decision to a claimed gift: place the order, circuit breaker, catalogue, redemption."""
