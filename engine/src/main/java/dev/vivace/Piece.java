package dev.vivace;

/// A bit of an answer's text, as it comes: whole characters, never empty.
///
/// @param text the text
/// @param tokens how many tokens were made up to here
public record Piece(String text, int tokens) {}
