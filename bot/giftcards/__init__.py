"""The gift card services, one client a contract, behind one interface (`bot.gifts.ports.GiftCards`)."""
