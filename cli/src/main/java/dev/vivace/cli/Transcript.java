package dev.vivace.cli;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.Prompt;
import dev.vivace.chat.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was said in a chat so far, oldest first. Where a model has no chat template the texts are simply joined.
final class Transcript {
    /// Larger files are no chats of people.
    private static final long LARGEST_FILE_BYTES = 16L << 20;

    private static final List<String> ROLES = List.of("system", "user", "assistant");

    private final boolean template;
    private final List<Message> messages = new ArrayList<>();

    /// @param template whether the model has a chat template
    Transcript(boolean template) {
        this.template = template;
    }

    /// Whether the model has a chat template.
    boolean hasTemplate() {
        return template;
    }

    /// How many messages there are.
    int size() {
        return messages.size();
    }

    /// The system message, if there is one.
    Optional<String> system() {
        return messages.isEmpty() || !messages.getFirst().role().equals("system")
                ? Optional.empty()
                : Optional.of(content(messages.getFirst()));
    }

    /// Forgets all but the system message.
    void reset() {
        Optional<String> system = system();
        messages.clear();
        system.ifPresent(text -> messages.add(new Message("system", text)));
    }

    /// Sets the system message; an empty text removes it.
    void setSystem(String text) {
        if (!template) {
            throw new OptionException("a system message needs a chat template, and this model has none");
        }
        system().ifPresent(_ -> messages.removeFirst());
        if (!text.isEmpty()) {
            messages.addFirst(new Message("system", text));
        }
    }

    void add(String role, String text) {
        messages.add(new Message(role, text));
    }

    /// Takes the last message back.
    void removeLast() {
        messages.removeLast();
    }

    /// Takes the last answer back, so that it can be given anew; false when there is none.
    boolean removeAnswer() {
        boolean answered = !messages.isEmpty() && messages.getLast().role().equals("assistant");
        if (answered) {
            messages.removeLast();
        }
        return answered && !messages.isEmpty() && messages.getLast().role().equals("user");
    }

    /// What the model is to answer.
    Prompt prompt() {
        if (template) {
            return Prompt.chat(messages);
        }
        StringBuilder text = new StringBuilder();
        messages.forEach(message -> text.append(content(message)));
        return Prompt.raw(text.toString());
    }

    /// Writes all messages to `file` as JSON: `{"messages":[{"role":…,"content":…},…]}`.
    void save(Path file) {
        ObjectNode root = Json.object();
        ArrayNode all = root.putArray("messages");
        messages.forEach(message -> all.addObject().put("role", message.role()).put("content", content(message)));
        try {
            Files.writeString(file, Json.text(root) + "\n");
        } catch (IOException e) {
            throw new OptionException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /// Replaces all messages by those of a saved file; nothing changes when it is not well formed.
    void load(Path file) {
        List<Message> loaded = new ArrayList<>();
        for (JsonNode message : read(file).path("messages")) {
            String role = message.path("role").asString("");
            JsonNode content = message.path("content");
            if (!ROLES.contains(role) || !content.isString() || (!template && role.equals("system"))) {
                throw new FormatException(file + ": message " + loaded.size() + " has role \"" + role
                        + "\" and content " + content.getNodeType() + ", expected a text by one of "
                        + (template ? ROLES : ROLES.subList(1, ROLES.size())));
            }
            loaded.add(new Message(role, content.asString()));
        }
        if (loaded.isEmpty()) {
            throw new FormatException(file + " holds no messages, expected {\"messages\":[…]} as /save writes it");
        }
        messages.clear();
        messages.addAll(loaded);
    }

    private static JsonNode read(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE_BYTES) {
                throw new FormatException(
                        file + " has " + Files.size(file) + " bytes, expected at most " + LARGEST_FILE_BYTES);
            }
            return Json.parse(Files.readString(file));
        } catch (IOException e) {
            throw new OptionException(file + " cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new FormatException(file + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String content(Message message) {
        return String.valueOf(message.fields().get("content"));
    }
}
