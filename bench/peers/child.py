"""One test on one engine other than Vivace, in a process of its own: nothing is cached from another test."""
import json, sys, time

entered = time.monotonic()
PROMPT = 128                             # tokens that each sequence of a bN test starts with

def main(engine, home, model, test, number, tokens, threads, repeat, variant, born):
    number, tokens, threads = int(number), int(tokens), int(threads)
    if engine == "llama.cpp": from llama_cpp import Engine
    else: from openvino_llm import Engine
    sequences = number if test == "b" else 1
    context = {"pp": number, "tg": tokens, "tgd": number + tokens, "b": PROMPT + tokens, "ttft": number}[test] + 1
    e = Engine(model, threads, sequences, context, home, variant or None)
    facts = {"version": e.version, "isa": e.isa}
    if test == "ttft":
        e.first_token(number)
        print(json.dumps(facts | {"seconds": time.monotonic() - float(born), "driver": entered - float(born)}))
        return
    if test == "pp": run = lambda n: e.prefill(number)
    elif test == "tg": run = lambda n: e.generate(n)
    elif test == "tgd": run = lambda n: e.generate(n, 1, number)
    else: run = lambda n: e.generate(n, sequences, PROMPT)
    run(min(tokens, 8))                  # warm-up: kernels chosen, pages touched
    print(json.dumps(facts | {"rates": [run(tokens) for _ in range(int(repeat))]}))

if __name__ == "__main__": main(*sys.argv[1:])
