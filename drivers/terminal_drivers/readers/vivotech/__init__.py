"""ViVOtech2, the protocol of the ID TECH NEO (ViVOpay) readers: contact, contactless and stripe in one device."""
