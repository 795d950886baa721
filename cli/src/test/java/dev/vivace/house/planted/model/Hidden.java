package dev.vivace.house.planted.model;

/// Breaks: state is handed over.
public final class Hidden {
    final ThreadLocal<String> state = new ThreadLocal<>();
}
