"""CRC-32C (Castagnoli): reflected, seed ~0, as kernel/base/crc32c.c has it."""

_POLYNOMIAL = 0x82F63B78


def _entry(byte):
    for _ in range(8):
        byte = (byte >> 1) ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE = [_entry(byte) for byte in range(256)]


def crc32c(data):
    """The CRC of a bytes-like object, as an int of 32 bits."""
    crc, table = 0xFFFFFFFF, _TABLE
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF
