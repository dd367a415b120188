"""WeGift: the contract of 2022, which some deployments still speak."""
