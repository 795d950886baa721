package dev.vivace.chat.jinja;

import dev.vivace.FormatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a template into tokens, with Jinja's rules for white space around tags as chat templates set them: the first
/// newline after a block goes (`trim_blocks`), blanks before a block that starts its line go (`lstrip_blocks`),
/// and so
/// does one newline at the template's end.
final class Lexer {
    private static final Pattern RAW_BEGIN = Pattern.compile("\\s*raw\\s*(-?)%\\}", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern RAW_END =
            Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}", Pattern.UNICODE_CHARACTER_CLASS);
    private static final List<String> LONG_OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.template();
        return lexer.tokens;
    }

    private void template() {
        while (at < source.length()) {
            int open = nextTag(at);
            if (open < 0) {
                add(Token.Kind.DATA, source.substring(at));
                break;
            }
            char mark = source.charAt(open + 1);
            char sign = sign(open + 2);
            before(open, sign, mark != '{');
            at = open + (sign == 0 ? 2 : 3);
            if (mark == '#') {
                comment();
            } else if (mark == '%' && rawBegins()) {
                raw();
            } else {
                tag(mark == '%');
            }
        }
        add(Token.Kind.END, "");
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private char sign(int index) {
        return index < source.length() && "+-".indexOf(source.charAt(index)) >= 0 ? source.charAt(index) : 0;
    }

    /// The words from here to a tag, without the white space that the tag takes.
    private void before(int end, char sign, boolean block) {
        String text = source.substring(at, end);
        int lines = newlines(text);
        if (sign == '-') {
            text = Text.of(text).strip(false, true, "").chars();
        } else if (sign != '+' && block) {
            int start = text.lastIndexOf('\n') + 1;
            if ((start > 0 || lineStarts) && Text.isBlank(text.substring(start))) {
                text = text.substring(0, start);
            }
        }
        if (!text.isEmpty()) {
            add(Token.Kind.DATA, text);
        }
        line += lines;
        lineStarts = false;
    }

    private static int newlines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    /// Goes behind the end of a tag at `close`, taking the white space that its sign or `trim_blocks` gives it.
    private void after(int close, char sign, boolean block) {
        at = close + 2;
        if (sign == '-') {
            skipSpace();
        } else if (sign == 0 && block && at < source.length() && source.charAt(at) == '\n') {
            at++;
            line++;
        }
        lineStarts = source.charAt(at - 1) == '\n';
    }

    private void skipSpace() {
        while (at < source.length() && Text.isSpace(source.charAt(at))) {
            line += source.charAt(at++) == '\n' ? 1 : 0;
        }
    }

    private void comment() {
        int close = source.indexOf("#}", at);
        if (close < 0) {
            throw fault("a comment '{#' is not closed by '#}'");
        }
        char sign = close > at ? sign(close - 1) : 0;
        line += newlines(source.substring(at, close));
        after(close, sign, true);
    }

    /// Whether this is `{% raw %}`; if so, goes behind it.
    private boolean rawBegins() {
        Matcher begin = RAW_BEGIN.matcher(source).region(at, source.length());
        if (!begin.lookingAt()) {
            return false;
        }
        line += newlines(begin.group());
        after(begin.end() - 2, begin.group(1).isEmpty() ? '+' : '-', true);
        return true;
    }

    private void raw() {
        Matcher end = RAW_END.matcher(source);
        if (!end.find(at)) {
            throw fault("'{% raw %}' is not closed by '{% endraw %}'");
        }
        before(end.start(), end.group(1).isEmpty() ? 0 : end.group(1).charAt(0), true);
        line += newlines(end.group());
        after(end.end() - 2, end.group(2).isEmpty() ? 0 : end.group(2).charAt(0), true);
    }

    private void tag(boolean block) {
        add(block ? Token.Kind.TAG_BEGIN : Token.Kind.PRINT_BEGIN, "");
        String end = block ? "%}" : "}}";
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                return;
            }
            char sign = sign(at);
            boolean signed = sign == '-' || (sign == '+' && block);
            if (open.isEmpty() && source.startsWith(end, at + (signed ? 1 : 0))) {
                add(block ? Token.Kind.TAG_END : Token.Kind.PRINT_END, "");
                after(at + (signed ? 1 : 0), signed ? sign : 0, block);
                return;
            }
            word(open);
        }
    }

    private void word(Deque<Character> open) {
        char c = source.charAt(at);
        if (c >= '0' && c <= '9') {
            number();
        } else if (c == '_' || Character.isLetter(source.codePointAt(at))) {
            int from = at;
            while (at < source.length() && isWord(source.codePointAt(at))) {
                at += Character.charCount(source.codePointAt(at));
            }
            add(Token.Kind.NAME, source.substring(from, at));
        } else if (c == '\'' || c == '"') {
            string(c);
        } else {
            operator(c, open);
        }
    }

    private static boolean isWord(int point) {
        return point == '_' || Character.isLetterOrDigit(point);
    }

    private void number() {
        NumberScan scan = NumberScan.at(source, at);
        add(
                scan.real() ? Token.Kind.FLOAT : Token.Kind.INTEGER,
                source.substring(at, scan.end()).replace("_", ""));
        at = scan.end();
    }

    private void string(char quote) {
        int from = at + 1;
        int to = from;
        while (to < source.length() && source.charAt(to) != quote) {
            to += source.charAt(to) == '\\' ? 2 : 1;
        }
        if (to >= source.length()) {
            throw fault("a string is not closed by " + quote);
        }
        String content = source.substring(from, to);
        add(Token.Kind.STRING, Escapes.decode(content, line));
        line += newlines(content);
        at = to + 1;
    }

    private void operator(char c, Deque<Character> open) {
        String two = source.substring(at, Math.min(at + 2, source.length()));
        String operator = LONG_OPERATORS.contains(two) ? two : String.valueOf(c);
        if ("+-/*%~[](){}><=.:|,;".indexOf(c) < 0 && operator.length() < 2) {
            throw fault("the character '" + Character.toString(source.codePointAt(at)) + "' has no meaning in a tag");
        }
        if ("([{".indexOf(c) >= 0) {
            open.push(c == '(' ? ')' : c == '[' ? ']' : '}');
        } else if (")]}".indexOf(c) >= 0 && (open.isEmpty() || open.pop() != c)) {
            throw fault("'" + c + "' closes nothing");
        }
        add(Token.Kind.OPERATOR, operator);
        at += operator.length();
    }

    private FormatException fault(String message) {
        return new FormatException("Chat template, line " + line + ": " + message + ".");
    }
}
