/// Measuring: bench and perplexity.
module dev.vivace.lab {
    requires transitive dev.vivace.engine;
    requires tools.jackson.databind;
    requires static org.jspecify;

    exports dev.vivace.lab;
}
