"""Harts that come up: OpenSBI before 1.3 may let a hart go before it has
written down where to, and then it comes to the kernel's entry once more."""

ASTRAY = """
hbreak *{other:#x}
continue
printf "came to %#lx\\n", $pc
set $a0 = *(unsigned long *)($a1 + {hw_id} - {direct:#x})
set $a1 = 0
set $pc = {entry:#x}
delete
"""
DIRECT = 0xFFFFFFC000000000


def test_a_hart_that_comes_to_the_entry_again_is_no_second_boot_hart(boot):
    machine = boot(reference=True, image="user/image.toml", smp=2, parallel=True, gdb=True)
    physical = {name: machine.address(name) - DIRECT for name in ("_start", "start_other")}
    said = machine.gdb(ASTRAY.format(
        other=physical["start_other"], entry=physical["_start"], direct=DIRECT,
        hw_id=machine.address("harts[0].hw_id") - machine.address("harts[0]")))
    assert f"came to {physical['start_other']:#x}" in said, said
    machine.expect("latchkey> ")
    assert machine.text.count("latchkey: 2 harts") == 1
    assert all(machine.symbol(f"harts[{i}].txn") for i in range(2)), "a hart is not at work"
