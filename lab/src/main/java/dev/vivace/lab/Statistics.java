package dev.vivace.lab;

/// Mean and spread of a few samples.
final class Statistics {
    private Statistics() {}

    static double mean(double[] samples) {
        double sum = 0;
        for (double sample : samples) {
            sum += sample;
        }
        return sum / samples.length;
    }

    /// The standard deviation of what the samples were drawn from (divided by one less than their number); 0
    /// for one.
    static double deviation(double[] samples) {
        if (samples.length < 2) {
            return 0;
        }
        double mean = mean(samples);
        double squares = 0;
        for (double sample : samples) {
            squares += (sample - mean) * (sample - mean);
        }
        return Math.sqrt(squares / (samples.length - 1));
    }
}
