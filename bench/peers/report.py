"""The table of a comparison."""

MEMORY_FACTOR, MEMORY_MB = 1.2, 150      # docs/performance.md: at most so much of the file's size, and so many MB more

def rate(result):
    """What is compared, the more the better; None where nothing was measured."""
    if not result or "error" in result: return None
    if "kept" in result: return result["kept"]
    return 1 / result["seconds"]["best"] if "seconds" in result else result["tokens_per_second"]["best"]

def figure(result):
    if not result: return ""
    if "error" in result: return "cannot"
    if "kept" in result: return f"{result['kept']:.2f} of {result['tokens_per_second']['best']:.0f}/s"
    if "seconds" in result: return f"{result['seconds']['best']:.3f} s"
    best = result["tokens_per_second"]["best"]
    return f"{best:.0f}/s" if best >= 100 else f"{best:.1f}/s"

def memory(result):
    if not result or "error" in result: return ""
    mb, size = result["peak_mb"], result["model_bytes"] / (1 << 20)
    allowed = MEMORY_FACTOR * size + MEMORY_MB
    return f"{mb} MB" + (f" of {allowed:.0f}" if result["engine"] == "vivace" else "")

def table(results, limits):
    engines = list(dict.fromkeys(r["engine"] for r in results))
    ours, peers = "vivace" in engines, [e for e in engines if e != "vivace"]
    heads = ["model", "test"] + engines + (["ours / better peer"] if ours and peers else []) \
        + (["share of limit"] if limits else []) + [f"memory {e}" for e in engines] + ["other cores"]
    rows = []
    for model, test in dict.fromkeys((r["model"], r["test"]) for r in results):
        found = {r["engine"]: r for r in results if (r["model"], r["test"]) == (model, test)}
        row = [model.removesuffix(".gguf"), test] + [figure(found.get(e)) for e in engines]
        own, others = rate(found.get("vivace")), [x for x in (rate(found.get(e)) for e in peers) if x]
        if ours and peers: row.append(f"{own / max(others):.2f}" if own and others else "")
        if limits: row.append(share(found.get("vivace"), [l for l in limits if l["model"] == model]))
        row += [memory(found.get(e)) for e in engines]
        row.append(max((str(r["other_cores"]) for r in found.values() if "other_cores" in r), default=""))
        rows.append(row)
    return markdown(heads, rows) + "\n\n" + "\n".join(facts(results, limits))

def share(result, limits):
    """Decoding one sequence without depth: the rate over the rate at which its weights can be read at all."""
    if not result or "error" in result or not limits or not result["test"].startswith("tg") \
            or result["test"].startswith("tgd"): return ""
    return f"{result['tokens_per_second']['best'] / max(l['limit_ts'] for l in limits):.0%}"

def facts(results, limits):
    threads = {r["threads"] for r in results}
    cpu = next((r["cpu"] for r in results if "cpu" in r), None) or next(
        (l.split(":", 1)[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "unknown CPU")
    yield f"{cpu}, {', '.join(map(str, threads))} threads. Seconds and rates are the best of all rounds."
    for engine in dict.fromkeys(r["engine"] for r in results):
        seen = next((r for r in results if r["engine"] == engine and "version" in r), None)
        if seen: yield f"{engine}: {seen['version']}, {seen['isa']}"
    for model in dict.fromkeys(l["model"] for l in limits):
        l = max((l for l in limits if l["model"] == model), key=lambda l: l["limit_ts"])
        yield f"{model}: {l['weight_bytes'] / 1e6:.1f} MB of weights a token, read at " \
              f"{l['read_bytes_per_second'] / 1e9:.1f} GB/s at most: {l['limit_ts']:.0f} tokens/s" \
              + ("" if l["emitted"] else " (by plain loops)")

def markdown(heads, rows):
    widths = [max(len(r[i]) for r in [heads] + rows) for i in range(len(heads))]
    line = lambda cells: "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths)) + " |"
    return "\n".join([line(heads), "|" + "|".join("-" * (w + 2) for w in widths) + "|"] + [line(r) for r in rows])
