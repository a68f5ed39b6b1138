from terminal_sim.bench import Bench

with Bench() as bench:
    terminal = bench.add_terminal("v400m")
    for key in ("OK", "1", "2", "5", "0", "OK"):
        terminal.press(key)
    terminal.insert("visa-credit")
    bench.advance(1_000_000)  # microseconds of virtual time: the acquirer answers after 300 ms
    print(terminal.view().text, terminal.receipts[-1].text, sep="\n")
