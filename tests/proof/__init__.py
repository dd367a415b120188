"""What people pay for, proved: crashes, power cuts, hostile input, and weeks on the socket.

table           the plugin of pytest: the options, and the table at the end of a run
checker         judges by what was sold and what people saw, never by the bot's own word
strike          kill -9 of the real process as it enters a system call (test_kill)
power, disk     the disk as a power cut may leave it, rebuilt from the real process's system calls (test_power_cut)
world/          the real flow, worker and storage among services that fail, played from a seed (test_simulation)
on_files        the database's files exchanged, mixed, removed; a second bot (test_files; between, beneath)
mutations       deliberate mistakes in copies of the product, for all of these to find (test_mutations); where they are
                made is found by source_patterns
strace, screens, folders, files, operating    what they share
"""
