"""Running a process, and what it cost: its memory at most, and what other processes did meanwhile."""
import os, select, subprocess, time

TICKS = os.sysconf("SC_CLK_TCK")

def busy():
    """Seconds of processor time that all processes have had."""
    times = [int(x) for x in open("/proc/stat").readline().split()[1:9]]
    return (sum(times) - times[3] - times[4]) / TICKS

def used(pid):
    """Seconds of processor time that a running process has had."""
    stat = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(stat[11]) + int(stat[12])) / TICKS

class Outcome:
    """What a process wrote, when its first byte came, its peak of memory, and the cores that others kept busy."""
    def __init__(self, out, err, status, first, seconds, peak_mb, others):
        self.out, self.err, self.status, self.first = out, err, status, first
        self.seconds, self.peak_mb, self.others = seconds, peak_mb, others

    def last_words(self): return ([x for x in self.err.strip().splitlines() if x.strip()] or ["no message"])[-1]

def run(command, environment=None, timeout=600, loop=None):
    """Runs a command to its end; `loop` is a process that is meant to disturb and does not count as another."""
    before, own, disturbing, start = busy(), sum(os.times()[:2]), used(loop) if loop else 0, time.monotonic()
    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                         env=environment)
    texts, first = {p.stdout: b"", p.stderr: b""}, None
    open_pipes, late = list(texts), False
    try:
        while open_pipes and not late:
            ready, _, _ = select.select(open_pipes, [], [], max(0, start + timeout - time.monotonic()))
            late = not ready
            for pipe in ready:
                part = os.read(pipe.fileno(), 65536)
                if part and pipe is p.stdout and first is None: first = time.monotonic() - start
                texts[pipe] += part
                if not part: open_pipes.remove(pipe)
    finally:
        if open_pipes: p.kill()          # too late, or this script is ended itself
    if late: texts[p.stderr] += f"\nnot done after {timeout} s".encode()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    spent = usage.ru_utime + usage.ru_stime + sum(os.times()[:2]) - own
    spent += used(loop) - disturbing if loop else 0
    others = max(0.0, round((busy() - before - spent) / seconds, 2))
    decoded = {pipe: text.decode(errors="replace") for pipe, text in texts.items()}
    return Outcome(decoded[p.stdout], decoded[p.stderr], p.returncode, first, seconds, usage.ru_maxrss // 1024, others)
