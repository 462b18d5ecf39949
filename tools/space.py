"""Space trees: one root node of span 16 over nodes of span 12 over pages."""

from diskformat import BLOCK, CapType
from diskimage import Cap, read_only

_PAGE_BITS, _NODE_BITS = 12, 16


class SpaceError(Exception):
    """Something does not fit into the space."""


class Space:
    """The 1 MiB space of one program: the program from below, its stack from
    the top, an unmapped guard page under the stack.

    `end` is the first address behind program and heap.
    """

    stack_top = 1 << (_NODE_BITS + 4)

    def __init__(self, stack_pages, end):
        self.pages = {}
        bottom = self.stack_top - stack_pages * BLOCK
        self.stack = range(bottom, self.stack_top, BLOCK)
        self.guard = bottom - BLOCK
        if end > self.guard:
            raise SpaceError(
                f"the program ends at {end:#x}, but a space has room for it up to"
                f" {self.guard:#x} only (then come the guard page and {stack_pages} of stack)"
            )

    def map(self, at, cap):
        self.pages[at] = cap

    def map_readonly(self, at, cap):
        self.pages[at] = read_only(cap)

    def map_extra(self, key, cap):
        """Maps what the manifest asks for, where nothing else is."""
        try:
            at = int(key, 0)
        except ValueError:
            raise SpaceError(f"map {key}: not an address") from None
        if at % BLOCK or not 0 <= at < self.stack_top:
            raise SpaceError(f"map {key}: not the address of a page below {self.stack_top:#x}")
        if at in self.pages or at == self.guard:
            taken = "the guard page" if at == self.guard else "taken by the program, heap or stack"
            raise SpaceError(f"map {key}: {taken}")
        self.pages[at] = cap

    def build(self, builder, frozen):
        """Makes the nodes, bottom up.  Returns a capability to the root node."""
        rights = read_only if frozen else lambda cap: cap
        lower = {}
        for at, cap in self.pages.items():
            slots = lower.setdefault(at >> _NODE_BITS, {})
            slots[(at >> _PAGE_BITS) & 15] = cap
        nodes = {
            index: rights(Cap(CapType.node, oid=builder.add_node(_PAGE_BITS, slots)))
            for index, slots in sorted(lower.items())
        }
        return rights(Cap(CapType.node, oid=builder.add_node(_NODE_BITS, nodes)))
