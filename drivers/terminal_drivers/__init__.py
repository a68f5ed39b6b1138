"""Card readers over their wire protocols: host drivers, the virtual devices at the far end, and the lines
between.
"""
