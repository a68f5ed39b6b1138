"""ISO 8583 both ways: the terminal's messages to bytes and back, in the dialect that a file describes.

1. Pure, bounded and strict: what is not of the dialect raises `MessageError` and nothing else, in both directions.
2. What one side encodes the other decodes to an equal value (`at` to the second).
3. No text of an error quotes a field's content: it may be a card number.
4. A dialect says where elements stand (`layout`), how they are encoded (`forms`) and its codes (`codes`). What their values mean is the same in
   all dialects (`elements`, `fields`), and so are the messages (`requests`, `replies`, `managing`).
"""
