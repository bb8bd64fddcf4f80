"""What is masked: secrets and personal data, by name or by form; account ids, which become hashes; a user's own.

Every pattern runs in time linear to the text. Those that search ahead stop at the character that would begin
their next attempt, and repetitions are bounded or followed by what they can't contain.
"""
