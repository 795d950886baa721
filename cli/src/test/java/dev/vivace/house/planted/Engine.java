package dev.vivace.house.planted;

import picocli.CommandLine;

/// Breaks: the engine uses the JDK alone.
record Engine(CommandLine line) {}
