"""The Adyen Terminal API (nexo retailer protocol 3.0) as bytes and values: nothing here opens a socket or knows a bench."""
