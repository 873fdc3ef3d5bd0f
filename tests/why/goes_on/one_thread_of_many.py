# because: of twenty threads one sleeps, and will set the event for which all others wait
# says: until a time that it has set
import sys
import threading
import time

event = threading.Event()
for _ in range(20):
    threading.Thread(target=event.wait).start()
print("ready", file=sys.stderr, flush=True)
time.sleep(1000)
event.set()
