"""USB CCID rev 1.1: messages, host end and device end, and the serial framing of the GemPC Twin family."""
