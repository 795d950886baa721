"""Vivace beside other engines: one test after the other, the engines taking turns, the best of several rounds."""
import argparse, json, os, re, signal, subprocess, sys, time
import measure
from report import table

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TEXT = "The capital of France is"        # five tokens or so; ttft has no other use for them
TTFT_TOKENS = 5
BATCH_PROMPT, DECODED, DEEP_DECODED, LOADED_DECODED = 128, 128, 64, 64
QUIET = 0.1                              # other processes took more than this of a core: the run is repeated
LONGEST_LOOP = 900                       # seconds after which the loop that disturbs ends by itself

def parsed(test):
    """The kind of a test and its number."""
    m = re.fullmatch(r"(pp|tgd|tg|b)([1-9]\d*)|ttft|loaded", test)
    if not m: sys.exit(f"bench/peers/compare: no test '{test}', expected ppN, tgN, tgdN, bN, ttft or loaded")
    return (m[1], int(m[2])) if m[1] else (test, 0)

class Failed(Exception): pass

class Vivace:
    """Vivace, driven by the command line that its users have."""
    name = "vivace"

    def __init__(self, a):
        self.command, self.a = a.vivace.split(), a

    def bench(self, model, *options, plain=False, loop=None):
        environment = {k: v for k, v in os.environ.items() if not plain or not k.startswith("VIVACE_")}
        o = measure.run(self.command + ["bench", "-m", model, "-o", "jsonl", "-q", "-t", str(self.a.threads), *options],
                        environment, loop=loop)
        if o.status: raise Failed(o.last_words())
        return json.loads(o.out.strip().splitlines()[-1]), o

    def limit(self, model):
        """What the machine gives at most, by Vivace's own emitted read; no setting may lower its level."""
        return self.bench(model, "--limits", plain=True)

    def build(self):
        """Sources may have changed: the launcher then builds, and that must not count."""
        o = measure.run(self.command + ["--version"])
        if o.status: sys.exit(f"bench/peers/compare: {o.last_words()}")

    def run(self, model, kind, number, tokens, loop=None):
        if kind == "ttft":
            o = measure.run(self.command + ["run", "-m", model, "--raw", TEXT, "--max-tokens", "1",
                                            "--temperature", "0", "-q", "--threads", str(self.a.threads)])
            if o.status or o.first is None: raise Failed(o.last_words())
            return {"seconds": [o.first]}, o
        options = {"pp": ["-p", str(number), "-n", "0"], "tg": ["-p", "0", "-n", str(tokens)],
                   "tgd": ["-p", "0", "-n", str(tokens), "-d", str(number)],
                   "b": ["-p", "0", "-n", str(tokens), "-d", str(BATCH_PROMPT), "-b", str(number)]}[kind]
        longest = {"pp": number, "tg": tokens, "tgd": number + tokens, "b": BATCH_PROMPT + tokens}[kind]
        f, o = self.bench(model, *options, "-c", str(longest + 2), "-r", str(self.a.repeat), "--warmup",
                          str(self.a.warmup), loop=loop)
        return {"rates": f["samples_ts"], "version": f["version"] + commit(), "isa": f["isa"], "cpu": f["cpu_info"]}, o

class Peer:
    """Another engine, driven by child.py in a process of its own."""
    def __init__(self, name, a):
        self.name, self.a = name, a
        self.python, self.home = os.environ["VIVACE_PEER_" + name.split(".")[0]].split(" ", 1)

    def build(self): pass                # installed by compare

    def run(self, model, kind, number, tokens, loop=None):
        number = TTFT_TOKENS if kind == "ttft" else number
        variant = self.a.variant if self.name == "llama.cpp" else self.a.precision
        o = measure.run([self.python, os.path.join(HERE, "child.py"), self.name, self.home, model, kind, str(number),
                         str(tokens), str(self.a.threads), str(self.a.repeat), variant, str(time.monotonic())],
                        loop=loop)
        if o.status: raise Failed(o.last_words())
        f = json.loads(o.out.strip().splitlines()[-1])
        # The driver's own start, Python's, is no part of the engine.
        if kind == "ttft": f["seconds"] = [f["seconds"] - f.pop("driver")]
        return f, o

def commit():
    p = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return " " + p.stdout.strip() if p.returncode == 0 else ""

def calm(measured, a, say):
    """The least disturbed of a few attempts; the first quiet one ends them."""
    best = None
    for attempt in range(a.attempts):
        seen = measured()
        if best is None or seen[1].others < best[1].others: best = seen
        if best[1].others <= QUIET: break
        say(f"others took {seen[1].others} cores" + (", again" if attempt + 1 < a.attempts else ""))
    return best

class Loop:
    """A process that keeps the last core that we may use busy."""
    def __enter__(self):
        core = max(os.sched_getaffinity(0))
        code = f"import os,time\nos.sched_setaffinity(0,{{{core}}})\nend=time.monotonic()+{LONGEST_LOOP}\n" \
               "while time.monotonic()<end:\n for i in range(100000): pass"
        self.process = subprocess.Popen([sys.executable, "-c", code]); time.sleep(0.5)
        return self.process.pid
    def __exit__(self, *_): self.process.kill(); self.process.wait()

