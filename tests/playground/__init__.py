"""The playground: its server over real HTTP and WebSocket, and its page in a real browser."""
