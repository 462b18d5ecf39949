"""What the objects of a disk say about each other.

`versions` is, by kind, {OID: version} of all objects that are not null;
`records`, by kind, {OID: Record} of nodes and processes.
"""

from diskformat import CapType, Kind, State
from diskread import ImageError

_TARGET = {
    CapType.page: Kind.page,
    CapType.node: Kind.node,
    CapType.meter: Kind.node,
    CapType.process: Kind.process,
    CapType.start: Kind.process,
    CapType.resume: Kind.process,
}


def check_refs(root, versions, records):
    """ImageError unless each capability can be there at this checkpoint."""
    processes = records[Kind.process]
    for kind, things in records.items():
        for oid, record in things.items():
            for ref in record.refs:
                fault = _fault(ref, root, versions, processes)
                if fault:
                    name = f" ({record.name})" if record.name else ""
                    raise ImageError(f"{kind.name} {oid}{name}, {ref.where}: {fault}")


def _fault(ref, root, versions, processes):
    """What is wrong with a capability, or None."""
    kind = _TARGET.get(ref.type)
    if kind is None:
        return _bound_fault(ref, root)
    if ref.oid >= root["objects"][kind]:
        return f"{CapType(ref.type).name} {ref.oid}: only {root['objects'][kind]} of them exist"
    if ref.type == CapType.resume:
        return _resume_fault(ref, processes)
    version = versions[kind].get(ref.oid, 0)
    if ref.version > version:
        return f"{CapType(ref.type).name} {ref.oid} of version {ref.version}, which is only at {version}"
    return None


def _bound_fault(ref, root):
    if ref.type == CapType.irq and ref.version > root["epoch"]:
        return f"irq {ref.oid} of epoch {ref.version}, it is only {root['epoch']}"
    if ref.type == CapType.range and ref.oid + ref.version > root["objects"][ref.badge]:
        return f"a range up to {ref.oid + ref.version - 1}, past the last {Kind(ref.badge).name}"
    return None


def _resume_fault(ref, processes):
    """Its call count was given out: by a process that waits still, or before."""
    process = processes.get(ref.oid)
    calls, waits = (process.calls, process.state == State.waiting) if process else (0, False)
    count = ref.badge << 32 | ref.version
    if count > calls or (count == calls and not waits):
        return f"resume {ref.oid} of call {count}, which that process has not made"
    return None


def check_list(listed, processes):
    """ImageError unless exactly the running processes are listed, each once."""
    if len(set(listed)) != len(listed):
        raise ImageError("the process list names a process twice")
    running = {oid for oid, process in processes.items() if process.state == State.running}
    for oid in sorted(running.symmetric_difference(listed)):
        if oid in running:
            raise ImageError(f"process {oid} is running, but not in the process list")
        raise ImageError(f"the process list names process {oid}, which is not running")
