"""C structs without padding, by name: packed, unpacked and measured."""

import struct


class Layout:
    """One little-endian struct of format.h.

    Fields are (name, code, count): `code` as in the struct module.  A field of
    count 1 is a value, of any other count a tuple; code "s" is bytes of length
    count; "x" is filler that must be zero.  A Layout as code nests it.
    """

    def __init__(self, name, *fields):
        self.name = name
        self.fields = [(*field, 1)[:3] for field in fields]
        self.offsets = {}
        self.size = 0
        for field, code, count in self.fields:
            self.offsets[field] = self.size
            self.size += self._width(code) * count

    @staticmethod
    def _width(code):
        return code.size if isinstance(code, Layout) else struct.calcsize("<" + code)

    def pack(self, **values):
        """The struct as bytes; every field but filler must be given."""
        out = b"".join(
            self._pack_field(code, count, values.pop(field, 0))
            for field, code, count in self.fields
        )
        if values:
            raise TypeError(f"{self.name} has no field {', '.join(values)}")
        return out

    @staticmethod
    def _pack_field(code, count, value):
        if isinstance(code, Layout):
            return b"".join(code.pack(**item) for item in (value if count > 1 else (value,)))
        if code == "x":
            return bytes(count)
        if code == "s":
            return struct.pack(f"<{count}s", value)
        return struct.pack(f"<{count}{code}", *(value if count > 1 else (value,)))

    def unpack(self, data, at=0):
        """The struct at byte `at` as a dict.  ValueError: filler that is not zero."""
        return {
            field: self._unpack_field(field, code, count, data, at + self.offsets[field])
            for field, code, count in self.fields
            if code != "x" or self._check_filler(field, data, at, count)
        }

    def _check_filler(self, field, data, at, count):
        start = at + self.offsets[field]
        if any(data[start : start + count]):
            raise ValueError(f"{self.name}.{field} is not zero")

    @staticmethod
    def _unpack_field(field, code, count, data, at):
        if isinstance(code, Layout):
            items = [code.unpack(data, at + i * code.size) for i in range(count)]
            return items if count > 1 else items[0]
        values = struct.unpack_from(f"<{count}{code}", data, at)
        return values[0] if count == 1 or code == "s" else values
