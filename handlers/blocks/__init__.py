"""How everything looks: Block Kit, made from what the heart knows."""
