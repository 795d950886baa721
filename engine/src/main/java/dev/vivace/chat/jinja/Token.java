package dev.vivace.chat.jinja;

/// One piece of a template: `text` is a tag's word or operator, a string's content or the words between tags.
record Token(Kind kind, String text, int line) {
    enum Kind {
        DATA,
        PRINT_BEGIN,
        PRINT_END,
        TAG_BEGIN,
        TAG_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    /// How an error calls it.
    String described() {
        return switch (kind) {
            case DATA -> "text";
            case PRINT_BEGIN -> "'{{'";
            case PRINT_END -> "'}}'";
            case TAG_BEGIN -> "'{%'";
            case TAG_END -> "'%}'";
            case STRING -> "the string '" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
            case END -> "the end of the template";
            case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
        };
    }
}
