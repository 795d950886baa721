/// The front door: load a model, open a session, generate.
package dev.vivace;
