"""CRC-32C (Castagnoli): reflected, seed ~0, as kernel/base/crc32c.c has it.

A CRC is the remainder of a division of polynomials over GF(2), and Python's
long integers shift and add (xor) thousands of bits at once.  So long data is
first made short: where the generator divides x^a + x^b + x^c + 1, which for
a few large a has so few terms, x^a may be replaced by x^b + x^c + 1 wherever
it stands, a thousand bits in one step.  The square of such a polynomial is
one, too: all exponents doubled.  What is left goes byte by byte.
"""

_POLYNOMIAL = 0x82F63B78
_SEED = 0xFFFFFFFF
# Multiples of the generator, by their exponents; grade/kit/test_image.py
# divides them.  The further the first is from the second, the better.
MULTIPLES = ((6777, 484, 100, 0), (563, 109, 58, 53, 31, 0))
_SHORT = 96  # bytes from which on folding pays


def _entry(byte):
    for _ in range(8):
        byte = (byte >> 1) ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE = [_entry(byte) for byte in range(256)]


def by_bytes(data, crc=_SEED):
    """The register after these bytes: the plain way, and the last step."""
    table = _TABLE
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc


def _fold(value, bits, exponents):
    """A shorter polynomial with the same remainder: (value, bits).

    Bit i of `value` is the coefficient of x^(bits - 1 - i).  Each step takes
    as many of the highest powers, which are the lowest bits, as can be
    replaced at once.
    """
    degree = exponents[0]
    while bits > degree:
        step = min(degree - exponents[1], bits - degree)
        high = value & ((1 << step) - 1)
        value >>= step
        for exponent in exponents[1:]:
            value ^= high << (degree - exponent - step)
        bits -= step
    return value, bits


def _scaled(bits):
    """The multiples and their squares up to a degree of `bits`, largest first."""
    longest, shortest = MULTIPLES
    all_of = [tuple(e << k for e in longest) for k in range(bits.bit_length()) if longest[0] << k < bits]
    all_of = [tuple(e << k for e in shortest) for k in range(4) if shortest[0] << k < bits] + all_of
    return sorted(all_of, reverse=True)


_steps = {}


def crc32c(data):
    """The CRC of a bytes-like object, as an int of 32 bits."""
    size = len(data)
    if size < _SHORT:
        return by_bytes(data) ^ _SEED
    if size not in _steps:
        _steps[size] = _scaled(8 * size)
    value, bits = int.from_bytes(data, "little") ^ _SEED, 8 * size
    for exponents in _steps[size]:
        value, bits = _fold(value, bits, exponents)
    # Zeros in front, of the highest powers, make it whole bytes.
    value <<= -bits % 8
    return by_bytes(value.to_bytes((bits + 7) // 8, "little"), 0) ^ _SEED
