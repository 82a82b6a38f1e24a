"""What a conversation is about: the typed state of the last data question, and how a fragment changes it."""
