package dev.vivace.house.planted.cli;

import dev.vivace.house.planted.lab.Meter;

/// Uses the lab, as it may.
public record Console(Meter meter) {}
