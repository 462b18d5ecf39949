"""GDB commands that show the kernel as it stands: harts, ps, queues, held,
ktrace, serial, caps, invocation; and where to stop: ibreak.  They only read,
and take no lock: stop the kernel first."""

import os

import gdb

MODES = ("kernel", "user", "idle")


def command(function):
    """Makes a GDB command of a function; its docstring is the help."""

    class Command(gdb.Command):
        __doc__ = function.__doc__

        def __init__(self):
            super().__init__(function.__name__, gdb.COMMAND_USER)

        def invoke(self, argument, from_tty):
            try:
                function(argument)
            except gdb.error as error:
                raise gdb.GdbError(f"{function.__name__}: {error}") from None

    Command()
    return function


def value(expression):
    return gdb.parse_and_eval(expression)


def elements(array):
    low, high = array.type.range()
    return [array[i] for i in range(low, high + 1)]


def container(address, type_name, member):
    """The struct around a member at this address, as container_of does it."""
    pointer = gdb.lookup_type(type_name).pointer()
    offset = int(value(f"(unsigned long)&(({type_name} *)0)->{member}"))
    return gdb.Value(int(address) - offset).cast(pointer)


def links(head, limit=1000):
    """The links of a list, first to last."""
    link = head["next"]
    while int(link) != int(head.address) and limit:
        yield link
        link, limit = link["next"], limit - 1


def hooked(ring):
    """The processes whose hooks hang on a ring, longest waiting first."""
    behind = False
    for link in links(ring["head"]):
        if behind:
            yield container(link, "struct process", "base.hook.link")
        behind = behind or int(link) == int(ring["divider"].address)


def name_of(process):
    return process["name"].string() or f"process {int(process['base']['obj']['oid'])}"


def up_harts():
    return [hart for hart in elements(value("harts")) if int(hart["kernel_sp"])]


def processes():
    """Every process that has a header in memory."""
    pool = value("'kernel/obj/object.c'::pools[2]")
    pointer = gdb.lookup_type("struct process").pointer()
    for i in range(int(pool["fresh"])):
        process = gdb.Value(int(pool["headers"]) + i * int(pool["size"])).cast(pointer)
        if int(process["base"]["obj"]["residency"]["v"]):
            yield process


@command
def harts(argument):
    """Where each hart is, what it runs, its transaction, its pending interrupts."""
    for hart in up_harts():
        current = hart["current"]
        runs = "chaos" if hart["chaos"] else name_of(current) if int(current) else "-"
        print(
            f"hart {int(hart['id'])}: {MODES[int(hart['mode']['v'])]:6} {runs:16}"
            f" txn {int(hart['txn']['v'])}{' committed' if hart['committed'] else ''}"
            f" pending {int(hart['pending']['v']):#x}"
            f"{' resched' if int(hart['need_resched']['v']) else ''}"
        )


@command
def ps(argument):
    """Every process in memory: OID, name, state, hart, program counter, callers."""
    states = value("proc_state_names")
    for process in processes():
        loaded = int(process["loaded"]["v"])
        callers = len(list(hooked(process["base"]["obj"]["ring"])))
        print(
            f"{int(process['base']['obj']['oid']):4} {name_of(process):16}"
            f" {states[process['state']].string():10}"
            f" {f'hart {loaded - 1}' if loaded else '':7} pc {int(process['regs']['pc']):#x}"
            f"{f'  {callers} waiting' if callers else ''}"
        )


@command
def queues(argument):
    """Every queue of the kernel that is not empty, and who is on it."""
    names = []
    for group in elements(value("'kernel/wait/queue.c'::groups")):
        size, name = int(group["size"]), group["name"].string()
        names += [f"{name} {i}" for i in range(size)] if size > 1 else [name]
    for name, queue in zip(names, elements(value("queues"))):
        members = [name_of(process) for process in hooked(queue["ring"])]
        if members:
            print(f"{name}: {', '.join(members)}")
    for process in processes():
        members = [name_of(caller) for caller in hooked(process["base"]["obj"]["ring"])]
        if members:
            print(f"callers of {name_of(process)}: {', '.join(members)}")


