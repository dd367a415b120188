"""WeGift's API of 2022 on this machine."""
