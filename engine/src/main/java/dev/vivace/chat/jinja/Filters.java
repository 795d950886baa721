package dev.vivace.chat.jinja;

import static java.util.Map.entry;

import java.util.Map;

/// The filters by name.
final class Filters {
    /// What stands behind a `|`.
    interface Filter {
        Value apply(Evaluation run, Value input, Args args);
    }

    static final Map<String, Filter> ALL = Map.ofEntries(
            entry("abs", NumberFilters::abs),
            entry("attr", ListFilters::attr),
            entry("batch", ListFilters::batch),
            entry("capitalize", TextFilters::capitalize),
            entry("center", TextFilters::center),
            entry("count", ListFilters::length),
            entry("d", Filters::otherwise),
            entry("default", Filters::otherwise),
            entry("dictsort", OrderFilters::dictsort),
            entry("e", TextFilters::escape),
            entry("escape", TextFilters::escape),
            entry("first", ListFilters::first),
            entry("float", NumberFilters::real),
            entry("format", TextFilters::format),
            entry("indent", TextFilters::indent),
            entry("int", NumberFilters::whole),
            entry("items", ListFilters::items),
            entry("join", ListFilters::join),
            entry("last", ListFilters::last),
            entry("length", ListFilters::length),
            entry("list", ListFilters::list),
            entry("lower", TextFilters::lower),
            entry("map", SelectFilters::map),
            entry("max", OrderFilters::max),
            entry("min", OrderFilters::min),
            entry("reject", (run, input, args) -> SelectFilters.select(run, input, args, false)),
            entry("rejectattr", (run, input, args) -> SelectFilters.selectAttribute(run, input, args, false)),
            entry("replace", TextFilters::replace),
            entry("reverse", ListFilters::reverse),
            entry("round", NumberFilters::round),
            entry("safe", TextFilters::string),
            entry("select", (run, input, args) -> SelectFilters.select(run, input, args, true)),
            entry("selectattr", (run, input, args) -> SelectFilters.selectAttribute(run, input, args, true)),
            entry("sort", OrderFilters::sort),
            entry("string", TextFilters::string),
            entry("sum", NumberFilters::sum),
            entry("title", TextFilters::title),
            entry("tojson", Json::filter),
            entry("trim", TextFilters::trim),
            entry("unique", OrderFilters::unique),
            entry("upper", TextFilters::upper),
            entry("wordcount", TextFilters::wordcount));

    private Filters() {}

    /// A filter that a value names.
    static Filter named(Evaluation run, String name) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw run.fault("there is no filter '" + name + "'");
        }
        return filter;
    }

    private static Value otherwise(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'default'", "default_value", "boolean");
        boolean missing = input instanceof Value.Undefined || (bound.truth(1, false) && !Python.truth(input));
        return missing ? bound.at(0, Text.EMPTY) : input;
    }
}