@command
def held(argument):
    """The object locks that each hart holds."""
    for hart in up_harts():
        for i in range(int(hart["held_count"])):
            entry = hart["held"][i]
            obj = container(entry["lock"], "struct obj", "lock")
            kind = ("page", "node", "process")[int(obj["kind"])]
            mode = "write" if entry["writer"] else f"read, {int(entry['readers'])} times"
            print(f"hart {int(hart['id'])}: {kind} {int(obj['oid'])} ({mode})")


def enumerator(type_name, number):
    """The name of a number in an enumeration, or the number."""
    names = {field.enumval: field.name for field in gdb.lookup_type(type_name).fields()}
    return names.get(int(number), str(int(number)))


def loaded():
    """The process loaded on the hart that GDB looks at.  In the kernel tp
    points to the hart."""
    process = value("((struct hart *)$tp)->current")
    if not int(process):
        raise gdb.GdbError("no process is loaded on this hart")
    return process


def process_named(name):
    """The process a slot's `name` (kernel/obj/slot.h) means."""
    if name & 1:
        return next(p for p in processes() if int(p["base"]["obj"]["oid"]) == name >> 1)
    return container(name, "struct process", "base.obj.ring")


def cap_text(cap):
    """Type of a capability; with it the number, or the name of the process."""
    kind, name = enumerator("enum cap_type", int(cap["meta"]["v"]) & 0xFF), int(cap["name"]["v"])
    if kind in ("CT_PROCESS", "CT_START", "CT_RESUME"):
        return f"{kind} {name_of(process_named(name))}"
    return f"{kind} {name}" if kind == "CT_NUMBER" else kind


@command
def caps(argument):
    """The capability registers of the process that is loaded, void ones aside."""
    for number, cap in enumerate(elements(loaded()["cap"])):
        if int(cap["meta"]["v"]) & 0xFF:
            print(f"{number:2}  {cap_text(cap)}")


@command
def invocation(argument):
    """What the process that is loaded invokes, from its registers (abi/invoke.h)."""
    process = loaded()
    x = process["regs"]["x"]
    control = int(x[17])
    words = ", ".join(f"{int(x[10 + i]):#x}" for i in range(4))
    operation, target = control & 15, control >> 4 & 15
    what = "" if operation == 3 else f" {target} ({cap_text(process['cap'][target])}), words {words}"
    print(f"{name_of(process)}: {enumerator('enum invoke_op', operation)}{what}")


class InvocationBreakpoint(gdb.Breakpoint):
    """Stops where processes whose name begins so invoke something."""

    def __init__(self, beginning):
        super().__init__("trap_invoke")
        self.beginning = beginning

    def stop(self):
        return name_of(loaded()).startswith(self.beginning)


@command
def ibreak(argument):
    """Stops at each invocation by a process whose name begins so: ibreak NAME."""
    InvocationBreakpoint(argument)


@command
def ktrace(argument):
    """The last events of each hart (built with TRACE=1): ktrace [COUNT]."""
    count = int(argument or 20)
    names = value("trace_names")
    rings = value("'kernel/diag/trace_on/trace.c'::rings")
    entries = []
    for hart, ring in enumerate(elements(rings)):
        entries += [(int(e["when"]), hart, e) for e in elements(ring["entry"]) if int(e["sequence"])]
    entries.sort(key=lambda item: item[:2])
    for when, hart, entry in entries[-count:]:
        print(f"{when:12} hart {hart} {names[entry['event']].string():10} {int(entry['a']):#x} {int(entry['b']):#x}")


@command
def serial(argument):
    """The last lines that the machine printed: serial [LINES]."""
    with open(os.environ["LATCHKEY_SERIAL"], errors="replace") as log:
        print("".join(log.readlines()[-int(argument or 10) :]), end="")


print("`continue` starts the machine; `make console`, in another terminal, is its serial line.")
print("`help user-defined` lists the commands that show the kernel: ps, queues, harts and more.")