def gather(runs, kind):
    """One result of the rounds of an engine on a test."""
    facts = [f for f, _ in runs]
    result = {k: facts[0][k] for k in ("version", "isa", "cpu") if k in facts[0]}
    if kind == "ttft": result["seconds"] = spread([s for f in facts for s in f["seconds"]], min)
    else: result["tokens_per_second"] = spread([r for f in facts for r in f["rates"]], max)
    return result | {"peak_mb": max(o.peak_mb for _, o in runs), "other_cores": max(o.others for _, o in runs)}

def spread(values, best):
    v, m = sorted(values), len(values) // 2
    return {"best": round(best(v), 4), "median": round((v[m] + v[~m]) / 2, 4)}

def compare(engines, model, test, a, limits, say):
    """The results of all engines on one test of one model; a limit in each round of decoding goes to `limits`."""
    kind, number = parsed(test)
    tokens = {"tg": number, "tgd": DEEP_DECODED, "loaded": LOADED_DECODED}.get(kind, DECODED)
    runs, loaded, failures = {e: [] for e in engines}, {e: [] for e in engines}, {}
    for turn in range(a.rounds):
        told = lambda text: say(f"{os.path.basename(model)} {test} {e.name}, round {turn + 1}: {text}")
        for e in engines:
            if e in failures: continue
            if kind == "tg" and e.name == "vivace":
                limit, o = calm(lambda: e.limit(model), a, told)
                limits.append({"model": os.path.basename(model)} | limit | {"other_cores": o.others})
            told("running")
            try:
                if kind != "loaded": runs[e].append(calm(lambda: e.run(model, kind, number, tokens), a, told))
                else:
                    runs[e].append(calm(lambda: e.run(model, "tg", tokens, tokens), a, told))
                    with Loop() as loop:
                        loaded[e].append(calm(lambda: e.run(model, "tg", tokens, tokens, loop), a, told))
            except Failed as failure: failures[e] = str(failure); told(str(failure))
    for e in engines:
        result = {"engine": e.name, "model": os.path.basename(model), "model_bytes": os.path.getsize(model),
                  "test": test, "threads": a.threads}
        if e in failures: yield result | {"error": failures[e]}; continue
        result |= gather(runs[e], kind)
        if kind == "loaded":
            other = gather(loaded[e], "tg")
            result |= {"loaded_tokens_per_second": other["tokens_per_second"],
                       "kept": round(other["tokens_per_second"]["best"] / result["tokens_per_second"]["best"], 3),
                       "other_cores": max(result["other_cores"], other["other_cores"])}
        yield result

def arguments():
    a = argparse.ArgumentParser(prog="bench/peers/compare", description=__doc__)
    a.add_argument("models", nargs="+", metavar="MODEL.gguf")
    a.add_argument("--tests", default="pp128,pp512,tg128,tgd4096,b4,b8,b16,ttft,loaded",
                   help="ppN: store a prompt; tgN: decode; tgdN: decode 64 at depth N; bN: N sequences decode 128 each;"
                        " ttft: process start to first token; loaded: decode while a loop takes one core")
    a.add_argument("--engines", default="vivace,llama.cpp,openvino")
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--rounds", type=int, default=3, help="turns of each engine on each test")
    a.add_argument("--repeat", type=int, default=2, help="timed runs in each turn")
    a.add_argument("--attempts", type=int, default=3, help="attempts at a turn while other processes disturb it")
    a.add_argument("--warmup", type=int, default=500, help="milliseconds that Vivace runs untimed in each turn")
    a.add_argument("--vivace", default=os.path.join(ROOT, "vivace"), help="the command that starts Vivace")
    a.add_argument("--variant", default="", help="llama.cpp: one CPU build, such as cooperlake or zen4")
    a.add_argument("--precision", default="", help="openvino: f32 or bf16; by default it chooses")
    return a.parse_args()

def main():
    a = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))      # what runs below is ended too
    for model in a.models:
        if not os.path.isfile(model): sys.exit(f"bench/peers/compare: no such model file: {model}")
    tests, say = a.tests.split(","), lambda text: print(text, file=sys.stderr, flush=True)
    for test in tests: parsed(test)
    engines = [Vivace(a) if n == "vivace" else Peer(n, a) for n in a.engines.split(",")]
    for e in engines: e.build()
    results, limits = [], []
    for model in a.models:
        with open(model, "rb") as f:     # into the page cache
            while f.read(1 << 24): pass
        for test in tests:
            for result in compare(engines, model, test, a, limits, say):
                results.append(result); print(json.dumps(result), flush=True)
    for limit in limits: print(json.dumps({"limit": limit}), flush=True)
    print(); print(table(results, limits))

if __name__ == "__main__": main()
