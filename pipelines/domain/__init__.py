"""The words of the product: records, money and periods. Pure: no files, no clock, no network."""
