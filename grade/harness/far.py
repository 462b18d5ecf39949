"""Parts of manifests: objects that an image has and memory does not have yet."""

import struct

WORDS = 512  # of a page that are not zero
SLOTS = 16


def node(name, caps):
    """A node with these capabilities in its slots from the first on; None: void."""
    slots = ", ".join(f'{i} = "{cap}"' for i, cap in enumerate(caps) if cap)
    return f'[[node]]\nname = "{name}"\nslots = {{ {slots} }}\n'


def groups(name, members, kind):
    """Nodes of 16 members each, `name0` and on, and the node `name` of these."""
    parts = [members[i : i + SLOTS] for i in range(0, len(members), SLOTS)]
    for i, part in enumerate(parts):
        yield node(f"{name}{i}", [f"{kind}({member})" for member in part])
    yield node(name, [f"node({name}{i})" for i in range(len(parts))])


def pages(folder, count, name="pages"):
    """Pages `page0` and on, in groups: page i holds the words 1000 * i and on."""
    for i in range(count):
        (folder / f"page{i}").write_bytes(struct.pack(f"<{WORDS}Q", *range(1000 * i, 1000 * i + WORDS)))
        yield f'[[page]]\nname = "page{i}"\nfile = "page{i}"\n'
    yield from groups(name, [f"page{i}" for i in range(count)], "page")
