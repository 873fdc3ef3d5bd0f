"""subprocess: another Python, and programs that are none."""
import subprocess
import sys

script = "import sys; print('script: got', sys.argv[1:]); print('script: oops', file=sys.stderr)"
print("main: starts", flush=True)
subprocess.run([sys.executable, "-c", script, "x"], check=True)
out = subprocess.run(["sh", "-c", "echo captured; exit 3"], stdout=subprocess.PIPE)
print("main:", out.stdout, out.returncode)
upper = subprocess.Popen(["tr", "a-z", "A-Z"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print("main:", upper.communicate("quiet\n")[0], end="")
sleeper = subprocess.Popen(["sleep", "60"])
sleeper.terminate()
print("main: sleep ended with", sleeper.wait())
try:
    subprocess.check_call(["false"])
except subprocess.CalledProcessError as error:
    print("main: false ended with", error.returncode)
try:
    subprocess.run(["no-such-program-here"])
except FileNotFoundError as error:
    print("main:", error.strerror)
