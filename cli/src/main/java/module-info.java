/// The command line.
module dev.vivace.cli {
    requires dev.vivace.engine;
    requires dev.vivace.lab;
    requires info.picocli;
    requires org.jline;
    requires tools.jackson.databind;
    requires static org.jspecify;

    opens dev.vivace.cli to
            info.picocli;
}
