/// The command line: one class a command, [Main] in front.
package dev.vivace.cli;
