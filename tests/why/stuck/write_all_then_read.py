# The parent writes everything to cat before it reads anything, and cat waits until somebody reads.
# edge: P room P.1
# edge: P.1 room P
# shape: circle P P.1
# repair: one_writes_while_other_reads
# line: P write_all_then_read.py:11 in <module>: cat.stdin.write(b"x" * 1_000_000)
# says: waits in cat.stdin.write(): pipe full
import subprocess

cat = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
cat.stdin.write(b"x" * 1_000_000)
cat.stdin.close()
print(len(cat.stdout.read()))
