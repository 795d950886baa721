package dev.vivace.seam;

import java.lang.foreign.MemorySegment;

/// Other machines that hold a share of the same model.
public interface Transport {
    /// This machine alone.
    Transport ALONE = new Transport() {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void send(int to, int tag, MemorySegment message) {
            throw new IllegalArgumentException("send to rank " + to + ", but this machine is alone");
        }

        @Override
        public void receive(int from, int tag, MemorySegment message) {
            throw new IllegalArgumentException("receive from rank " + from + ", but this machine is alone");
        }

        @Override
        public void allReduce(MemorySegment floats) {}

        @Override
        public void allGather(MemorySegment mine, MemorySegment all) {
            MemorySegment.copy(mine, 0, all, 0, mine.byteSize());
        }
    };

    /// This machine's number, from 0.
    int rank();

    /// Machines in all.
    int size();

    /// Sends `message`; returns when its memory may be reused.
    void send(int to, int tag, MemorySegment message);

    /// Receives exactly as many bytes as `message` has.
    void receive(int from, int tag, MemorySegment message);

    /// Adds up f32 over all machines, in place, in order of rank.
    void allReduce(MemorySegment floats);

    /// Collects every machine's bytes in order of rank.
    void allGather(MemorySegment mine, MemorySegment all);
}
