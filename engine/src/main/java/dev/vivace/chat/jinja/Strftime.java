package dev.vivace.chat.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Python's `strftime` in the C locale.
final class Strftime {
    private Strftime() {}

    static String format(Evaluation run, String format) {
        ZonedDateTime now = ZonedDateTime.now(run.clock());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            boolean bare = format.charAt(i + 1) == '-' && i + 2 < format.length();
            i += bare ? 2 : 1;
            String field = field(run, now, format.charAt(i));
            out.append(bare ? withoutZeros(field) : field);
        }
        return out.toString();
    }

    private static String withoutZeros(String field) {
        String bare = field.replaceFirst("^0+", "");
        return bare.isEmpty() ? "0" : bare;
    }

    private static String field(Evaluation run, ZonedDateTime now, char kind) {
        return switch (kind) {
            case '%' -> "%";
            case 'a' -> pattern(now, "EEE");
            case 'A' -> pattern(now, "EEEE");
            case 'b', 'h' -> pattern(now, "MMM");
            case 'B' -> pattern(now, "MMMM");
            case 'c' -> pattern(now, "EEE MMM ") + padded(now.getDayOfMonth(), 2) + pattern(now, " HH:mm:ss yyyy");
            case 'd' -> pattern(now, "dd");
            case 'D', 'x' -> pattern(now, "MM/dd/yy");
            case 'e' -> padded(now.getDayOfMonth(), 2);
            case 'f' -> pattern(now, "SSSSSS");
            case 'F' -> pattern(now, "yyyy-MM-dd");
            case 'H' -> pattern(now, "HH");
            case 'I' -> pattern(now, "hh");
            case 'j' -> pattern(now, "DDD");
            case 'm' -> pattern(now, "MM");
            case 'M' -> pattern(now, "mm");
            case 'n' -> "\n";
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'S' -> pattern(now, "ss");
            case 't' -> "\t";
            case 'T', 'X' -> pattern(now, "HH:mm:ss");
            case 'R' -> pattern(now, "HH:mm");
            case 'u' -> Integer.toString(now.getDayOfWeek().getValue());
            case 'w' -> Integer.toString(now.getDayOfWeek().getValue() % 7);
            case 'y' -> pattern(now, "yy");
            case 'Y' -> pattern(now, "yyyy");
            default ->
                throw run.fault("strftime_now() knows no '%" + kind
                        + "'; supported are %a %A %b %B %c %d %e %f %F %H %I %j %m %M %p %S %T %u %w %x %X %y %Y");
        };
    }

    private static String pattern(ZonedDateTime now, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
    }

    private static String padded(int value, int width) {
        return String.format(Locale.ROOT, "%" + width + "d", value);
    }
}
