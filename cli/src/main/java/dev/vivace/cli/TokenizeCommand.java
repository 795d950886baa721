package dev.vivace.cli;

import dev.vivace.OptionException;
import dev.vivace.tokenizer.MarkedText;
import dev.vivace.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `vivace tokenize`: text to the tokens that a model sees, and back.
@Command(
        name = "tokenize",
        description = "Shows the tokens of a text, or the text of tokens.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TokenizeCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final ModelOptions models = new ModelOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "TEXT", description = "the text; - reads standard input")
    private @Nullable String text;

    @Option(names = "--decode", paramLabel = "IDS", description = "token ids, separated by commas or blanks")
    private @Nullable String decode;

    @Option(names = "--special", description = "read control tokens such as <|im_start|> as what they are")
    private boolean special;

    @Option(names = "--bos", description = "put the begin token in front where the model wants it")
    private boolean bos;

    @Option(names = "--ids", description = "print the ids alone")
    private boolean idsOnly;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    TokenizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if ((text == null) == (decode == null)) {
            throw new OptionException("tokenize needs either a TEXT or --decode IDS, expected one of them");
        }
        try (ModelFile model = models.open(console)) {
            Tokenizer tokenizer = model.tokenizer();
            if (decode != null) {
                printText(tokenizer, parseIds(decode, tokenizer.size()));
            } else {
                String given = text != null && text.equals("-") ? console.readInput() : String.valueOf(text);
                printTokens(tokenizer, encode(tokenizer, given));
            }
        }
        return ExitCode.DONE;
    }

    private int[] encode(Tokenizer tokenizer, String given) {
        int[] ids = special ? tokenizer.encode(MarkedText.trusted(given)) : tokenizer.encode(given);
        if (!bos || !tokenizer.addBos() || tokenizer.bos().isEmpty()) {
            return ids;
        }
        int[] withBos = new int[ids.length + 1];
        withBos[0] = tokenizer.bos().getAsInt();
        System.arraycopy(ids, 0, withBos, 1, ids.length);
        return withBos;
    }

    private void printTokens(Tokenizer tokenizer, int[] ids) {
        if (json) {
            ObjectNode root = Json.object().put("count", ids.length);
            ArrayNode tokens = root.putArray("tokens");
            for (int id : ids) {
                tokens.addObject()
                        .put("id", id)
                        .put("piece", tokenizer.piece(id))
                        .put("text", new String(tokenizer.bytes(id), StandardCharsets.UTF_8))
                        .put("kind", tokenizer.kind(id).name().toLowerCase(Locale.ROOT));
            }
            Json.print(console.out(), root);
            return;
        }
        if (idsOnly) {
            console.out().println(Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" ")));
        } else {
            for (int id : ids) {
                console.out().println(String.format(Locale.ROOT, "%7d  %s", id, Printable.line(tokenizer.piece(id))));
            }
        }
        console.out().flush();
    }

    private void printText(Tokenizer tokenizer, int[] ids) {
        String decoded = tokenizer.decode(ids);
        if (json) {
            Json.print(console.out(), Json.object().put("count", ids.length).put("text", decoded));
        } else {
            console.out().println(decoded);
            console.out().flush();
        }
    }

    private static int[] parseIds(String list, int size) {
        if (list.isBlank()) {
            return new int[0];
        }
        return Arrays.stream(list.strip().split("[,\\s]+"))
                .mapToInt(part -> parseId(part, size))
                .toArray();
    }

    private static int parseId(String part, int size) {
        try {
            int id = Integer.parseInt(part);
            if (id >= 0 && id < size) {
                return id;
            }
        } catch (NumberFormatException _) {
            // The sentence below tells what an id is.
        }
        throw new OptionException(
                "token id \"" + part + "\" is not in this vocabulary, expected a number from 0 to " + (size - 1));
    }
}
