/// Measuring: bench and perplexity.
module dev.vivace.lab {
    requires dev.vivace.engine;
    requires tools.jackson.databind;
    requires static org.jspecify;
}
