package dev.vivace.house.planted.lab;

import dev.vivace.house.planted.cli.Console;

/// Breaks: the lab does not know the command line; with [Console] also: parts form no cycle.
public record Meter(Console console) {}
