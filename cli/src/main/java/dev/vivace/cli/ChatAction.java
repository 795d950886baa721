package dev.vivace.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a line of a chat that starts with a slash can ask for.
enum ChatAction {
    /// Lists the commands.
    HELP("", "this list"),
    /// Forgets the conversation.
    RESET("", "start over, keeping the system message"),
    /// Sets or shows the system message.
    SYSTEM("[TEXT]", "set the system message and start over, or show it"),
    /// Answers the last message again.
    REGEN("", "answer the last message once more"),
    /// Changes an option.
    SET("NAME VALUE", "change an option of the command line, such as temperature 0.5"),
    /// Shows what the last answer took.
    STATS("", "what the last answer took"),
    /// Writes the conversation.
    SAVE("FILE", "write the conversation as JSON"),
    /// Reads a conversation.
    LOAD("FILE", "go on with a conversation that was written"),
    /// Leaves.
    QUIT("", "leave, as Ctrl-D does");

    private final String argument;
    private final String help;

    ChatAction(String argument, String help) {
        this.argument = argument;
        this.help = help;
    }

    /// How it is typed, such as `/help`.
    String word() {
        return "/" + name().toLowerCase(java.util.Locale.ROOT);
    }

    /// Whether it needs something behind it.
    boolean needsArgument() {
        return !argument.isEmpty() && !argument.startsWith("[");
    }

    /// How it is used, in one line.
    String usage() {
        return String.format("%-16s %s", (word() + " " + argument).strip(), help);
    }

    /// The action typed as `word`, slash included.
    static Optional<ChatAction> of(String word) {
        return Arrays.stream(values())
                .filter(action -> action.word().equals(word))
                .findFirst();
    }

    /// All words, slashes included.
    static List<String> words() {
        return Arrays.stream(values()).map(ChatAction::word).toList();
    }
}
