package dev.vivace;

import dev.vivace.chat.ChatTemplate;
import dev.vivace.format.gguf.Gguf;
import dev.vivace.format.gguf.Metadata;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Workers;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.Families;
import dev.vivace.runtime.StepProfile;
import dev.vivace.seam.Part;
import dev.vivace.seam.Plan;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Search;
import dev.vivace.seam.Services;
import dev.vivace.seam.Technique;
import dev.vivace.tokenizer.Tokenizer;
import dev.vivace.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A language model, loaded: opens sessions. Owns the mapped file, the packed weights and the worker threads:
/// close it after its sessions (those still open are closed with it). Safe for all threads.
public final class Model implements AutoCloseable {
    private static final String BUILT_IN = "stories260k.gguf";

    private final Gguf file;
    private final LoadOptions options;
    private final Checkpoint checkpoint;
    private final Tokenizer tokenizer;
    private final KernelLevels.Choice kernels;
    private final MemoryPlan memory;
    private final Workers workers;
    private final Services services;
    private final PromptReader prompts;
    private final Map<List<Technique>, Engine> engines = new HashMap<>();
    private final Set<Session> sessions = new HashSet<>();
    // Not the platform's default generator: looking that up loads services, which takes longer than opening a file.
    private final SplittableRandom random = new SplittableRandom();
    private final AtomicLong seeds = new AtomicLong(random.nextLong());
    private final Lock turn = new ReentrantLock(true);
    private Optional<StepProfile> profile = Optional.empty();
    private boolean closed;

    private Model(Gguf file, LoadOptions options) {
        this.file = file;
        this.options = options;
        this.checkpoint = Families.read(file);
        // Before the first token there is little to do for two threads; this is most of it.
        try (Background<Tokenizer> reading =
                new Background<>("vivace-tokenizer", () -> Tokenizers.of(file.metadata()))) {
            this.kernels = options.kernels();
            this.tokenizer = reading.result();
        }
        if (tokenizer.size() > checkpoint.spec().vocabulary()) {
            throw new FormatException("tokenizer.ggml.tokens has " + tokenizer.size()
                    + " entries, but the embedding has " + checkpoint.spec().vocabulary() + " rows");
        }
        int threads = options.threads() == 0 ? Workers.physicalCores() : options.threads();
        this.memory = MemoryPlans.plan(checkpoint, options, kernels.kernels(), threads);
        memory.require();
        this.prompts = new PromptReader(checkpoint.spec(), tokenizer, file.metadata());
        this.workers = Workers.of(threads);
        this.services = Engine.services(kernels.kernels(), workers, random, options.artifacts());
        try {
            engine(options.plan());
        } catch (RuntimeException | Error failure) {
            closeThreads();
            throw failure;
        }
    }

    /// Loads a GGUF file with the defaults.
    public static Model load(Path path) {
        return load(path, LoadOptions.DEFAULT);
    }

    /// Loads a GGUF file.
    ///
    /// @throws FormatException if the file is damaged
    /// @throws UnsupportedException if its architecture, tokenizer or a weight's type is not known here
    /// @throws CapacityException if it does not fit into memory
    public static Model load(Path path, LoadOptions options) {
        return of(Gguf.open(path), options);
    }

    /// The small model inside the jar: stories260K (Karpathy, llama2.c, MIT), which tells children's stories.
    public static Model builtIn(LoadOptions options) {
        return of(builtInFile(), options);
    }

    /// The file of [#builtIn], open, to look at. Close it.
    public static Gguf builtInFile() {
        try (InputStream in = Model.class.getResourceAsStream(BUILT_IN)) {
            if (in == null) {
                throw new FormatException("the model " + BUILT_IN + " is missing from this build");
            }
            return Gguf.read(BUILT_IN, in);
        } catch (IOException e) {
            throw new FormatException("the model " + BUILT_IN + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Model of(Gguf file, LoadOptions options) {
        try {
            return new Model(file, options);
        } catch (RuntimeException | Error failure) {
            file.close();
            throw failure;
        }
    }

    /// A session with the plan that the model was loaded with.
    public Session session() {
        return session(options.plan());
    }

    /// A session with these techniques. Weights are packed again for techniques that change them, once for each
    /// choice of those.
    ///
    /// @throws UnsupportedException if a technique cannot run on this model; gives every reason
    public Session session(Plan plan) {
        Engine engine = engine(plan);
        List<Part> parts = engine.bind(plan.requestScope());
        Runner runner = parts.isEmpty() ? engine.plainRunner() : engine.runner(parts);
        return opened(new Session(this, plan, runner, engine.loop(), runner.open()));
    }

    /// The plan's search part, if it has one.
    Optional<Search> search(Plan plan) {
        return engine(plan).bind(plan.requestScope()).stream()
                .filter(Search.class::isInstance)
                .map(Search.class::cast)
                .reduce((first, later) -> later);
    }

    private synchronized Engine engine(Plan plan) {
        if (closed) {
            throw new OptionException("the model is closed");
        }
        List<String> reasons = new ArrayList<>();
        for (Technique technique : plan.techniques()) {
            for (String reason : technique.unsupported(checkpoint.spec())) {
                reasons.add(technique.card().id() + ": " + reason);
            }
        }
        if (!reasons.isEmpty()) {
            throw new UnsupportedException("plan: " + String.join("; ", reasons));
        }
        List<Technique> key = plan.modelScope();
        @Nullable Engine found = engines.get(key);
        if (found == null) {
            found = Engine.load(checkpoint, services, turn, options, memory, key);
            found.profile(profile);
            engines.put(key, found);
        }
        return found;
    }

    /// Takes note of a session, unless the model was closed meanwhile.
    synchronized Session opened(Session session) {
        if (closed) {
            session.close();
            throw new OptionException("the model is closed");
        }
        sessions.add(session);
        return session;
    }

    synchronized void closed(Session session) {
        sessions.remove(session);
    }

    /// Bytes of keys and values that sessions have.
    synchronized long cacheBytes() {
        return engines.values().stream().mapToLong(Engine::cacheBytes).sum();
    }

    /// Tells `told` what every operation of every step takes, from the next step on; nobody if empty. For finding what
    /// to make faster: being told costs time too.
    public synchronized void profile(Optional<StepProfile> told) {
        profile = told;
        engines.values().forEach(engine -> engine.profile(told));
    }

    /// A seed for an answer that brings none; every one is another.
    long nextSeed() {
        return seeds.getAndIncrement();
    }

    Workers workers() {
        return workers;
    }

    /// The tokens of `prompt`, which must leave room for `more` in the context.
    int[] tokens(Prompt prompt, int more) {
        return prompts.tokens(prompt, context(), more);
    }

    /// The prompt as the model sees it: control tokens, begin token and all.
    public int[] tokenize(Prompt prompt) {
        return prompts.tokens(prompt).clone();
    }

    /// The model's shape.
    public DecoderSpec spec() {
        return checkpoint.spec();
    }

    /// The model's weights as the file has them.
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /// What the file says of itself.
    public Metadata metadata() {
        return file.metadata();
    }

    /// The open file.
    public Gguf file() {
        return file;
    }

    /// Text to tokens and back.
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /// How conversations become text, if the file says so. Read when first asked for: a model whose template
    /// cannot be read still continues raw texts.
    ///
    /// @throws FormatException if the template is not well formed
    /// @throws UnsupportedException if it uses what is not known here
    public Optional<ChatTemplate> chatTemplate() {
        return prompts.template();
    }

    /// Most positions of a sequence.
    public int context() {
        return memory.context();
    }

    /// What the model takes.
    public MemoryPlan memory() {
        return memory;
    }

    /// The kernels that were chosen, and why.
    public KernelLevels.Choice kernels() {
        return kernels;
    }

    /// Threads of a step.
    public int threads() {
        return workers.threads();
    }

    /// What the model was loaded with.
    public LoadOptions options() {
        return options;
    }

    /// Ends all sessions and frees everything. Idempotent.
    @Override
    public void close() {
        List<Session> open;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(sessions);
        }
        engines.values().forEach(Engine::stop);
        open.forEach(Session::close);
        engines.values().forEach(Engine::close);
        closeThreads();
        file.close();
    }

    private void closeThreads() {
        services.lanes().close();
        workers.close();
    }
}
